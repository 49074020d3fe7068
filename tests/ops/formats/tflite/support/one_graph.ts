/** Small TensorFlow Lite graphs as files of others hold them, and the models that are read from them. */
import { encodeFile } from "../../../../../ops/formats/tflite/flatbuffer.ts";
import { emptyGraph, type TfliteGraph } from "../../../../../ops/formats/tflite/graph.ts";
import { readTflite } from "../../../../../ops/formats/tflite/read_model.ts";
import type { OperatorName } from "../../../../../ops/formats/tflite/operators.ts";
import type { Options } from "../../../../../ops/formats/tflite/schema.ts";

/** The model of a graph that reads x of this shape; `build` returns the tensor that leaves. */
export function readFrom(
  shape: readonly number[],
  build: (graph: TfliteGraph, x: number) => number,
) {
  const graph = emptyGraph();
  const x = graph.tensor("x", { shape: [1, ...shape], type: "float32" });
  const output = build(graph, x);
  return readTflite(
    encodeFile(graph.file({ name: "g", inputs: [x], outputs: [output], description: "" })),
    "f",
  );
}

/** A tensor that an operator makes of a sample. */
export const made = (graph: TfliteGraph, shape: readonly number[], name = "y") =>
  graph.tensor(name, { shape: [1, ...shape], type: "float32" });

/** A constant of one axis. */
export const numbers = (graph: TfliteGraph, ...values: number[]) =>
  graph.constant("c", Float32Array.from(values), [values.length]);

/** Whole numbers of one axis. */
export const whole = (graph: TfliteGraph, ...values: number[]) =>
  graph.constant("w", Int32Array.from(values), [values.length]);

/** The numbers 1, 2, 3 … in a shape. */
export const floats = (graph: TfliteGraph, ...shape: number[]) => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return graph.constant("k", Float32Array.from({ length: size }, (_, i) => i + 1), shape);
};
/** Amounts of borders, before and behind each axis. */
export function borders(graph: TfliteGraph, ...amounts: readonly (readonly number[])[]): number {
  return graph.constant("p", Int32Array.from(amounts.flat()), [amounts.length, 2]);
}

/** One operator on the input and constants behind it, before a tanh, so that it does not leave the model. */
export interface One {
  readonly shape: readonly number[];
  readonly output: readonly number[];
  readonly options?: Options;
  /** Where the input stands among what it reads. */
  readonly place?: number;
  constants?(graph: TfliteGraph): readonly number[];
}

/** The model of one operator `y`; what is behind it is left out of its layers. */
export function readOne(
  op: OperatorName,
  { shape, output, options, place = 0, constants = () => [] }: One,
) {
  const model = readFrom(shape, (graph, x) => {
    // Arithmetic on the input alone would be preprocessing.
    const entered = made(graph, shape, "e");
    graph.node("EXP", [x], [entered]);
    const [y, z] = [made(graph, output), made(graph, output, "z")];
    graph.node(op, constants(graph).toSpliced(place, 0, entered), [y], options);
    graph.node("HARD_SWISH", [y], [z]);
    return z;
  });
  const { layers } = model;
  return { ...model, layers: layers.filter(({ name }) => name !== "e" && name !== "z") };
}
