/** A recurrent layer as ONNX's LSTM, which has time before the batch and gates in the order i, o, f, c. */
import type { LayerOf, Weight } from "../../model/model.ts";
import type { Computed, OnnxSource } from "./values.ts";

/** Places of our gates (i, f, c, o) in its order. */
const GATES = [0, 3, 1, 2] as const;

/** `Transpose`, `LSTM`, and its states of all steps or the last one. */
export function recurrentNodes(
  { name, units, sequence, gates }: LayerOf<"recurrent">,
  { graph, inputs: [input], read, weight }: OnnxSource,
): Computed {
  const [length, width] = input as readonly [number, number];
  const x = graph.node(`${name}.steps`, "Transpose", [read(0, "last")], {
    perm: { ints: [1, 0, 2] },
  });
  const operands = [
    x,
    weight("kernel", (kernel) => gateRows(kernel, units, 0, width)),
    weight("kernel", (kernel) => gateRows(kernel, units, width, width + units)),
    weight("bias", (bias) => gateBias(bias, units)),
  ];
  const states = graph.node(`${name}.states`, "LSTM", operands, {
    ["hidden_size"]: { int: units },
    ...gates === "hard-sigmoid" && {
      activations: { strings: ["HardSigmoid", "Tanh", "Tanh"] },
      ["activation_alpha"]: { floats: [0.2] },
      ["activation_beta"]: { floats: [0.5] },
    },
  });
  // Steps, directions, batch, units.
  const one = graph.shared("int64.1x1", BigInt64Array.of(1n), [1]);
  const steps = graph.node(`${name}.forward`, "Squeeze", [states, one]);
  if (sequence) {
    const value = graph.node(name, "Transpose", [steps], { perm: { ints: [1, 0, 2] } });
    return { value, layout: "last" };
  }
  const last = graph.constant(`${name}.last`, BigInt64Array.of(BigInt(length - 1)), []);
  return { value: graph.node(name, "Gather", [steps, last], { axis: { int: 0 } }), layout: "last" };
}

/** Rows from … to of a kernel [rows, 4 · units], as [1, 4 · units, rows] in ONNX's order of gates. */
function gateRows({ data, encoding }: Weight, units: number, from: number, to: number): Weight {
  const rows = to - from;
  const values = data.slice(0, 4 * units * rows);
  for (let gate = 0, at = 0; gate < 4; gate++) {
    for (let unit = 0; unit < units; unit++) {
      const column = GATES[gate]! * units + unit;
      for (let row = from; row < to; row++) values[at++] = data[row * 4 * units + column]!;
    }
  }
  return { shape: [1, 4 * units, rows], encoding, data: values };
}

/** ONNX has a second bias, for the state: it is 0. */
function gateBias({ data, encoding }: Weight, units: number): Weight {
  const values = new (data.constructor as new (length: number) => typeof data)(8 * units);
  for (const [gate, place] of GATES.entries()) {
    values.set(data.subarray(place * units, (place + 1) * units), gate * units);
  }
  return { shape: [1, 8 * units], encoding, data: values };
}
