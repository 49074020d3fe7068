/** Dense layers as ONNX operators. */
import type { LayerOf } from "../../model/model.ts";
import { withActivation } from "./activations.ts";
import { dynamicProduct } from "./dynamic_product.ts";
import type { Source } from "./nodes.ts";
import type { Computed } from "./values.ts";

/** One product, of each position of a longer shape: of floats, or of rows that find their ranges. */
export function denseNodes(
  layer: LayerOf<"dense">,
  { graph, opset, inputs: [input], integers, read, weight }: Source,
): Computed {
  const { name, bias, activation } = layer;
  if (integers !== undefined) {
    const { kernel, dynamic } = integers;
    const product = (wish: string) =>
      dynamicProduct(graph, opset, wish, read(0, "last"), kernel, dynamic);
    const value = withActivation(
      graph,
      name,
      activation,
      (name) =>
        bias
          ? graph.node(name, "Add", [product(`${name}.product`), weight("bias")])
          : product(name),
    );
    return { value, layout: "last" };
  }
  const operands = [read(0, "last"), weight("kernel")];
  const value = withActivation(graph, name, activation, (name) => {
    if (input!.length === 1) {
      return graph.node(name, "Gemm", bias ? [...operands, weight("bias")] : operands);
    }
    if (!bias) return graph.node(name, "MatMul", operands);
    const product = graph.node(`${name}.product`, "MatMul", operands);
    return graph.node(name, "Add", [product, weight("bias")]);
  });
  return { value, layout: "last" };
}
