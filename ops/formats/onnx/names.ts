/** Names by which the outside knows an ONNX export. */
import type { Architecture } from "../../model/model.ts";

/** The file. */
export const ONNX_FILE = "model.onnx";

/** Names of the values that leave the graph for one output layer; `probabilities` where the model has a head. */
export function outputNames(
  { outputs, head }: Pick<Architecture, "outputs" | "head">,
  layer: string,
): { readonly logits: string; readonly probabilities?: string } {
  const suffix = outputs.length === 1 ? "" : `.${layer}`;
  const logits = `logits${suffix}`;
  return head === "none" ? { logits } : { logits, probabilities: `probabilities${suffix}` };
}
