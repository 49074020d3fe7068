/** The weights of a layers-model, read and written: a manifest of groups, each a list of shards that are one run of bytes. */
import type { Json } from "../../../engine/digest.ts";
import type { Files } from "../../../engine/kind.ts";
import { given } from "../../../engine/given.ts";
import { excerpt, listed, quoted, quotedJson } from "../../../engine/quote.ts";
import { UnreadableModelError } from "../format.ts";
import type { FileWeight } from "../keras/assembly.ts";
import { sizeOf } from "../../model/layers.ts";
import { isJsonObject, type JsonObject } from "../json_object.ts";
import { joinBytes } from "../../data/readers/join_bytes.ts";

/** How a weight is stored smaller than it is: value = stored · scale + min, or half precision. */
export interface StoredSmaller {
  readonly dtype: "uint8" | "uint16" | "float16";
  readonly scale?: number;
  readonly min?: number;
}

/** One entry of a manifest. */
interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: StoredSmaller;
}

/** A group: shards in order, and the weights that lie in them one after another. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

/** Bytes of a weight, and what the manifest says of them. */
export interface StoredWeight {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  /** Absent: float32. */
  readonly quantization?: StoredSmaller & { readonly "original_dtype": "float32" };
}

const elements = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  uint16: Uint16Array,
  float16: Float16Array,
} as const;

/** The groups of a `model.json`. Throws where there are none. */
export function weightGroups(model: JsonObject): readonly WeightGroup[] {
  const { weightsManifest } = model;
  if (Array.isArray(weightsManifest) && weightsManifest.every(isJsonObject)) {
    const groups = weightsManifest.map(groupOf);
    const twice = repeated(groups.flatMap((group) => group.paths));
    if (twice === undefined) return groups;
    throw new UnreadableModelError(
      `Cannot read the model: its weightsManifest names ${quoted(twice)} twice`,
      { readable: true },
    );
  }
  throw new UnreadableModelError("Cannot read the model: its weightsManifest is missing", {
    readable: true,
  });
}

function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

function groupOf({ paths, weights }: JsonObject): WeightGroup {
  const named = Array.isArray(paths) && paths.every((path) => typeof path === "string");
  if (named && Array.isArray(weights) && weights.every(isJsonObject)) {
    return { paths, weights: weights.map(specOf) };
  }
  throw new UnreadableModelError(
    "Cannot read the model: a group of its weightsManifest has no list of paths or of weights",
    { readable: true },
  );
}

function specOf(spec: JsonObject): WeightSpec {
  const { name, shape, dtype, quantization } = spec;
  if (typeof name !== "string") {
    throw new UnreadableModelError("Cannot read the model: one of its weights has no name");
  }
  const wrong = (why: string) =>
    new UnreadableModelError(`Cannot read weight ${quoted(name)}: ${why}`, { readable: true });
  if (!Array.isArray(shape) || !shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
    throw wrong(`its shape is ${quotedJson(shape)}`);
  }
  if (typeof dtype !== "string") throw wrong(`its type is ${quotedJson(dtype)}`);
  if (quantization === undefined || quantization === null) return { name, shape, dtype };
  const numbers = isJsonObject(quantization) &&
    ["scale", "min"].every((field) =>
      quantization[field] === undefined || Number.isFinite(quantization[field])
    );
  if (!numbers || typeof quantization.dtype !== "string") {
    throw wrong(`its quantization is ${quotedJson(quantization)}`);
  }
  return { name, shape, dtype, quantization: quantization as unknown as StoredSmaller };
}

/** Every weight of the groups, decoded to float32; `shard` gives the bytes of a path. */
export function readWeights(
  groups: readonly WeightGroup[],
  shard: (path: string) => Uint8Array,
): ReadonlyMap<string, FileWeight> {
  const result = new Map<string, FileWeight>();
  for (const { paths, weights } of groups) {
    const bytes = joinBytes(paths.map(shard));
    let offset = 0;
    for (const spec of weights) {
      const { name, shape, quantization } = spec;
      if (result.has(name)) {
        throw new UnreadableModelError(
          `Cannot read weight ${quoted(name)}: the file has two of this name`,
        );
      }
      const type = quantization?.dtype ?? spec.dtype;
      if (!Object.hasOwn(elements, type)) {
        throw new UnreadableModelError(
          `Cannot read weight ${quoted(name)}: its type is ${excerpt(type)}`,
        );
      }
      const stored = elements[type as keyof typeof elements];
      const end = offset + sizeOf(shape) * stored.BYTES_PER_ELEMENT;
      if (end > bytes.length) {
        throw new UnreadableModelError(
          `Cannot read weight ${quoted(name)}: ${
            listed(paths)
          } has ${bytes.length} bytes, it ends at ${end}`,
        );
      }
      // A slice starts at 0, so any element type may view it.
      const view = new stored(bytes.slice(offset, end).buffer);
      result.set(name, { shape, values: decoded(view, quantization) });
      offset = end;
    }
  }
  return result;
}

function decoded(view: ArrayLike<number>, quantization: StoredSmaller | undefined): Float32Array {
  const { scale, min } = quantization ?? {};
  if (scale === undefined || min === undefined) return Float32Array.from(view);
  // As tfjs decodes: in double precision, rounded once.
  return Float32Array.from(view, (stored) => stored * scale + min);
}

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
    ...given({ quantization: quantization && { ...quantization } }),
  }));
  return { manifest: [{ paths: Object.keys(shards), weights: specs }], shards };
}
