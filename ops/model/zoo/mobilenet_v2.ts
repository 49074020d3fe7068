/** MobileNet v2 (Sandler et al. 2018, table 2): inverted residuals with linear bottlenecks, relu. */
import { OneOf, Type } from "../../../engine/op.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import type { Layer, LayerOf } from "../model.ts";
import {
  centred,
  convolution,
  depthwise,
  INPUT,
  network,
  norm,
  pooledHead,
  TORCH_EPSILON,
} from "./block.ts";
import {
  assertImage,
  byEight,
  family,
  SMALL_IMAGE,
  type TensorShapes,
  widthField,
} from "./family.ts";

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
/** Widths that a file may have: twentieths, the usual one first. */
const WIDTHS = [1, ...Array.from({ length: 40 }, (_, i) => (i + 1) / 20)];
const STEM_CHANNELS = 32;
const LAST_CHANNELS = 1280;

/** What frameworks do in their own way. */
interface Details {
  readonly activation: Activation;
  readonly epsilon: number;
  readonly padding: typeof centred;
}

const OWN: Details = { activation: "relu", epsilon: 0.001, padding: () => "same" };
const TORCHVISION: Details = { activation: "relu6", epsilon: TORCH_EPSILON, padding: centred };

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
    conventions: Type.Optional(OneOf(["torchvision"], {
      description:
        "Whose details: torchvision's have relu6, zeros on both sides of windows that stride, and epsilon 0.00001; default: relu, padding as TensorFlow's, 0.001",
    })),
  }, { description: "MobileNet v2: inverted residuals with linear bottlenecks" }),
  build(input, outputs, { depth, width, conventions }) {
    assertImage("mobilenet-v2", input);
    const details = conventions === undefined ? OWN : TORCHVISION;
    const stride = Math.min(input[0]!, input[1]!) < SMALL_IMAGE ? 1 : 2;
    let present = byEight(STEM_CHANNELS * width);
    const layers: Layer[] = [
      ...unit("stem", INPUT, { filters: present, size: 3, stride }, details),
    ];
    for (const [index, block] of published().slice(0, depth).entries()) {
      const filters = byEight(block.channels * width);
      const shape = { present, filters, widen: block.widen, stride: block.stride, details };
      layers.push(...inverted(`block${index + 1}`, layers.at(-1)!.name, shape));
      present = filters;
    }
    const last = byEight(LAST_CHANNELS * Math.max(width, 1));
    const head = { filters: last, size: 1, stride: 1 };
    layers.push(...unit("head.conv", layers.at(-1)!.name, head, details));
    return network("mobilenet-v2", input, [...layers, ...pooledHead(layers.at(-1)!.name, outputs)]);
  },
  torchvision: { epsilon: TORCH_EPSILON, layerName, told },
});

/** Every block of the table: the first of a group strides. */
function published() {
  return GROUPS.flatMap(({ widen, channels, blocks, stride }) =>
    Array.from({ length: blocks }, (_, i) => ({ widen, channels, stride: i === 0 ? stride : 1 }))
  );
}

function inverted(
  name: string,
  input: string,
  { present, filters, widen, stride, details }: {
    readonly present: number;
    readonly filters: number;
    readonly widen: number;
    readonly stride: number;
    readonly details: Details;
  },
): readonly Layer[] {
  const layers: Layer[] = [];
  if (widen > 1) {
    const expand = { filters: widen * present, size: 1, stride: 1 };
    layers.push(...unit(`${name}.expand`, input, expand, details));
  }
  const window = { size: 3, stride };
  const padding = details.padding(window);
  const middle = depthwise(`${name}.depthwise`, layers.at(-1)?.name ?? input, {
    ...window,
    padding,
  });
  const between = normed(middle.name, details.activation, details);
  const project = convolution(`${name}.project`, between.name, { filters, size: 1 });
  const bottleneck = normed(project.name, "linear", details);
  layers.push(middle, between, project, bottleneck);
  if (stride === 1 && present === filters) {
    const inputs = [bottleneck.name, input];
    layers.push({ name: `${name}.add`, kind: "add", inputs, activation: "linear" });
  }
  return layers;
}

/** A convolution with its normalisation and activation. */
function unit(
  name: string,
  input: string,
  window: { readonly filters: number; readonly size: number; readonly stride: number },
  details: Details,
): readonly [Layer, Layer] {
  const layer = convolution(name, input, { ...window, padding: details.padding(window) });
  return [layer, normed(name, details.activation, details)];
}

function normed(of: string, activation: Activation, { epsilon }: Details): LayerOf<"batchnorm"> {
  return { ...norm(of, activation), epsilon };
}

/** Our layers in torchvision, `features.18.0.weight`: the stem is the first of its features, block i is feature i. */
function layerName(layer: string): string {
  const [, index, part] = /^block(\d+)\.(.+)$/.exec(layer) ?? [];
  if (index === undefined) return OUTSIDE[layer]!;
  // The first block does not widen, which all that is behind it is counted by.
  return `features.${index}.conv.${(index === "1" ? FIRST : INSIDE)[part!]!}`;
}

const OUTSIDE: Readonly<Record<string, string>> = {
  stem: "features.0.0",
  "stem.norm": "features.0.1",
  "head.conv": `features.${BLOCKS + 1}.0`,
  "head.conv.norm": `features.${BLOCKS + 1}.1`,
  "head.dense": "classifier.1",
};
const FIRST: Readonly<Record<string, string>> = {
  depthwise: "0.0",
  "depthwise.norm": "0.1",
  project: "1",
  "project.norm": "2",
};
const INSIDE: Readonly<Record<string, string>> = {
  expand: "0.0",
  "expand.norm": "0.1",
  depthwise: "1.0",
  "depthwise.norm": "1.1",
  project: "2",
  "project.norm": "3",
};

/** The width at which every block has the channels that the file has. */
function told(shapes: TensorShapes) {
  const filters = published().map((_, index) =>
    shapes.get(`${layerName(`block${index + 1}.project`)}.weight`)?.[0]
  );
  const [, channels] = shapes.get("features.0.0.weight") ?? [];
  const [outputs] = shapes.get("classifier.1.weight") ?? [];
  const width = WIDTHS.find((each) =>
    published().every((block, index) => byEight(block.channels * each) === filters[index])
  );
  if (!channels || !outputs || width === undefined) return undefined;
  return {
    options: { depth: BLOCKS, width, conventions: "torchvision" as const },
    channels,
    outputs,
  };
}
