/** MobileNet v2 (Sandler et al. 2018, table 2): inverted residuals with linear bottlenecks, relu. */
import { Type } from "../../../engine/op.ts";
import type { Layer } from "../model.ts";
import { convolution, depthwise, INPUT, network, norm, pooledHead } from "./block.ts";
import { assertImage, family, SMALL_IMAGE, widthField } from "./family.ts";

/**
 * The published groups of blocks at width 1: how much a block widens inside, its channels, how many, first stride.
 */
const GROUPS = [
  { widen: 1, channels: 16, blocks: 1, stride: 1 },
  { widen: 6, channels: 24, blocks: 2, stride: 2 },
  { widen: 6, channels: 32, blocks: 3, stride: 2 },
  { widen: 6, channels: 64, blocks: 4, stride: 2 },
  { widen: 6, channels: 96, blocks: 3, stride: 1 },
  { widen: 6, channels: 160, blocks: 3, stride: 2 },
  { widen: 6, channels: 320, blocks: 1, stride: 1 },
];
const BLOCKS = GROUPS.reduce((sum, { blocks }) => sum + blocks, 0);
const STEM_CHANNELS = 32;
const LAST_CHANNELS = 1280;

/**
 * `stem`; the first `depth` published blocks `block1 …`, each `.expand` (not where a block does not widen),
 * `.depthwise`, `.project` (linear) and, where the shape stays, `.add`; `head.conv` of 1,280 channels. Channels are
 * rounded to multiples of 8 as published; `head.conv` grows with the width and never shrinks. 3,538,984 parameters
 * and 300,774,272 MACs at full size on 224×224×3 and 1,000 classes.
 */
export const mobilenetV2 = family({
  options: Type.Object({
    depth: Type.Integer({
      minimum: 1,
      maximum: BLOCKS,
      default: BLOCKS,
      description: "The number of published blocks that are built, from the input",
    }),
    width: widthField,
  }, { description: "MobileNet v2: inverted residuals with linear bottlenecks" }),
  build(input, outputs, { depth, width }) {
    assertImage("mobilenet-v2", input);
    const stride = Math.min(input[0]!, input[1]!) < SMALL_IMAGE ? 1 : 2;
    let present = byEight(STEM_CHANNELS * width);
    const layers: Layer[] = [
      convolution("stem", INPUT, { filters: present, size: 3, stride }),
      norm("stem", "relu"),
    ];
    for (const [index, block] of published().slice(0, depth).entries()) {
      const filters = byEight(block.channels * width);
      const shape = { present, filters, widen: block.widen, stride: block.stride };
      layers.push(...inverted(`block${index + 1}`, layers.at(-1)!.name, shape));
      present = filters;
    }
    const last = byEight(LAST_CHANNELS * Math.max(width, 1));
    const head = convolution("head.conv", layers.at(-1)!.name, { filters: last, size: 1 });
    layers.push(head, norm(head.name, "relu"));
    return network("mobilenet-v2", input, [...layers, ...pooledHead(layers.at(-1)!.name, outputs)]);
  },
});

/** Every block of the table: the first of a group strides. */
function published() {
  return GROUPS.flatMap(({ widen, channels, blocks, stride }) =>
    Array.from({ length: blocks }, (_, i) => ({ widen, channels, stride: i === 0 ? stride : 1 }))
  );
}

/** The nearest multiple of 8, at least 8, and one more where rounding would take over a tenth away. */
function byEight(channels: number): number {
  const rounded = Math.max(8, Math.floor(channels / 8 + 0.5) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

function inverted(
  name: string,
  input: string,
  { present, filters, widen, stride }: {
    readonly present: number;
    readonly filters: number;
    readonly widen: number;
    readonly stride: number;
  },
): readonly Layer[] {
  const layers: Layer[] = [];
  let last = input;
  if (widen > 1) {
    const expand = convolution(`${name}.expand`, last, { filters: widen * present, size: 1 });
    layers.push(expand, norm(expand.name, "relu"));
    last = layers.at(-1)!.name;
  }
  const middle = depthwise(`${name}.depthwise`, last, { size: 3, stride });
  const between = norm(middle.name, "relu");
  const project = convolution(`${name}.project`, between.name, { filters, size: 1 });
  const bottleneck = norm(project.name, "linear");
  layers.push(middle, between, project, bottleneck);
  if (stride === 1 && present === filters) {
    const inputs = [bottleneck.name, input];
    layers.push({ name: `${name}.add`, kind: "add", inputs, activation: "linear" });
  }
  return layers;
}
