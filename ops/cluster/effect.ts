/** What a clustering did, layer by layer: the effect that a report shows. */
import type { Json } from "../../engine/op.ts";
import { type Model, weightName } from "../model/model.ts";
import { decodeWeight } from "../model/weights.ts";

/** One layer's kernel. */
export interface SharedValues {
  /** Weights that are not pruned. */
  readonly weights: number;
  /** Different values among them, before and after. */
  readonly before: number;
  readonly values: number;
  /** Σ (w − ŵ)²: the sum of squared distances from the centroids. */
  readonly wcss: number;
}

/** The layers whose kernels were not stored by codebook before, or lost values; undefined where there are none. */
export function effectOfClustering(before: Model, after: Model): Json | undefined {
  const layers: Record<string, SharedValues> = {};
  for (const { name } of after.layers) {
    const [was, is] = [before, after].map(({ weights }) => weights[weightName(name, "kernel")]);
    if (was === undefined || is?.encoding.use !== "codebook") continue;
    const [exact, shared] = [was, is].map((weight) => live(decodeWeight(weight), is.mask));
    const counts = { before: new Set(exact).size, values: new Set(shared).size };
    if (was.encoding.use === "codebook" && counts.before === counts.values) continue;
    const wcss = exact!.reduce((sum, w, i) => sum + (w - shared![i]!) * (w - shared![i]!), 0);
    layers[name] = { weights: exact!.length, ...counts, wcss };
  }
  return Object.keys(layers).length === 0 ? undefined : { layers } as unknown as Json;
}

function live(values: Float32Array, mask: Uint8Array | undefined): Float32Array {
  return mask === undefined ? values : values.filter((_, i) => mask[i] !== 0);
}
