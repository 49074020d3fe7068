/** Blocks in the place of a convolution that are narrow inside, or whose filters see few channels. */
import type { Layer, LayerOf } from "../model/model.ts";
import type { LayerBlock } from "./blocks.ts";

const still = { strides: [1, 1], padding: "valid", dilations: [1, 1] } as const;

/**
 * `<name>.reduce`, 1×1 to R₃ channels, `<name>.core` with the convolution's window to R₄, `<name>.expand`, 1×1 with
 * its bias and activation; nothing between (Kim et al. 2016, arXiv 1511.06530, "Tucker-2"): M·R₃ + k²·R₃·R₄ + R₄·N
 * weights.
 */
export function tuckerBlock(
  layer: LayerOf<"conv">,
  [inner, outer]: readonly [inner: number, outer: number],
): LayerBlock {
  const [reduce, core, expand] = ["reduce", "core", "expand"].map((part) =>
    `${layer.name}.${part}`
  );
  const plain = { bias: false, activation: "linear" } as const;
  return [
    { ...layer, ...still, ...plain, name: reduce!, kernel: [1, 1], filters: inner },
    { ...layer, ...plain, name: core!, inputs: [reduce!], filters: outer },
    { ...layer, ...still, name: expand!, inputs: [core!], kernel: [1, 1] },
  ];
}

/**
 * `<name>.reduce`, 1×1 to `channels`, `<name>.conv` with the convolution's window, `<name>.expand`, 1×1 with its bias
 * and activation; relu between (He et al. 2016, arXiv 1512.03385, figure 5).
 */
export function bottleneckBlock(layer: LayerOf<"conv">, channels: number): LayerBlock {
  const [reduce, conv, expand] = ["reduce", "conv", "expand"].map((part) =>
    `${layer.name}.${part}`
  );
  const inside = { filters: channels, bias: true, activation: "relu" } as const;
  return [
    { ...layer, ...still, ...inside, name: reduce!, kernel: [1, 1] },
    { ...layer, ...inside, name: conv!, inputs: [reduce!] },
    { ...layer, ...still, name: expand!, inputs: [conv!], kernel: [1, 1] },
  ];
}

/**
 * For each of `groups` a `<name>.split1 …` that takes its channels and a `<name>.conv1 …` on them, then
 * `<name>.concat`: k²·M·N / groups weights (Krizhevsky et al. 2012; Xie et al. 2017).
 */
export function groupedBlock(layer: LayerOf<"conv">, groups: number): LayerBlock {
  const { name, inputs, filters } = layer;
  const each = Array.from({ length: groups }, (_, part): readonly Layer[] => {
    const split = `${name}.split${part + 1}`;
    return [
      { name: split, kind: "split", inputs, parts: groups, part },
      { ...layer, name: `${name}.conv${part + 1}`, inputs: [split], filters: filters / groups },
    ];
  });
  const convs = each.map(([, conv]) => conv!.name);
  const [first, ...rest] = each.flat() as [Layer, ...Layer[]];
  return [first, ...rest, { name: `${name}.concat`, kind: "concat", inputs: convs }];
}

/**
 * `<name>.primary`, the convolution with its filters divided by `parts`; `<name>.cheap`, depthwise with a window of
 * `kernel` and parts − 1 filters for each of these channels; `<name>.concat` of both, the primary channels first (Han
 * et al. 2020, "GhostNet", arXiv 1911.11907, §3.1): k²·M·N/s + (s − 1)·(N/s)·d² weights.
 */
export function ghostBlock(layer: LayerOf<"conv">, parts: number, kernel: number): LayerBlock {
  const { name, filters, bias, activation } = layer;
  const [primary, cheap] = [`${name}.primary`, `${name}.cheap`];
  return [
    { ...layer, name: primary, filters: filters / parts, activation: "linear" },
    {
      name: cheap,
      kind: "depthwise",
      inputs: [primary],
      kernel: [kernel, kernel],
      multiplier: parts - 1,
      strides: [1, 1],
      padding: "same",
      dilations: [1, 1],
      bias,
      activation: "linear",
    },
    ...ended(`${name}.concat`, [primary, cheap], activation),
  ];
}

/** The two joined, and the layer's activation behind where it has one: the cheap filters see values before it. */
function ended(
  name: string,
  inputs: readonly string[],
  activation: LayerOf<"conv">["activation"],
): readonly Layer[] {
  const concat: Layer = { name, kind: "concat", inputs };
  if (activation === "linear") return [concat];
  const last = name.replace(/\.concat$/, ".activation");
  return [concat, { name: last, kind: "activation", inputs: [name], activation }];
}
