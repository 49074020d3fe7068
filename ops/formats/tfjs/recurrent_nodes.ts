/** Layers that step through sequences, as tfjs has them. */
import { sizeOf } from "../../model/layers.ts";
import type { LayerOf, Weight } from "../../model/model.ts";
import { decodeWeight, floatWeight, kernelRows } from "../../model/weights.ts";
import { kerasGates } from "../keras/words.ts";
import { activationWord, type KerasNode, type KerasSource, node } from "./keras_node.ts";
import { storedConstant, storedFloats, storedWeight } from "./stored_weight.ts";
import { unrolledNodes } from "./unrolled_nodes.ts";

/** One `LSTM`; its gates stand in the same order. */
export function recurrentNodes(
  { units, sequence, gates }: LayerOf<"recurrent">,
  source: KerasSource,
): readonly KerasNode[] {
  const config = {
    units,
    activation: "tanh",
    "recurrent_activation": kerasGates[gates],
    "return_sequences": sequence,
  };
  return [{ ...node("", "LSTM", config), weights: weightsOf(source, units) }];
}

/**
 * Cells that step one by one. Those that tfjs has no layer for, its masks among them, which it hands to layers that have
 * none, are written step by step.
 */
export function rnnNodes(layer: LayerOf<"rnn">, source: KerasSource): readonly KerasNode[] {
  const { units, sequence, cell, gates, nonlinearity } = layer;
  const known = source.inputs.length === 1 && cell !== "gru-after" &&
    nonlinearity !== "hard-sigmoid-6";
  if (!known) return unrolledNodes(layer, source);
  const className = { simple: "SimpleRNN", gru: "GRU", lstm: "LSTM" }[cell];
  const config = {
    units,
    activation: activationWord(layer, nonlinearity),
    "return_sequences": sequence,
  };
  if (cell === "simple") {
    return [{ ...node("", className, config), weights: weightsOf(source, units) }];
  }
  // Keras 3's hard sigmoid is x / 6 + ½, tfjs's x / 5 + ½.
  const sixth = gates === "hard-sigmoid-6";
  const opened = { lstm: [0, 1, 3], gru: [0, 1] }[cell];
  const weights = weightsOf(source, units, sixth ? opened : []);
  const word = activationWord(layer, sixth ? "hard-sigmoid" : gates);
  return [{ ...node("", className, { ...config, "recurrent_activation": word }), weights }];
}

/** Both kernels and the bias; columns of some gates by ⅚. */
function weightsOf(
  { weight, storage }: KerasSource,
  units: number,
  less: readonly number[] = [],
): NonNullable<KerasNode["weights"]> {
  const kernel = weight("kernel");
  const [rows] = kernel.shape as [number];
  const stored = (of: Weight) =>
    storedWeight(less.length === 0 ? of : byFiveSixths(of, units, less), storage);
  return {
    kernel: stored(kernelRows(kernel, 0, rows - units)),
    "recurrent_kernel": stored(kernelRows(kernel, rows - units, rows)),
    bias: stored(weight("bias")),
  };
}

function byFiveSixths(weight: Weight, units: number, gates: readonly number[]): Weight {
  const columns = weight.shape.at(-1)!;
  const values = decodeWeight(weight).map((value, at) =>
    gates.includes(Math.floor(at % columns / units)) ? value * 5 / 6 : value
  );
  return floatWeight(weight.shape, values);
}

/** Rows in the other order: what a cell that goes backwards and does nothing else gives. */
export function reverseNodes(
  _layer: LayerOf<"reverse">,
  { shape }: KerasSource,
): readonly KerasNode[] {
  const units = shape[1]!;
  const config = {
    units,
    activation: "linear",
    "use_bias": false,
    "go_backwards": true,
    "return_sequences": true,
  };
  const square = [units, units];
  const same = new Float32Array(sizeOf(square));
  for (let at = 0; at < units; at++) same[at * units + at] = 1;
  return [{
    ...node("", "SimpleRNN", config),
    weights: {
      kernel: storedFloats(same, square),
      "recurrent_kernel": { ...storedConstant(0, units * units), shape: square },
    },
  }];
}
