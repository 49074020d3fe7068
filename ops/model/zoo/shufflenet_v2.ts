/**
 * ShuffleNet v2 (Ma et al. 2018, figure 3 and table 5): half the channels pass, half are worked on, then both mix.
 */
import { Type } from "../../../engine/op.ts";
import type { Layer, LayerOf } from "../model.ts";
import { convolution, depthwise, INPUT, network, norm, pooledHead } from "./block.ts";
import { assertImage, family, SMALL_IMAGE } from "./family.ts";

/** Channels of the three stages and of the last convolution, at the published widths. */
const CHANNELS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  "0.5": [48, 96, 192, 1024],
  "1": [116, 232, 464, 1024],
  "1.5": [176, 352, 704, 1024],
  "2": [244, 488, 976, 2048],
};
const BLOCKS = [4, 8, 4];
const STEM_CHANNELS = 24;

/**
 * `stem` and `stem.pool` (neither halves an image below 64 pixels); three stages of 4, 8 and 4 blocks `stage1.block1
 * …`: `.split` (`.pass`, `.work`) where the shape stays, a branch `.expand`, `.depthwise`, `.project`, in the first
 * block of a stage a second branch `.left.depthwise`, `.left.project`, then `.concat` and `.shuffle`; `head.conv`.
 * Trained parameters on 224×224×3 and 1,000 classes: 2,278,604 at width 1, 1,366,792 at 0.5.
 */
export const shufflenetV2 = family({
  options: Type.Object({
    width: Type.Number({
      minimum: 0.5,
      maximum: 2,
      default: 1,
      description: `One of the published widths: ${Object.keys(CHANNELS).join(", ")}`,
    }),
  }, { description: "ShuffleNet v2: split, depthwise, shuffle" }),
  build(input, outputs, { width }) {
    assertImage("shufflenet-v2", input);
    const channels = CHANNELS[width];
    if (channels === undefined) {
      const widths = Object.keys(CHANNELS).join(", ");
      throw new RangeError(`width of a shufflenet-v2 is one of ${widths}; this is ${width}`);
    }
    const stride = Math.min(input[0]!, input[1]!) < SMALL_IMAGE ? 1 : 2;
    const layers: Layer[] = [
      convolution("stem", INPUT, { filters: STEM_CHANNELS, size: 3, stride }),
      norm("stem", "relu"),
    ];
    if (stride === 2) layers.push(stemPool(layers.at(-1)!.name));
    for (const [stage, blocks] of BLOCKS.entries()) {
      const filters = channels[stage]!;
      for (let index = 0; index < blocks; index++) {
        const name = `stage${stage + 1}.block${index + 1}`;
        const last = layers.at(-1)!.name;
        layers.push(...index === 0 ? halving(name, last, filters) : unit(name, last, filters));
      }
    }
    const head = convolution("head.conv", layers.at(-1)!.name, { filters: channels[3], size: 1 });
    layers.push(head, norm(head.name, "relu"));
    return network("shufflenet-v2", input, [
      ...layers,
      ...pooledHead(layers.at(-1)!.name, outputs),
    ]);
  },
});

function stemPool(input: string): LayerOf<"max-pool"> {
  const window = { size: [3, 3], strides: [2, 2], dilations: [1, 1] } as const;
  return { name: "stem.pool", kind: "max-pool", inputs: [input], ...window, padding: "same" };
}

/** Half of the channels pass, the other half goes through the branch. */
function unit(name: string, input: string, channels: number): readonly Layer[] {
  const half = (part: number, what: string): Layer => ({
    name: `${name}.${what}`,
    kind: "split",
    inputs: [input],
    parts: 2,
    part,
  });
  const [pass, work] = [half(0, "pass"), half(1, "work")];
  const layers = branch(name, work.name, { filters: channels / 2, stride: 1 });
  return [pass, work, ...layers, ...mixed(name, pass.name, layers.at(-1)!.name)];
}

/** Both branches read everything and halve the image. */
function halving(name: string, input: string, filters: number): readonly Layer[] {
  const half = filters / 2;
  const spatial = depthwise(`${name}.left.depthwise`, input, { size: 3, stride: 2 });
  const between = norm(spatial.name, "linear");
  const left = normed(`${name}.left.project`, between.name, half);
  const right = branch(name, input, { filters: half, stride: 2 });
  const ends = [left, right].map((layers) => layers.at(-1)!.name) as [string, string];
  return [spatial, between, ...left, ...right, ...mixed(name, ...ends)];
}

function branch(
  name: string,
  input: string,
  { filters, stride }: { readonly filters: number; readonly stride: number },
): readonly Layer[] {
  const expand = normed(`${name}.expand`, input, filters);
  const spatial = depthwise(`${name}.depthwise`, expand.at(-1)!.name, { size: 3, stride });
  const between = norm(spatial.name, "linear");
  return [...expand, spatial, between, ...normed(`${name}.project`, between.name, filters)];
}

function normed(name: string, input: string, filters: number): readonly Layer[] {
  return [convolution(name, input, { filters, size: 1 }), norm(name, "relu")];
}

function mixed(name: string, left: string, right: string): readonly Layer[] {
  const joined = `${name}.concat`;
  return [
    { name: joined, kind: "concat", inputs: [left, right] },
    { name: `${name}.shuffle`, kind: "shuffle", inputs: [joined], groups: 2 },
  ];
}
