/** Residual networks for photographs (He et al. 2016, "Deep residual learning", table 1), as torchvision builds them. */
import { OneOf, Type } from "../../../engine/op.ts";
import { sameShape } from "../../../engine/shape.ts";
import type { Layer, LayerOf } from "../model.ts";
import {
  centred,
  convolution,
  INPUT,
  network,
  normOf,
  pooledHead,
  TORCH_EPSILON,
} from "./block.ts";
import {
  assertImage,
  family,
  scaled,
  SMALL_IMAGE,
  type TensorShapes,
  widthField,
} from "./family.ts";

const CHANNELS = [64, 128, 256, 512];

/** The published depths: how many blocks each stage has, and how often wider than inside a block ends. */
const DEPTHS = {
  "18": { blocks: [2, 2, 2, 2], widens: 1 },
  "34": { blocks: [3, 4, 6, 3], widens: 1 },
  "50": { blocks: [3, 4, 6, 3], widens: 4 },
  "101": { blocks: [3, 4, 23, 3], widens: 4 },
  "152": { blocks: [3, 8, 36, 3], widens: 4 },
} as const;

type Depth = keyof typeof DEPTHS;
type Version = "1" | "1.5";

/** What a block is made for. */
interface BlockShape {
  /** Channels inside. */
  readonly filters: number;
  readonly stride: number;
  readonly widens: number;
  /** The shape, so that the sum needs a shortcut. */
  readonly changes: boolean;
  readonly version: Version;
}

/**
 * `stem` of 7×7 and `stem.pool` (neither halves an image below 64 pixels); four stages of blocks `stage1.block1`,
 * channels 64, 128, 256, 512 × width inside, each stage but the first halving the image. A block is `.conv1`, `.conv2`
 * of 3×3, from depth 50 on `.conv1` of 1×1, `.conv2` of 3×3 and `.conv3` of 1×1 to four times the channels; then
 * `.add`, and `.shortcut` where the shape changes; every convolution is followed by its `.norm`. Trained parameters on
 * 1,000 classes: 11,689,512, 21,797,672, 25,557,032, 44,549,160 and 60,192,808 by depth. Throws a RangeError for
 * another depth.
 */
export const resnetImagenet = family({
  options: Type.Object({
    depth: Type.Integer({
      minimum: 18,
      maximum: 152,
      description: `One of the published depths: ${Object.keys(DEPTHS).join(", ")}`,
    }),
    width: widthField,
    version: OneOf(["1.5", "1"], {
      default: "1.5",
      description:
        "Which convolution of a block of three halves the image: 1.5, its 3×3 (torchvision); 1, its first 1×1 (the paper, Keras)",
    }),
  }, { description: "A residual network for photographs, depth 18 to 152" }),
  build(input, outputs, { depth, width, version }) {
    assertImage("resnet-imagenet", input);
    const published = DEPTHS[`${depth}` as Depth];
    if (published === undefined) {
      const depths = Object.keys(DEPTHS).join(", ");
      throw new RangeError(`depth of a resnet-imagenet is one of ${depths}; this is ${depth}`);
    }
    const { blocks, widens } = published;
    const channels = CHANNELS.map((count) => scaled(count, width));
    const layers: Layer[] = [...stem(input, channels[0]!)];
    let present = channels[0]!;
    for (const [stage, filters] of channels.entries()) {
      for (let index = 0; index < blocks[stage]!; index++) {
        const stride = stage > 0 && index === 0 ? 2 : 1;
        const changes = stride !== 1 || filters * widens !== present;
        const shape = { filters, stride, widens, changes, version };
        layers.push(...block(`stage${stage + 1}.block${index + 1}`, layers.at(-1)!.name, shape));
        present = filters * widens;
      }
    }
    const head = pooledHead(layers.at(-1)!.name, outputs);
    return network("resnet-imagenet", input, [...layers, ...head]);
  },
  torchvision: { epsilon: TORCH_EPSILON, layerName, told },
});

/** Our layers in torchvision: outside of blocks, and inside `layer1.0`. */
const OUTSIDE: Readonly<Record<string, string>> = {
  stem: "conv1",
  "stem.norm": "bn1",
  "head.dense": "fc",
};
const INSIDE: Readonly<Record<string, string>> = {
  ...Object.fromEntries([1, 2, 3].flatMap((n) => [
    [`conv${n}`, `conv${n}`],
    [`conv${n}.norm`, `bn${n}`],
  ])),
  shortcut: "downsample.0",
  "shortcut.norm": "downsample.1",
};

function layerName(layer: string): string {
  const [, stage, index, part] = /^stage(\d+)\.block(\d+)\.(.+)$/.exec(layer) ?? [];
  return stage === undefined
    ? OUTSIDE[layer]!
    : `layer${stage}.${Number(index) - 1}.${INSIDE[part!]!}`;
}

/** The depth by the number of blocks in each stage and of convolutions in the first; the width by the stem's channels. */
function told(shapes: TensorShapes) {
  const [filters, channels] = shapes.get("conv1.weight") ?? [];
  const [outputs] = shapes.get("fc.weight") ?? [];
  if (!filters || !channels || !outputs) return undefined;
  const blocks = CHANNELS.map((_, stage) => {
    let count = 0;
    while (shapes.has(`layer${stage + 1}.${count}.conv1.weight`)) count++;
    return count;
  });
  const widens = shapes.has("layer1.0.conv3.weight") ? 4 : 1;
  const depth = Object.entries(DEPTHS).find(([, published]) =>
    published.widens === widens && sameShape(published.blocks, blocks)
  )?.[0];
  if (depth === undefined) return undefined;
  const options = { depth: Number(depth), width: filters / CHANNELS[0]!, version: "1.5" } as const;
  return { options, channels, outputs };
}

/** Pooling after relu: zeros around the image are what PyTorch's pooling takes for nothing there. */
function stem(input: readonly number[], filters: number): readonly Layer[] {
  const small = Math.min(input[0]!, input[1]!) < SMALL_IMAGE;
  const first = unit("stem", INPUT, { filters, size: 7, stride: small ? 1 : 2 });
  if (small) return first;
  const window = { size: [3, 3], strides: [2, 2], dilations: [1, 1] } as const;
  return [
    ...first,
    { name: "stem.zeros", kind: "pad", inputs: ["stem.norm"], amounts: [[1, 1], [1, 1]] },
    { name: "stem.pool", kind: "max-pool", inputs: ["stem.zeros"], ...window, padding: "valid" },
  ];
}

function block(name: string, input: string, shape: BlockShape): readonly Layer[] {
  const { filters, stride, widens, changes, version } = shape;
  const inside = version === "1" ? [stride, 1] : [1, stride];
  const path = widens === 1 ? [{ filters, size: 3, stride }, { filters, size: 3, stride: 1 }] : [
    { filters, size: 1, stride: inside[0]! },
    { filters, size: 3, stride: inside[1]! },
    { filters: filters * widens, size: 1, stride: 1 },
  ];
  const layers: Layer[] = [];
  for (const [index, window] of path.entries()) {
    const activation = index < path.length - 1 ? "relu" : "linear";
    layers.push(
      ...unit(`${name}.conv${index + 1}`, layers.at(-1)?.name ?? input, window, activation),
    );
  }
  const residual = layers.at(-1)!.name;
  if (changes) {
    const projection = { filters: filters * widens, size: 1, stride };
    layers.push(...unit(`${name}.shortcut`, input, projection, "linear"));
  }
  const inputs = [residual, changes ? layers.at(-1)!.name : input];
  return [...layers, { name: `${name}.add`, kind: "add", inputs, activation: "relu" }];
}

/** A convolution and its normalisation. */
function unit(
  name: string,
  input: string,
  window: { readonly filters: number; readonly size: number; readonly stride: number },
  activation: "relu" | "linear" = "relu",
): readonly [LayerOf<"conv">, LayerOf<"batchnorm">] {
  const layer = convolution(name, input, { ...window, padding: centred(window) });
  return [layer, { ...normOf(name, `${name}.norm`, activation), epsilon: TORCH_EPSILON }];
}
