/** A graph of ONNX operators under construction: nodes in the order in which they run, constants, names. */

/** An attribute, with the type that a bare number would leave open. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly string: string }
  | { readonly strings: readonly string[] };

/** Attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** Values of a constant; their type is the tensor's (Uint16Array: half precision). */
export type Elements =
  | Float32Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Int32Array
  | BigInt64Array;

/** One operator with one output. */
interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Attributes;
}

/** A tensor that the file holds. */
export interface Constant {
  readonly name: string;
  readonly values: Elements;
  readonly shape: readonly number[];
}

/** The graph. What is added is named as wished, or like it where that name is taken. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly Constant[];
  /** Appends an operator; returns the name of its output. */
  node(name: string, op: string, inputs: readonly string[], attributes?: Attributes): string;
  /** Adds a tensor, once where the same numbers are asked for again under a name; returns its name. */
  constant(name: string, values: Elements, shape: readonly number[]): string;
  /** A tensor that several read: what is asked for again under a name is there already. */
  shared(name: string, values: Elements, shape: readonly number[]): string;
  /** Appends an operator whose output is a reserved name. */
  output(name: string, op: string, inputs: readonly string[], attributes?: Attributes): void;
}

/** An empty graph; nothing but `output` gets a reserved name. */
export function emptyGraph(reserved: readonly string[]): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const constants: Constant[] = [];
  const taken = new Set(reserved);
  const given = new Map<string, Constant>();

  const constant: OnnxGraph["constant"] = (wish, values, shape) => {
    const before = given.get(wish);
    // Layers that share a weight ask for it each.
    if (before !== undefined && alike(before, { values, shape })) return before.name;
    const name = free(wish);
    const added = { name, values, shape };
    constants.push(added);
    given.set(wish, added);
    return name;
  };
  return {
    nodes,
    constants,
    constant,
    node(wish, op, inputs, attributes = {}) {
      const output = free(wish);
      nodes.push({ op, inputs, output, attributes });
      return output;
    },
    shared: constant,
    output(output, op, inputs, attributes = {}) {
      nodes.push({ op, inputs, output, attributes });
    },
  };

  function free(wish: string): string {
    if (taken.has(wish)) return free(`${wish}_`);
    taken.add(wish);
    return wish;
  }
}

type ConstantNumbers = Pick<Constant, "values" | "shape">;

function alike(one: ConstantNumbers, other: ConstantNumbers): boolean {
  const [a, b] = [one.values, other.values];
  return a.constructor === b.constructor && one.shape.join() === other.shape.join() &&
    a.length === b.length && a.every((value, i) => value === b[i]);
}
