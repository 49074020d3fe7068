/** The weights of a block that come nearest to the layer whose place it takes. */
import { widthOf } from "../model/channels.ts";
import { storesKernel } from "../model/kinds/mod.ts";
import { type Weight, weightName } from "../model/model.ts";
import { decodeWeight } from "../model/weights.ts";
import type { LayerBlock } from "./blocks.ts";
import { extentsOf } from "./candidates.ts";
import type { With } from "./fields.ts";
import { factors, type Fit, separableFit } from "./fit.ts";
import { ghostBiases, ghostFit, groupedFit } from "./partial_fit.ts";
import { type Svd, svd } from "../model/svd.ts";
import { tuckerFit, type Unfoldings, unfoldings } from "./tucker.ts";

/** What is known of a layer's kernel already: one decomposition, or one for each side. */
export type KernelSpectrum = readonly [Svd] | Unfoldings;

/** Values of a block's weights by name, and how far what it computes is from the kernel it replaces. */
interface FittedBlock extends Omit<Fit, "kernels"> {
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/** Fits a block to a kernel and its bias, which a last layer with one takes as it is; the ranks are the block's. */
export function fitBlock(
  { kernel, bias }: { readonly kernel: Weight; readonly bias: Weight | undefined },
  block: LayerBlock,
  how: With,
  spectrum: KernelSpectrum | undefined,
): FittedBlock {
  const values = decodeWeight(kernel);
  const { kernels, ...fit } = kernelsOf({ values, shape: kernel.shape }, block, how, spectrum);
  const names = block.filter(storesKernel).map(({ name }) => name);
  const biases = bias === undefined ? [] : biasesOf(decodeWeight(bias), kernels, how);
  return {
    weights: Object.fromEntries([
      ...kernels.map((each, i) => [weightName(names[i]!, "kernel"), each] as const),
      ...biases.map((each, i) => [weightName(names[i]!, "bias"), each] as const),
    ]),
    ...fit,
  };
}

function kernelsOf(
  { values, shape }: { readonly values: Float32Array; readonly shape: readonly number[] },
  block: LayerBlock,
  how: With,
  spectrum: KernelSpectrum | undefined,
): Fit {
  switch (how.use) {
    case "separable":
      return separableFit(values, shape);
    case "svd": {
      const { rows, columns } = extentsOf(shape);
      return factors(spectrum?.[0] ?? svd(values, rows, columns), widthOf(block[0]));
    }
    case "tucker": {
      const known = spectrum?.length === 2 ? spectrum : unfoldings(values, shape);
      return tuckerFit(values, shape, [widthOf(block[0]), widthOf(block[1]!)], known);
    }
    case "grouped":
      return groupedFit(values, shape, how.groups);
    case "ghost":
      return ghostFit(values, shape, how.parts, how.kernel);
    case "bottleneck":
      throw new Error("internal: a bottleneck is not fitted");
    default:
      return how satisfies never;
  }
}

/** Biases of layers that make channels apart; elsewhere the last layer has the one there was. */
function biasesOf(
  bias: Float32Array,
  kernels: readonly Float32Array[],
  how: With,
): readonly Float32Array[] {
  if (how.use === "ghost") return ghostBiases(bias, kernels[1]!, how.parts, how.kernel);
  if (how.use !== "grouped") return [];
  const made = bias.length / how.groups;
  return kernels.map((_, group) => bias.slice(group * made, (group + 1) * made));
}
