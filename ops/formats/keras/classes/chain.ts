/** Layers behind one another that together are one of a file. */
import type { Shape } from "../../../model/layers.ts";
import type { Layer, Role } from "../../../model/model.ts";
import type { FileWeight, Reading } from "../assembly.ts";

// A union distributes: each kind keeps its own attributes.
type ChainedLayer = Layer extends infer L ? L extends Layer ? Omit<L, "name" | "inputs"> : never
  : never;

/** A chain under construction; it begins with what the file's layer reads first. */
export interface Chain {
  /** The name of its last layer. */
  readonly last: string;
  /** The shape of that. */
  readonly shape: Shape;
  /**
   * Adds a layer behind it, called `<name>.<suffix>`, or as the file calls it where the suffix is empty; it reads
   * `others` too.
   */
  then(
    suffix: string,
    attributes: ChainedLayer,
    more?: {
      readonly weights?: Readonly<Partial<Record<Role, FileWeight>>>;
      readonly others?: readonly string[];
    },
  ): Chain;
  /** The same values in another shape; nothing where they have it. */
  as(suffix: string, shape: Shape): Chain;
  /** The same values, axes in another order; nothing where they have it. */
  transposed(suffix: string, order: readonly number[]): Chain;
}

/** The chain that begins with a layer of the model, by default with what the file's layer reads first. */
export function chainOf(reading: Reading, last: string = reading.inputs[0]!): Chain {
  const shape = reading.shape(last);
  const then: Chain["then"] = (suffix, attributes, { weights = {}, others = [] } = {}) => {
    const name = suffix === "" ? reading.name : `${reading.name}.${suffix}`;
    reading.add({ name, inputs: [last, ...others], ...attributes } as Layer, weights);
    return chainOf(reading, name);
  };
  const chain: Chain = {
    last,
    shape,
    then,
    as(suffix, target) {
      if (target.join() === shape.join()) return chain;
      return then(suffix, { kind: "reshape", shape: [...target] });
    },
    transposed(suffix, order) {
      if (order.every((axis, at) => axis === at)) return chain;
      return then(suffix, { kind: "permute", order: [...order] });
    },
  };
  return chain;
}
