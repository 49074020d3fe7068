/** The weights of a layers-model as one group of shards. */
import type { Json } from "../../../engine/digest.ts";
import type { Files } from "../../../engine/files.ts";
import { joinBytes } from "../../data/readers/join_bytes.ts";
import type { StoredWeight } from "./stored_weight.ts";

/** The manifest of the weights, in the order given, and the shards of at most `size` bytes. */
export function writeShards(
  weights: readonly (readonly [name: string, stored: StoredWeight])[],
  size: number,
): { readonly manifest: Json; readonly shards: Files } {
  const all = joinBytes(weights.map(([, { bytes }]) => bytes));
  const count = Math.max(1, Math.ceil(all.length / size));
  const shards = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `group1-shard${index + 1}of${count}.bin`,
      all.slice(index * size, (index + 1) * size),
    ]),
  );
  const specs = weights.map(([name, { shape, quantization }]): Json => ({
    name,
    shape,
    dtype: "float32",
    ...(quantization === undefined ? {} : { quantization: { ...quantization } }),
  }));
  return { manifest: [{ paths: Object.keys(shards), weights: specs }], shards };
}
