/**
 * Batch normalisation folded into the layer before it: W' = W · γ / √(σ² + ε) per output channel,
 * b' = β + (b − μ) · γ / √(σ² + ε) (Jacob et al. 2018, arXiv 1712.05877, §3.2). The function stays the same.
 */
import {
  type Architecture,
  type Layer,
  type LayerOf,
  type Model,
  ownerOf,
  type Role,
  type Weight,
  weightName,
} from "./model.ts";
import { type AccumulatingLayer, hasKernel } from "./kinds/mod.ts";
import { isBatchNorm } from "./kinds/norm.ts";
import { usesOf } from "./tied.ts";
import { decodeWeight, floatWeight } from "./weights.ts";

/**
 * Each batchnorm that can be folded, by name, with the layer that takes it: the layer before it, where that computes
 * linearly and nothing else reads it. Of layers that share weights all or none: each with one of the batchnorms that
 * share theirs.
 */
export function folds(architecture: Architecture): ReadonlyMap<string, AccumulatingLayer> {
  const layers = new Map(architecture.layers.map((layer) => [layer.name, layer]));
  const readers = new Map<string, number>();
  const reads = [...architecture.layers.flatMap((layer) => layer.inputs), ...architecture.outputs];
  for (const name of reads) readers.set(name, (readers.get(name) ?? 0) + 1);
  const found = new Map<string, AccumulatingLayer>();
  for (const layer of architecture.layers) {
    const before = layers.get(layer.inputs[0]!);
    if (!isBatchNorm(layer) || before === undefined || !hasKernel(before)) continue;
    if (before.activation !== "linear" || readers.get(before.name) !== 1) continue;
    found.set(layer.name, before);
  }
  const uses = usesOf(architecture.layers);
  const alike = (norm: string, before: Layer) => {
    const norms = uses.get(ownerOf(layers.get(norm)!))!;
    return norms.length === uses.get(ownerOf(before))!.length &&
      norms.every(({ name }) => {
        const other = found.get(name);
        return other !== undefined && ownerOf(other) === ownerOf(before);
      });
  };
  return new Map([...found].filter(([norm, before]) => alike(norm, before)));
}

/** The structure after folding: the layers keep their names, the batchnorms are gone. */
export function foldedArchitecture(architecture: Architecture): Architecture {
  const folded = folds(architecture);
  const norms = new Map([...folded].map(([norm, { name }]) => [name, norm]));
  const layers = new Map(architecture.layers.map((layer) => [layer.name, layer]));
  const renamed = (name: string): string => folded.get(name)?.name ?? name;
  return {
    ...architecture,
    layers: architecture.layers.filter(({ name }) => !folded.has(name)).map((layer): Layer => {
      const inputs = layer.inputs.map(renamed);
      const norm = layers.get(norms.get(layer.name) ?? "");
      if (norm === undefined || !isBatchNorm(norm)) return { ...layer, inputs };
      return { ...layer as AccumulatingLayer, inputs, bias: true, activation: norm.activation };
    }),
    outputs: architecture.outputs.map(renamed),
  };
}

/** The same function without the batchnorms that can be folded. Masks stay. */
export function foldedModel(model: Model): Model {
  const weights: Record<string, Weight> = { ...model.weights };
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  for (const [name, before] of folds(model)) {
    const norm = layers.get(name) as LayerOf<"batchnorm">;
    if (norm.tied !== undefined) continue;
    const vector = (of: Layer, role: Role): Float32Array | undefined => {
      const found = weights[weightName(of, role)];
      return found && decodeWeight(found);
    };
    const [gamma, beta] = [vector(norm, "gamma")!, vector(norm, "beta")!];
    const [mean, variance] = [vector(norm, "mean")!, vector(norm, "variance")!];
    const bias = vector(before, "bias");
    const factor = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + norm.epsilon));
    const kernel = weights[weightName(before, "kernel")]!;
    // The last axis is the output channel; of a depthwise kernel the last two together.
    const channels = factor.length;
    const scaled = decodeWeight(kernel).map((w, i) => w * factor[i % channels]!);
    const moved = factor.map((f, c) => beta[c]! + ((bias?.[c] ?? 0) - mean[c]!) * f);
    weights[weightName(before, "kernel")] = floatWeight(kernel.shape, scaled, kernel.mask);
    weights[weightName(before, "bias")] = floatWeight([channels], Float32Array.from(moved));
    for (const role of ["gamma", "beta", "mean", "variance"] as const) {
      delete weights[weightName(norm, role)];
    }
  }
  return { ...model, ...foldedArchitecture(model), weights };
}
