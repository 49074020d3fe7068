/**
 * MobileNet v3 (Howard et al. 2019, tables 1 and 2): inverted residuals with squeeze-and-excite and hard-swish, as
 * torchvision builds them.
 */
import { OneOf, Type } from "../../../engine/op.ts";
import type { Layer } from "../model.ts";
import { centred, classifier, convolution, depthwise, INPUT, network, normOf } from "./block.ts";
import {
  assertImage,
  byEight,
  family,
  SMALL_IMAGE,
  type TensorShapes,
  widthField,
} from "./family.ts";

/** A block: extent of its window, channels inside and behind it, whether it weighs its channels, its function, its stride. */
type InvertedResidual = readonly [
  size: number,
  inside: number,
  channels: number,
  squeezes: boolean,
  activation: "relu" | "hard-swish",
  stride: number,
];

const [RE, HS] = ["relu", "hard-swish"] as const;

/** The published blocks, and the units before the classifier. */
const SIZES: {
  readonly [S in "small" | "large"]: {
    readonly blocks: readonly InvertedResidual[];
    readonly hidden: number;
  };
} = {
  small: {
    blocks: [
      [3, 16, 16, true, RE, 2],
      [3, 72, 24, false, RE, 2],
      [3, 88, 24, false, RE, 1],
      [5, 96, 40, true, HS, 2],
      [5, 240, 40, true, HS, 1],
      [5, 240, 40, true, HS, 1],
      [5, 120, 48, true, HS, 1],
      [5, 144, 48, true, HS, 1],
      [5, 288, 96, true, HS, 2],
      [5, 576, 96, true, HS, 1],
      [5, 576, 96, true, HS, 1],
    ],
    hidden: 1024,
  },
  large: {
    blocks: [
      [3, 16, 16, false, RE, 1],
      [3, 64, 24, false, RE, 2],
      [3, 72, 24, false, RE, 1],
      [5, 72, 40, true, RE, 2],
      [5, 120, 40, true, RE, 1],
      [5, 120, 40, true, RE, 1],
      [3, 240, 80, false, HS, 2],
      [3, 200, 80, false, HS, 1],
      [3, 184, 80, false, HS, 1],
      [3, 184, 80, false, HS, 1],
      [3, 480, 112, true, HS, 1],
      [3, 672, 112, true, HS, 1],
      [5, 672, 160, true, HS, 2],
      [5, 960, 160, true, HS, 1],
      [5, 960, 160, true, HS, 1],
    ],
    hidden: 1280,
  },
};

const STEM_CHANNELS = 16;
/** Of batch normalisation in torchvision's MobileNet v3. */
const EPSILON = 0.001;
/** Widths that a file may have: twentieths, the usual one first. */
const WIDTHS = [1, ...Array.from({ length: 40 }, (_, i) => (i + 1) / 20)];

/**
 * `stem`; blocks `block1 …`, each `.expand` (not where a block does not widen), `.depthwise`, where it weighs its
 * channels `.squeeze` (`.pool`, `.reduce`, `.gate`, `.share`, `.shares` and the product), `.project` (linear) and, where
 * the shape stays, `.add`; `head.conv`, `head.pool`, `head.hidden`, `head.dense`. Channels are multiples of 8. Trained
 * parameters on 1,000 classes: small 2,542,856, large 5,483,032.
 */
export const mobilenetV3 = family({
  options: Type.Object({
    size: OneOf(["small", "large"], { default: "small", description: "Which of the two networks" }),
    width: widthField,
  }, { description: "MobileNet v3: squeeze-and-excite and hard-swish" }),
  build(input, outputs, { size, width }) {
    assertImage("mobilenet-v3", input);
    const { blocks, hidden } = SIZES[size];
    const stride = Math.min(input[0]!, input[1]!) < SMALL_IMAGE ? 1 : 2;
    let present = byEight(STEM_CHANNELS * width);
    const layers: Layer[] = [
      ...unit("stem", INPUT, { filters: present, size: 3, stride, activation: HS }),
    ];
    for (const [index, block] of blocks.entries()) {
      layers.push(
        ...inverted(`block${index + 1}`, layers.at(-1)!.name, { block, present, width }),
      );
      present = byEight(block[2] * width);
    }
    const last = { filters: 6 * present, size: 1, stride: 1, activation: HS };
    layers.push(...unit("head.conv", layers.at(-1)!.name, last));
    const units = byEight(hidden * width);
    layers.push(
      { name: "head.pool", kind: "global-average-pool", inputs: [layers.at(-1)!.name] },
      { name: "head.hidden", kind: "dense", inputs: ["head.pool"], units, ...dense },
      swish("head.hidden"),
      classifier("head.hidden.swish", outputs),
    );
    return network("mobilenet-v3", input, layers);
  },
  torchvision: { epsilon: EPSILON, layerName, told },
});

const dense = { bias: true, activation: "linear" } as const;

function inverted(
  name: string,
  input: string,
  { block, present, width }: {
    readonly block: InvertedResidual;
    readonly present: number;
    readonly width: number;
  },
): readonly Layer[] {
  const [size, , , squeezes, activation, stride] = block;
  const [inside, filters] = [byEight(block[1] * width), byEight(block[2] * width)];
  const layers: Layer[] = [];
  if (inside !== present) {
    const expand = { filters: inside, size: 1, stride: 1, activation };
    layers.push(...unit(`${name}.expand`, input, expand));
  }
  const window = { size, stride, padding: centred({ size, stride }) };
  const middle = depthwise(`${name}.depthwise`, layers.at(-1)?.name ?? input, window);
  layers.push(middle, ...normed(middle.name, activation));
  if (squeezes) layers.push(...squeezed(`${name}.squeeze`, layers.at(-1)!.name, inside));
  const project = { filters, size: 1, stride: 1, activation: "linear" } as const;
  layers.push(...unit(`${name}.project`, layers.at(-1)!.name, project));
  if (stride === 1 && present === filters) {
    const inputs = [layers.at(-1)!.name, input];
    layers.push({ name: `${name}.add`, kind: "add", inputs, activation: "linear" });
  }
  return layers;
}

/** Each channel times a share from 0 to 1 that two dense layers make of the means of all. */
function squeezed(name: string, input: string, channels: number): readonly Layer[] {
  const at = (part: string) => `${name}.${part}`;
  const reduce = {
    units: byEight(Math.floor(channels / 4)),
    bias: true,
    activation: "relu",
  } as const;
  const half = { function: "hard-sigmoid", parameters: [1 / 6, 0.5] } as const;
  return [
    { name: at("pool"), kind: "global-average-pool", inputs: [input] },
    { name: at("reduce"), kind: "dense", inputs: [at("pool")], ...reduce },
    { name: at("gate"), kind: "dense", inputs: [at("reduce")], units: channels, ...dense },
    { name: at("share"), kind: "function", inputs: [at("gate")], ...half },
    { name: at("shares"), kind: "reshape", inputs: [at("share")], shape: [1, 1, channels] },
    { name, kind: "combine", inputs: [input, at("shares")], by: "product" },
  ];
}

function unit(
  name: string,
  input: string,
  { activation, ...window }: {
    readonly filters: number;
    readonly size: number;
    readonly stride: number;
    readonly activation: InvertedResidual[4] | "linear";
  },
): readonly Layer[] {
  const layer = convolution(name, input, { ...window, padding: centred(window) });
  return [layer, ...normed(name, activation)];
}

function normed(of: string, activation: InvertedResidual[4] | "linear"): readonly Layer[] {
  const fused = activation === HS ? "linear" : activation;
  const norm: Layer = { ...normOf(of, `${of}.norm`, fused), epsilon: EPSILON };
  return activation === HS ? [norm, swish(norm.name)] : [norm];
}

function swish(of: string): Layer {
  return { name: `${of}.swish`, kind: "function", inputs: [of], function: HS, parameters: [] };
}

/** Our layers in torchvision, `features.1.block.0.0`: parts of a block are counted, those that it has. */
function layerName(layer: string, has: (layer: string) => boolean): string {
  let blocks = 0;
  while (has(`block${blocks + 1}.depthwise`)) blocks++;
  const outside: Readonly<Record<string, string>> = {
    stem: "features.0.0",
    "stem.norm": "features.0.1",
    "head.conv": `features.${blocks + 1}.0`,
    "head.conv.norm": `features.${blocks + 1}.1`,
    "head.hidden": "classifier.0",
    "head.dense": "classifier.3",
  };
  const [, index, part, inside] = /^block(\d+)\.([^.]+)\.?(.*)$/.exec(layer) ?? [];
  if (index === undefined) return outside[layer]!;
  const parts = ["expand", "depthwise", "squeeze", "project"]
    .filter((each) => has(`block${index}.${each}`));
  const theirs = { "": "0", norm: "1", reduce: "fc1", gate: "fc2" }[inside!]!;
  return `features.${index}.block.${parts.indexOf(part!)}.${theirs}`;
}

/** The network by the number of its features, the width by the channels of each block. */
function told(shapes: TensorShapes) {
  const [, channels] = shapes.get("features.0.0.weight") ?? [];
  const [outputs] = shapes.get("classifier.3.weight") ?? [];
  if (!channels || !outputs) return undefined;
  for (const [size, { blocks }] of Object.entries(SIZES)) {
    if (!shapes.has(`features.${blocks.length + 1}.0.weight`)) continue;
    const filters = blocks.map((_, index) =>
      [1, 2, 3].map((part) => shapes.get(`features.${index + 1}.block.${part}.0.weight`)?.[0])
        .findLast((count) => count !== undefined)
    );
    const width = WIDTHS.find((each) =>
      blocks.every(([, , count], index) => byEight(count * each) === filters[index])
    );
    if (width === undefined) return undefined;
    return { options: { size: size as keyof typeof SIZES, width }, channels, outputs };
  }
  return undefined;
}
