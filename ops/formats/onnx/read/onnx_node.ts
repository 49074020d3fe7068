/** A node of an ONNX file as one operator: its attributes by their types. */
import type { AttributeProto, NodeProto } from "../../../../engine/deps/onnx_buf.ts";
import { constantOf } from "./constants.ts";
import { layerName } from "./layer_names.ts";
import { lowered } from "./quantized_nodes.ts";
import type { GraphNode, OperatorAttributes } from "./operator_graph.ts";

/** The node. */
export function onnxNode(node: NodeProto): GraphNode {
  const { name, opType: op, input: inputs, output: outputs } = node;
  const passing = op === "Identity" || op === "Cast" || op === "QuantizeLinear" ||
    op === "DequantizeLinear";
  return {
    name,
    op,
    inputs,
    outputs,
    passes: passing,
    operators() {
      const own = { ...attributesOf(node), op, inputs, outputs, layer: layerName(node) };
      return lowered(own) ?? { operators: [own] };
    },
  };
}

function attributesOf(node: NodeProto): OperatorAttributes {
  const attributes = new Map(node.attribute.map((each) => [each.name, each]));
  const given = <T>(key: string, read: (attribute: AttributeProto) => T): T | undefined => {
    const found = attributes.get(key);
    return found === undefined ? undefined : read(found);
  };
  return {
    int: (key: string, otherwise: number) => given(key, ({ i }) => Number(i)) ?? otherwise,
    float: (key: string, otherwise: number) => given(key, ({ f }) => f) ?? otherwise,
    ints: (key: string) => given(key, (found) => found.ints.map(Number)),
    floats: (key: string) => given(key, (found) => found.floats),
    text: (key: string, otherwise: string) =>
      given(key, ({ s }) => new TextDecoder().decode(s)) ?? otherwise,
    texts: (key: string) =>
      given(key, ({ strings }) => strings.map((s) => new TextDecoder().decode(s))),
    tensor: (key: string) =>
      given(key, ({ t }) => t === undefined ? undefined : constantOf(t, node.output[0] ?? "")),
  };
}
