/** A graph of ONNX's operators, whatever file it is out of: what the readers of operators make layers of. */
import type { Known } from "./constants.ts";
import type { GraphValue } from "./values.ts";

/** What an operator says of itself, by name and type. */
export interface OperatorAttributes {
  int(name: string, otherwise: number): number;
  float(name: string, otherwise: number): number;
  ints(name: string): readonly number[] | undefined;
  floats(name: string): readonly number[] | undefined;
  text(name: string, otherwise: string): string;
  texts(name: string): readonly string[] | undefined;
  tensor(name: string): Known | undefined;
}

/** One operator of ONNX. */
export interface Operator extends OperatorAttributes {
  readonly op: string;
  /** What its layers are called. */
  readonly layer: string;
  /** Names of values; empty for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** A node of the file. */
export interface GraphNode {
  /** Of the file; it may be empty. */
  readonly name: string;
  /** Its operator as the file calls it. */
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** What it reads leaves it as it is. */
  readonly passes: boolean;
  /** What it is in operators of ONNX, given what it reads. Throws an UnreadableModelError where it is nothing there. */
  operators(value: (name: string) => GraphValue | undefined): Lowered;
}

/** Lowered in the order in which they run, and constants that the file has not as they read them. */
export interface Lowered {
  readonly operators: readonly Operator[];
  readonly constants?: ReadonlyMap<string, Known>;
}

/** What samples come in as. */
export interface GraphInput {
  readonly name: string;
  /** Extents of its axes, the batch among them; 0 where the file leaves one open. */
  readonly extents: readonly number[];
  /** What an axis is called that is left open. */
  called(axis: number): string;
  /** Of what stands beside the tokens of a text: which of them are real, or of which segment they are. */
  readonly role?: "mask" | "types";
  /** Its channels come right behind the batch, and come last here. */
  readonly channelsFirst: boolean;
}

/** What leaves the graph. */
export interface GraphAnswer {
  readonly name: string;
  readonly node?: GraphNode;
}

/** The graph of a file. */
export interface OperatorGraph {
  /** The version of ONNX's operator set. */
  readonly opset: number;
  /** Those that answers depend on, in the order in which they run. */
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Known>;
  readonly inputs: readonly GraphInput[];
  readonly answers: readonly GraphAnswer[];
  readonly classes: readonly string[];
  /** How many bytes the file has: constants that are computed are bounded by that. */
  readonly size: number;
  /** Extents of a sample, channels last, where the file leaves some open. */
  readonly sample?: readonly number[];
  /** How a file comes to have one size of samples. */
  readonly fixSizes: string;
}
