/** The `outputs` kind: a model's logits on a data part, row by row in the part's own order. */
import type { Kind } from "../../engine/kind.ts";
import { packArrays, unpackArrays } from "../../engine/pack.ts";
import type { Json } from "../../engine/digest.ts";

/** Logits of `count` samples. */
export interface Outputs {
  /** Samples. */
  readonly count: number;
  /** Logits per sample. */
  readonly width: number;
  /** count × width, row-major. */
  readonly logits: Float32Array;
}

/** Canonical form: the array alone. */
export const outputsKind: Kind<Outputs> = {
  name: "outputs",
  encode({ count, width, logits }) {
    const { table, blobs } = packArrays({ logits: { shape: [count, width], data: logits } });
    return { manifest: { kind: "outputs", table }, blobs, parts: {} };
  },
  async decode(manifest, read) {
    const { table } = manifest as { table: Json };
    const { logits } = await unpackArrays(table, read);
    const [count, width] = logits!.shape as [number, number];
    return { count, width, logits: logits!.data as Float32Array };
  },
};
