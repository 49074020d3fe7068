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
  /** Adds a tensor; returns its name. */
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
  const shared = new Map<string, string>();

  const constant: OnnxGraph["constant"] = (wish, values, shape) => {
    const name = free(wish);
    constants.push({ name, values, shape });
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
    shared(wish, values, shape) {
      const name = shared.get(wish) ?? constant(wish, values, shape);
      shared.set(wish, name);
      return name;
    },
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
