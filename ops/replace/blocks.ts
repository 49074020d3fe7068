/** The layers that stand in another's place: a group with its name, the last of which gives its value. */
import type { Architecture, Layer, LayerOf } from "../model/model.ts";

/** The layers in the place of one, in order; the last gives its value. */
export type LayerBlock = readonly [Layer, ...Layer[]];

/** A layer that can be written as a product of two matrices. */
export type Factorable = LayerOf<"dense"> | LayerOf<"conv">;

const still = { strides: [1, 1], padding: "valid", dilations: [1, 1] } as const;

/**
 * `<name>.depthwise`, which has the convolution's window and one filter per channel, and `<name>.pointwise`, a 1×1
 * convolution with its bias and activation (Howard et al. 2017, "MobileNets", §3.1). Nothing stands between the two,
 * so that together they can be the convolution itself.
 */
export function separableBlock(layer: LayerOf<"conv">): LayerBlock {
  const { name, inputs, kernel, strides, padding, dilations, filters, bias, activation } = layer;
  const depthwise = `${name}.depthwise`;
  return [
    {
      name: depthwise,
      kind: "depthwise",
      inputs,
      kernel,
      multiplier: 1,
      strides,
      padding,
      dilations,
      bias: false,
      activation: "linear",
    },
    {
      name: `${name}.pointwise`,
      kind: "conv",
      inputs: [depthwise],
      filters,
      kernel: [1, 1],
      ...still,
      bias,
      activation,
    },
  ];
}

/** `<name>.reduce`, to `rank` values, without bias, and `<name>.expand` with the layer's bias and activation. */
export function lowRankBlock(layer: Factorable, rank: number): LayerBlock {
  const [reduce, expand] = [`${layer.name}.reduce`, `${layer.name}.expand`];
  const first = { name: reduce, bias: false, activation: "linear" } as const;
  const second = { name: expand, inputs: [reduce] } as const;
  return layer.kind === "dense"
    ? [{ ...layer, ...first, units: rank }, { ...layer, ...second }]
    : [{ ...layer, ...first, filters: rank }, { ...layer, ...second, ...still }];
}

/** The structure with blocks in the place of the layers they are named by. */
export function withBlocks(
  architecture: Architecture,
  blocks: ReadonlyMap<string, LayerBlock>,
): Architecture {
  const now = (name: string) => blocks.get(name)?.at(-1)?.name ?? name;
  const layers = architecture.layers
    .flatMap((layer): readonly Layer[] => blocks.get(layer.name) ?? [layer])
    .map((layer) => ({ ...layer, inputs: layer.inputs.map(now) }));
  return { ...architecture, layers, outputs: architecture.outputs.map(now) };
}

/**
 * A block that was made for one layer, for the same layer as it is now: what it read may have given way to a block
 * since, and it reads what stands there.
 */
export function readingAs(block: LayerBlock, before: Layer, now: Layer): LayerBlock {
  const inside = new Set(block.map(({ name }) => name));
  const read = (name: string) => inside.has(name) ? name : now.inputs[before.inputs.indexOf(name)]!;
  return block.map((layer) => ({
    ...layer,
    inputs: layer.inputs.map(read),
  })) as unknown as LayerBlock;
}
