/** What a quantization did, layer by layer: number formats, and what rounding cost. */
import type { Json } from "../../engine/op.ts";
import { type Model, type Weight, weightName } from "../model/model.ts";
import { decodeWeight } from "../model/weights.ts";

/** The number format of each layer whose kernel was not stored so before; undefined where there is none. */
export function effectOfQuantizing(before: Model, after: Model): Json | undefined {
  const formats: Record<string, Json> = {};
  for (const [layer, was, is] of kernels(before, after)) {
    if (is.encoding.use === was.encoding.use) continue;
    formats[layer] = is.encoding.use === "affine" ? `int${is.encoding.bits}` : "float16";
  }
  return Object.keys(formats).length === 0 ? undefined : { formats };
}

/**
 * Per rounded kernel √(Σ(w − ŵ)² / Σw²), its relative root-mean-square error: 0.01 is 40 dB. `exact` holds the
 * weights as they were right before rounding, folded and equalized.
 */
export function roundingErrors(exact: Model, rounded: Model): Record<string, number> {
  return Object.fromEntries(
    kernels(exact, rounded).filter(([, was, is]) => is.encoding.use !== was.encoding.use)
      .map(([layer, was, is]) => [layer, relativeError(decodeWeight(was), decodeWeight(is))]),
  );
}

function kernels(before: Model, after: Model): [layer: string, was: Weight, is: Weight][] {
  return after.layers.flatMap(({ name }) => {
    const [was, is] = [before, after].map(({ weights }) => weights[weightName(name, "kernel")]);
    return was === undefined || is === undefined ? [] : [[name, was, is]];
  });
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
