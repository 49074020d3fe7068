/** What becomes integers in a quantized graph: it is read as it was before, but for what the least integer cuts off. */
import { kindOf } from "../../../../model/kinds/mod.ts";
import { soleNumber } from "../constants.ts";
import type { OnnxDraft } from "../draft.ts";
import type { LayerView } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import { activated } from "./activations.ts";

/** `QuantizeLinear`: where the least integer stands for 0, quantizers leave out a relu before it. */
export function quantized(reading: NodeReading): LayerView {
  const view = reading.view(0);
  const zero = reading.constant(2);
  const least = zero?.values instanceof Int8Array ? -128 : 0;
  const cuts = !reading.leaves && (zero === undefined || soleNumber(zero) === least);
  return cuts && !isPositive(reading.draft, view.layer) ? activated(reading, view, "relu") : view;
}

/** So many layers are looked through at most. */
const DEEPEST = 8;

/** Whether a layer gives nothing below 0; the model's input is taken to be as it was when the graph was quantized. */
function isPositive(draft: OnnxDraft, name: string, depth = 0): boolean {
  const layer = draft.layer(name);
  if (layer === undefined) return true;
  const activation = "activation" in layer ? layer.activation : "linear";
  if (activation === "relu" || activation === "relu6" || activation === "sigmoid") return true;
  if (layer.kind === "softmax") return !layer.log;
  return depth < DEEPEST && activation === "linear" && kindOf(layer).nonNegative &&
    layer.inputs.every((input) => isPositive(draft, input, depth + 1));
}
