/** Models of dense layers with given kernels, for vectors worked out by hand. */
import type { Layer, Model } from "../../../ops/model/model.ts";
import { floatWeight } from "../../../ops/model/weights.ts";

/** One dense layer: kernel [inputs][units], optional bias. */
export interface DenseSpec {
  readonly kernel: readonly (readonly number[])[];
  readonly bias?: readonly number[];
  readonly activation?: "linear" | "relu";
}

/** Layers `dense1 …` behind one another on an input as wide as the first kernel is high. */
export function denseModel(specs: readonly DenseSpec[]): Model {
  const layers = specs.map(({ kernel, bias, activation = "linear" }, i): Layer => ({
    name: `dense${i + 1}`,
    kind: "dense",
    inputs: [i === 0 ? "input" : `dense${i}`],
    units: kernel[0]!.length,
    bias: bias !== undefined,
    activation,
  }));
  const weights = Object.fromEntries(specs.flatMap(({ kernel, bias }, i) => [
    [
      `dense${i + 1}/kernel`,
      floatWeight([kernel.length, kernel[0]!.length], Float32Array.from(kernel.flat())),
    ],
    ...bias ? [[`dense${i + 1}/bias`, floatWeight([bias.length], Float32Array.from(bias))]] : [],
  ]));
  return {
    family: "mlp",
    inputs: [{ name: "input", shape: [specs[0]!.kernel.length] }],
    layers,
    outputs: [layers.at(-1)!.name],
    head: "none",
    weights,
    preprocess: null,
    classes: [],
    established: {},
    learned: true,
    quantization: null,
  };
}

/** Rows become columns: filters as kernels [inputs][units]. */
export function transposed(rows: readonly (readonly number[])[]): number[][] {
  return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
}
