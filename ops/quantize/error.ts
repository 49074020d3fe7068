/** What rounding cost, layer by layer: the effect that a report shows. */
import type { Json } from "../../engine/op.ts";
import { type Model, weightName } from "../model/model.ts";
import { decodeWeight } from "../model/weights.ts";
import { foldedModel } from "./fold.ts";

/**
 * Per quantized kernel: `error` = √(Σ(w − ŵ)² / Σw²), its relative root-mean-square error against the weights it came
 * from (folded, where they were), and its number format. Undefined where nothing was quantized.
 */
export function effectOfQuantizing(before: Model, after: Model): Json | undefined {
  const folds = after.layers.length !== before.layers.length;
  const source = folds ? foldedModel(before) : before;
  const rows: Record<string, Json> = {};
  for (const { name: layer } of after.layers) {
    const name = weightName(layer, "kernel");
    const [was, is] = [source.weights[name], after.weights[name]];
    if (was === undefined || is === undefined || is.encoding.use === was.encoding.use) continue;
    const { encoding } = is;
    rows[layer] = {
      error: relativeError(decodeWeight(was), decodeWeight(is)),
      format: encoding.use === "affine" ? `int${encoding.bits}` : "float16",
    };
  }
  return Object.keys(rows).length === 0 ? undefined : { layers: rows };
}

function relativeError(exact: Float32Array, rounded: Float32Array): number {
  let [difference, whole] = [0, 0];
  for (let i = 0; i < exact.length; i++) {
    const [w, r] = [exact[i]!, rounded[i]!];
    difference += (w - r) * (w - r);
    whole += w * w;
  }
  return whole === 0 ? 0 : Math.sqrt(difference / whole);
}
