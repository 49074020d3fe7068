/** Readers of LSTM, GRU and RNN: steps first, then the batch; one direction or both. */
import { floats, type Known, soleNumber } from "../constants.ts";
import { arranged, reshaped } from "../layer_view.ts";
import type { LayerAttributes } from "../draft.ts";
import type { NodeReading } from "../node_reading.ts";
import type { GraphValue } from "../values.ts";

/** For each gate of ours the place it has in ONNX: i, f, c, o of i, o, f, c; z, r, h as they are. */
const cells = {
  LSTM: { cell: "lstm", order: [0, 2, 3, 1] },
  GRU: { cell: "gru", order: [0, 1, 2] },
  RNN: { cell: "simple", order: [0] },
} as const;

const activations: Readonly<
  Record<string, "relu" | "sigmoid" | "tanh" | "hard-sigmoid" | "linear">
> = {
  relu: "relu",
  sigmoid: "sigmoid",
  tanh: "tanh",
  affine: "linear",
  hardsigmoid: "hard-sigmoid",
};

/** All states, and the last ones: Y [steps, directions, batch, units], Y_h [directions, batch, units]. */
export function recurrent(reading: NodeReading): readonly (GraphValue | undefined)[] {
  const { draft, op } = reading;
  const view = reading.view(0);
  const [own, back] = [reading.needed(1, "weights W"), reading.needed(2, "weights R")];
  if (view.dims.length !== 3 || view.axes[1] !== 0 || reading.int("layout", 0) !== 0) {
    throw reading.wrong("it should read steps, then the batch, then features");
  }
  refuseOthers(reading);
  const [directions, , width] = own.shape as [number, number, number];
  const units = back.shape[2] ?? 0;
  const rows = cells[op as keyof typeof cells].order.length * units;
  if (own.shape[1] !== rows || back.shape[1] !== rows || own.shape.length !== 3 || units < 1) {
    throw reading.wrong(`its weights ${own.shape.join("×")} are not of ${units} units`);
  }
  const direction = reading.text("direction", "forward");
  const sequence = reading.used(0);
  const layer = arranged(draft, view, [0, 2]);
  const ways = direction === "bidirectional" ? [false, true] : [direction === "reverse"];
  if (ways.length !== directions) throw reading.wrong(`it has weights of ${directions} directions`);
  const passes = ways.map((backward, at) => {
    const suffix = ways.length === 1 ? "" : backward ? "backward" : "forward";
    const cell = cellOf(reading, at, { units, width });
    const from = backward ? draft.add(`${layer}.reversed`, { kind: "reverse" }, [layer]) : layer;
    const states = (whole: boolean) =>
      reading.add(
        suffix,
        { ...cell.attributes, sequence: whole } as LayerAttributes,
        [from],
        cell.weights,
      );
    const all = sequence ? states(true) : undefined;
    return {
      all: all && backward ? draft.add(`${all}.turned`, { kind: "reverse" }, [all]) : all,
      last: reading.used(1) ? states(false) : undefined,
    };
  });
  const joined = (layers: readonly (string | undefined)[]) =>
    layers.length === 1 ? layers[0] : reading.add("", { kind: "concat" }, layers as string[]);
  const sizes = { length: view.dims[0]!, batch: view.dims[1]!, directions, units };
  return [
    sequence ? allStates(reading, joined(passes.map(({ all }) => all))!, sizes) : undefined,
    reading.used(1)
      ? lastStates(reading, joined(passes.map(({ last }) => last))!, sizes)
      : undefined,
  ];
}

/** What a file may ask of a recurrent layer and none of ours does. */
function refuseOthers(reading: NodeReading): void {
  if (reading.op === "LSTM" && reading.used(2)) {
    throw reading.wrong("its last cell is read, which no layer gives");
  }
  if (reading.constant(4) !== undefined) {
    throw reading.wrong("sequences of different lengths cannot be read");
  }
  for (const state of [5, 6]) {
    const first = reading.constant(state);
    if (first !== undefined && soleNumber(first) !== 0) {
      throw reading.wrong("its first state is not 0");
    }
  }
  if (reading.constant(7) !== undefined) throw reading.wrong("its peepholes cannot be read");
}

/** Extents of what a recurrent layer gives. */
interface Sizes {
  readonly length: number;
  readonly batch: number;
  readonly directions: number;
  readonly units: number;
}

/** Y. */
function allStates(
  { draft }: NodeReading,
  layer: string,
  { length, batch, directions, units }: Sizes,
): GraphValue {
  const dims = [length, directions, batch, units];
  if (directions === 1) return { use: "view", layer, dims, axes: [1, null, 0, 2], sole: true };
  const parts = reshaped(draft, layer, [length, directions, units]);
  return { use: "view", layer: parts, dims, axes: [1, 2, 0, 3], sole: true };
}

/** Y_h. */
function lastStates(
  { draft }: NodeReading,
  layer: string,
  { batch, directions, units }: Sizes,
): GraphValue {
  const dims = [directions, batch, units];
  if (directions === 1) return { use: "view", layer, dims, axes: [null, 0, 1], sole: true };
  const parts = reshaped(draft, layer, [directions, units]);
  return { use: "view", layer: parts, dims, axes: [1, 0, 2], sole: true };
}

/** The layer of one direction, its weights among it. */
function cellOf(
  reading: NodeReading,
  direction: number,
  { units, width }: { readonly units: number; readonly width: number },
) {
  const { cell, order } = cells[reading.op as keyof typeof cells];
  const after = cell === "gru" && reading.int("linear_before_reset", 0) === 1;
  const { gates, nonlinearity } = activationsOf(reading, direction);
  const columns = order.length * units;
  const [own, back] = [1, 2].map((input) => floats(reading.needed(input, "weights")));
  const kernel = new Float32Array((width + units) * columns);
  const put = (values: Float32Array, inputs: number, row: number) => {
    const from = direction * columns * inputs;
    for (const [gate, place] of order.entries()) {
      for (let unit = 0; unit < units; unit++) {
        const at = from + (place * units + unit) * inputs;
        for (let input = 0; input < inputs; input++) {
          kernel[(row + input) * columns + gate * units + unit] = values[at + input]!;
        }
      }
    }
  };
  put(own!, width, 0);
  put(back!, units, width);
  const [first, second] = biases(reading.constant(3), direction, order, units);
  const bias = after
    ? Float32Array.from([...first, ...second])
    : first.map((value, at) => value + second[at]!);
  const weights = {
    kernel: { shape: [width + units, columns], values: kernel },
    bias: { shape: [bias.length], values: bias },
  };
  const usual = cell === "lstm" && nonlinearity === "tanh" &&
    (gates === "sigmoid" || gates === "hard-sigmoid");
  const attributes = usual
    ? { kind: "recurrent", units, gates }
    : { kind: "rnn", cell: after ? "gru-after" : cell, units, nonlinearity, gates };
  return { attributes, weights };
}

/** Those of what enters and of the state, gates in our order. */
function biases(
  known: Known | undefined,
  direction: number,
  order: readonly number[],
  units: number,
): readonly [Float32Array, Float32Array] {
  const columns = order.length * units;
  const values = known === undefined ? new Float32Array(0) : floats(known);
  const half = (which: 0 | 1) => {
    const result = new Float32Array(columns);
    const from = (2 * direction + which) * columns;
    order.forEach((place, gate) =>
      result.set(values.subarray(from + place * units, from + (place + 1) * units), gate * units)
    );
    return result;
  };
  return [half(0), half(1)];
}

function activationsOf(reading: NodeReading, direction: number) {
  const lstm = reading.op === "LSTM";
  const usual = reading.op === "RNN"
    ? ["Tanh"]
    : lstm
    ? ["Sigmoid", "Tanh", "Tanh"]
    : ["Sigmoid", "Tanh"];
  const all = reading.texts("activations") ?? [];
  const given = all.length > 0
    ? all.slice(direction * usual.length, (direction + 1) * usual.length)
    : usual;
  const found = given.map((name) => {
    const activation = activations[name.toLowerCase()];
    if (activation === undefined) throw reading.wrong(`its activation ${name} cannot be read`);
    return activation;
  });
  const [first, cell = first, state = cell] = found;
  if (cell !== state) throw reading.wrong("its cell and its state have different activations");
  if (reading.op === "RNN") return { gates: first!, nonlinearity: first! };
  return { gates: first!, nonlinearity: cell! };
}
