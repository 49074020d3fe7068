/** One node of TensorFlow on its way to operators of ONNX. */
import { constant, type Known } from "../../onnx/read/constants.ts";
import { nodeError } from "../../onnx/read/node_reading.ts";
import type { GraphNode, Operator, OperatorAttributes } from "../../onnx/read/operator_graph.ts";
import type { GraphValue } from "../../onnx/read/values.ts";
import type { DefNode } from "./graph_def.ts";

/** Attributes of an operator of ONNX. */
export type LoweredAttributes = Readonly<Record<string, number | string | readonly number[]>>;

/** A node, what it reads, and the operators that it becomes. */
export interface Lowering {
  readonly node: DefNode;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The extents of a value, the batch among them. */
  shape(input: string): readonly number[];
  /** A value's numbers, where they are known. */
  known(input: string): Known | undefined;
  /** Those that must be known. */
  needed(at: number, what: string): Known;
  /** Whole numbers that must be known. */
  list(at: number, what: string): readonly number[];
  /** An axis, counted from 0. */
  axis(axis: number, rank: number): number;
  /** Adds an operator; returns the name of what it gives. */
  put(op: string, inputs: readonly string[], attributes?: LoweredAttributes): string;
  /** Adds the operator that gives what the node gives. */
  end(op: string, inputs: readonly string[], attributes?: LoweredAttributes): void;
  /** The operator that gives one of the node's outputs. */
  give(output: number, op: string, inputs: readonly string[], attributes?: LoweredAttributes): void;
  /** Adds numbers; returns their name. */
  numbers(known: Known): string;
  /** Adds whole numbers; returns their name. */
  whole(values: readonly number[]): string;
  /** An error that names the node. */
  wrong(what: string, help?: string): Error;
}

/** How a node becomes operators. */
export type Lower = (lowering: Lowering) => void;

/** The node in a graph of operators; its layers are called `layer`. */
export function graphNode(
  node: DefNode,
  { outputs, layer, lower }: {
    readonly outputs: readonly string[];
    readonly layer: string;
    readonly lower: Lower;
  },
): GraphNode {
  const { name, op, inputs } = node;
  const told = { name, op, outputs };
  return {
    ...told,
    inputs,
    passes: op === "Identity" || op === "Cast",
    operators(value) {
      const around = { told, layer, value };
      const { lowering, operators, constants } = loweringIn(node, around);
      lower(lowering);
      return { operators, constants };
    },
  };
}

/** What is known around a node. */
interface LoweringContext {
  readonly told: Pick<GraphNode, "name" | "op" | "outputs">;
  readonly layer: string;
  readonly value: (name: string) => GraphValue | undefined;
}

/** A node as its lowering sees it, and what it has become so far. */
function loweringIn(node: DefNode, { told, layer, value }: LoweringContext) {
  const operators: Operator[] = [];
  const constants = new Map<string, Known>();
  const wrong = (what: string, help?: string) => nodeError(told, what, help);
  // No tensor of TensorFlow is called so.
  const fresh = () => `${told.name} ${operators.length + constants.size}`;
  const give = (
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    written: LoweredAttributes = {},
  ) => void operators.push({ op, layer, inputs, outputs, ...attributesOf(written) });
  const found = (input: string): GraphValue | undefined => constants.get(input) ?? value(input);
  const known = (input: string) => {
    const there = found(input);
    return there?.use === "constant" ? there : undefined;
  };
  const needed = (at: number, what: string): Known => {
    const there = known(node.inputs[at] ?? "");
    if (there !== undefined) return there;
    throw wrong(
      node.inputs[at] === undefined ? `it has no ${what}` : `its ${what} depends on the sample`,
    );
  };
  const numbers = (known: Known) => {
    const name = fresh();
    constants.set(name, known);
    return name;
  };
  const lowering: Lowering = {
    node,
    inputs: node.inputs,
    outputs: told.outputs,
    known,
    needed,
    numbers,
    wrong,
    shape(input) {
      const shape = shapeIn(found(input));
      if (shape !== undefined) return shape;
      throw wrong("it reads a value inside an attention, which is read as a whole alone");
    },
    list: (at, what) => [...needed(at, what).values],
    axis(axis, rank) {
      const along = axis < 0 ? rank + axis : axis;
      if (Number.isInteger(along) && along >= 0 && along < rank) return along;
      throw wrong(`its axis is ${axis}, of ${rank} axes`);
    },
    put(op, inputs, attributes) {
      const output = fresh();
      give(op, inputs, [output], attributes);
      return output;
    },
    end: (op, inputs, attributes) => give(op, inputs, told.outputs, attributes),
    give: (output, op, inputs, attributes) =>
      give(op, inputs, [told.outputs[output] ?? fresh()], attributes),
    whole: (values) => numbers(constant([values.length], Float64Array.from(values))),
  };
  return { lowering, operators, constants };
}

/** The shape of a value; undefined of a part of a pattern that is read as a whole. */
function shapeIn(value: GraphValue | undefined): readonly number[] | undefined {
  if (value?.use === "constant") return value.shape;
  if (value?.use === "view") return value.dims;
  return value !== undefined && "x" in value ? value.x.dims : undefined;
}

/** Attributes as the readers of operators ask for them. */
function attributesOf(written: LoweredAttributes): OperatorAttributes {
  const number = (name: string, otherwise: number) => {
    const found = written[name];
    return typeof found === "number" ? found : otherwise;
  };
  const list = (name: string) => {
    const found = written[name];
    return typeof found === "object" ? found : undefined;
  };
  return {
    int: number,
    float: number,
    ints: list,
    floats: list,
    text(name, otherwise) {
      const found = written[name];
      return typeof found === "string" ? found : otherwise;
    },
    texts: () => undefined,
    tensor: () => undefined,
  };
}
