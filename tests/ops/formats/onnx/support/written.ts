/** What a layer is written as: an ONNX graph in lines that a reader can compare with the operators' specification. */
import {
  type Attribute,
  emptyGraph,
  type OnnxGraph,
} from "../../../../../ops/formats/onnx/graph.ts";
import type { Computed, OnnxSource } from "../../../../../ops/formats/onnx/values.ts";
import type { Weight } from "../../../../../ops/model/model.ts";

const attributeText = ([name, value]: [string, Attribute]): string => {
  const [[type, of]] = Object.entries(value) as [[string, unknown]];
  return ` ${name}:${type}=${of}`;
};

/** The operators in order, `output = Op(inputs) attribute:type=value`; inputs that are left out are empty. */
export const nodeLines = ({ nodes }: OnnxGraph): readonly string[] =>
  nodes.map(({ op, inputs, output, attributes }) =>
    `${output} = ${op}(${inputs.join(", ")})${
      Object.entries(attributes).map(attributeText).join("")
    }`
  );

/** The constants in order, `name Type [shape] values`. */
export const constantLines = ({ constants }: OnnxGraph): readonly string[] =>
  constants.map(({ name, values, shape }) =>
    `${name} ${values.constructor.name.replace("Array", "")} [${shape}] ${[...values].join(" ")}`
  );

/** Where a layer stands; `weights`: those whose arrangement is looked at. */
interface Place {
  readonly inputs: readonly (readonly number[])[];
  readonly shape: readonly number[];
  readonly opset?: number;
  readonly layout?: "first" | "last";
  readonly weights?: Readonly<Record<string, Weight>>;
  readonly integers?: OnnxSource["integers"];
}

/**
 * What `build` writes of a layer `a`: it reads `x0.first`, `x0.last`, `x1.first` …; a weight is called as its role.
 * Returned: the value and where its channels stand, the operators, and the constants.
 */
export function writtenBy(
  build: (source: OnnxSource) => Computed,
  { inputs, shape, opset = 17, layout = "last", weights = {}, integers }: Place,
): {
  readonly value: string;
  readonly nodes: readonly string[];
  readonly constants: readonly string[];
} {
  const graph = emptyGraph([]);
  const computed = build({
    ...{ graph, opset, inputs, shape },
    ...integers && { integers },
    read: (index, layout) => `x${index}.${layout}`,
    layout: () => layout,
    weight(role, arrange = (weight) => weight) {
      const weight = weights[role];
      if (weight === undefined) return role;
      const { data, shape } = arrange(weight);
      return graph.constant(role, data as Float32Array, shape);
    },
  });
  return {
    value: `${computed.value}.${computed.layout}`,
    nodes: nodeLines(graph),
    constants: constantLines(graph),
  };
}
