/**
 * Recurrent layers as ONNX's LSTM, GRU and RNN, which have time before the batch, gates in orders of their own, and two
 * biases. It hides no steps but the last ones: those that a mask shows are moved before the others, and back again.
 */
import { DataType } from "../../../engine/deps/onnx_buf.ts";
import { given } from "../../../engine/given.ts";
import type { LayerOf, Weight } from "../../model/model.ts";
import type { Attributes, OnnxGraph } from "./graph.ts";
import type { Computed, OnnxSource } from "./values.ts";

/** An operator that steps through time. */
interface RecurrentOperator {
  readonly op: "LSTM" | "GRU" | "RNN";
  /** Places of our gates, in its order: of an LSTM ours are i, f, c, o, and its are i, o, f, c. */
  readonly gates: readonly number[];
  readonly attributes: Attributes;
}

const LSTM = { op: "LSTM", gates: [0, 3, 1, 2] } as const;

/** An LSTM. */
export function recurrentNodes(layer: LayerOf<"recurrent">, source: OnnxSource): Computed {
  return stepped(layer, source, {
    ...LSTM,
    attributes: layer.gates === "hard-sigmoid" ? bendsOf(["hard-sigmoid", "tanh", "tanh"]) : {},
  });
}

/** A cell of any kind. */
export function rnnNodes(layer: LayerOf<"rnn">, source: OnnxSource): Computed {
  const { cell, gates, nonlinearity } = layer;
  switch (cell) {
    case "simple":
      return stepped(layer, source, {
        op: "RNN",
        gates: [0],
        attributes: bendsOf([nonlinearity]),
      });
    case "lstm":
      return stepped(layer, source, {
        ...LSTM,
        attributes: bendsOf([gates, nonlinearity, nonlinearity]),
      });
    default: {
      const attributes: Attributes = {
        ...bendsOf([gates, nonlinearity]),
        ...given({ ["linear_before_reset"]: cell === "gru-after" ? { int: 1 } : undefined }),
      };
      return stepped(layer, source, { op: "GRU", gates: [0, 1, 2], attributes });
    }
  }
}

const bends: Readonly<
  Record<LayerOf<"rnn">["gates"], { readonly op: string; readonly numbers?: [number, number] }>
> = {
  linear: { op: "Affine", numbers: [1, 0] },
  relu: { op: "Relu" },
  sigmoid: { op: "Sigmoid" },
  tanh: { op: "Tanh" },
  "hard-sigmoid": { op: "HardSigmoid", numbers: [0.2, 0.5] },
  "hard-sigmoid-6": { op: "HardSigmoid", numbers: [1 / 6, 0.5] },
};

/** The activations of an operator, and the numbers of those that take any. */
function bendsOf(names: readonly LayerOf<"rnn">["gates"][]): Attributes {
  const order = names.map((name) => bends[name]);
  const numbers = order.flatMap(({ numbers }) => numbers === undefined ? [] : [numbers]);
  const parameters = numbers.length === 0 ? undefined : {
    ["activation_alpha"]: { floats: numbers.map(([alpha]) => alpha) },
    ["activation_beta"]: { floats: numbers.map(([, beta]) => beta) },
  };
  return { activations: { strings: order.map(({ op }) => op) }, ...parameters };
}

/** `Transpose`, the operator, and its states of all steps or the last one. */
function stepped(
  { name, units, sequence }: LayerOf<"recurrent" | "rnn">,
  { graph, inputs: [input, mask], read, weight }: OnnxSource,
  stepping: RecurrentOperator,
): Computed {
  const [length, width] = input as readonly [number, number];
  const seen = mask && seenSteps(graph, name, { mask: read(1, "last"), length });
  const all = read(0, "last");
  const own = seen === undefined ? all : graph.node(`${name}.rows`, "MatMul", [seen.first, all]);
  const x = graph.node(`${name}.steps`, "Transpose", [own], { perm: { ints: [1, 0, 2] } });
  const rows = { ...stepping, units };
  const operands = [
    x,
    weight("kernel", (kernel) => gateRows(kernel, { ...rows, from: 0, to: width })),
    weight("kernel", (kernel) => gateRows(kernel, { ...rows, from: width, to: width + units })),
    weight("bias", (bias) => gateBias(bias, rows)),
    ...seen === undefined ? [] : [seen.count],
  ];
  const states = graph.node(`${name}.states`, stepping.op, operands, {
    ["hidden_size"]: { int: units },
    ...stepping.attributes,
  });
  // Steps, directions, batch, units.
  const one = graph.shared("int64.1x1", BigInt64Array.of(1n), [1]);
  const steps = graph.node(`${name}.forward`, "Squeeze", [states, one]);
  const last = () => graph.constant(`${name}.last`, BigInt64Array.of(BigInt(length - 1)), []);
  const turned = (wish: string) =>
    graph.node(wish, "Transpose", [steps], { perm: { ints: [1, 0, 2] } });
  if (seen !== undefined) {
    const wish = sequence ? name : `${name}.sequence`;
    const kept = graph.node(wish, "MatMul", [seen.back, turned(`${name}.seen.states`)]);
    if (sequence) return { value: kept, layout: "last" };
    const value = graph.node(name, "Gather", [kept, last()], { axis: { int: 1 } });
    return { value, layout: "last" };
  }
  if (sequence) return { value: turned(name), layout: "last" };
  return {
    value: graph.node(name, "Gather", [steps, last()], { axis: { int: 0 } }),
    layout: "last",
  };
}

/** Steps that a mask shows, as ONNX has them: in front of the others. */
interface SeenSteps {
  /** Times rows: those that are seen, in their order, before rows of 0. */
  readonly first: string;
  /** Times states of those: for every step the state behind the last that was seen, 0 before any. */
  readonly back: string;
  /** How many are seen, of each sample. */
  readonly count: string;
}

function seenSteps(
  graph: OnnxGraph,
  name: string,
  { mask, length }: { readonly mask: string; readonly length: number },
): SeenSteps {
  const cast = (wish: string, value: string, to: number) =>
    graph.node(`${name}.${wish}`, "Cast", [value], { to: { int: to } });
  const axis = (at: bigint) => graph.shared(`int64.${at}x1`, BigInt64Array.of(at), [1]);
  const seen = cast("seen", cast("mask", mask, DataType.BOOL), DataType.FLOAT);
  const one = graph.shared("int64.1", BigInt64Array.of(1n), []);
  const upTo = graph.node(`${name}.up.to`, "CumSum", [seen, one]);
  const places = graph.shared(
    `float.1…${length}`,
    Float32Array.from({ length }, (_, at) => at + 1),
    [length],
  );
  const column = graph.node(`${name}.up.to.column`, "Unsqueeze", [upTo, axis(2n)]);
  const equal = graph.node(`${name}.is.last`, "Equal", [column, places]);
  const back = cast("back", equal, DataType.FLOAT);
  const shown = graph.node(`${name}.seen.column`, "Unsqueeze", [seen, axis(2n)]);
  const only = graph.node(`${name}.first.turned`, "Mul", [back, shown]);
  const first = graph.node(`${name}.first`, "Transpose", [only], { perm: { ints: [0, 2, 1] } });
  const end = graph.constant(`${name}.end`, BigInt64Array.of(BigInt(length - 1)), []);
  const all = graph.node(`${name}.count`, "Gather", [upTo, end], { axis: { int: 1 } });
  return { first, back, count: cast("count.whole", all, DataType.INT32) };
}

type Gates = Pick<RecurrentOperator, "gates"> & { readonly units: number };

/** Rows from … to of a kernel [rows, gates · units], as [1, gates · units, rows] in ONNX's order of gates. */
function gateRows(
  { data, encoding }: Weight,
  { gates, units, from, to }: Gates & { readonly from: number; readonly to: number },
): Weight {
  const columns = gates.length * units;
  const values = data.slice(0, columns * (to - from));
  let at = 0;
  for (const gate of gates) {
    for (let unit = 0; unit < units; unit++) {
      const column = gate * units + unit;
      for (let row = from; row < to; row++) values[at++] = data[row * columns + column]!;
    }
  }
  return { shape: [1, columns, to - from], encoding, data: values };
}

/** Both biases of ONNX; the second, for the state, is 0 where we have none. */
function gateBias({ data, encoding }: Weight, { gates, units }: Gates): Weight {
  const columns = gates.length * units;
  const values = new (data.constructor as new (length: number) => typeof data)(2 * columns);
  for (let half = 0; half < data.length; half += columns) {
    for (const [gate, place] of gates.entries()) {
      const from = half + place * units;
      values.set(data.subarray(from, from + units), half + gate * units);
    }
  }
  return { shape: [1, 2 * columns], encoding, data: values };
}
