/** The `model` kind: canonical bytes of a model, and what must hold from one step to the next. */
import { canonicalBytes, type Digest, digestOf, type Json } from "../../engine/digest.ts";
import type { Kind } from "../../engine/kind.ts";
import { packArrays, unpackArrays } from "../../engine/pack.ts";
import { assertSound } from "./sound.ts";
import { modelFacts } from "./layers.ts";
import { brokenInvariant } from "./established.ts";
import { type Architecture, type Model, type OwnFiles, structureOf } from "./model.ts";
import { storedWeights, type WeightRows, weightsStored } from "./stored_weights.ts";

interface ModelManifest extends Architecture, Pick<Model, (typeof STATE)[number] | "files"> {
  readonly kind: "model";
  readonly weights: WeightRows;
  readonly table: Json;
}

const STATE = ["preprocess", "classes", "established", "learned", "quantization"] as const;

/**
 * Canonical form: structure and state as JSON; weights, scales, zero points, centroids and masks as arrays of the
 * table, `<layer>/<role>` and `<layer>/<role>#scale` …. Layer names are part of a model, weight order is not. What
 * the files of a loaded model weigh is part of it too, and of no model that is made of it.
 */
export const modelKind: Kind<Model> = {
  name: "model",
  encode(model) {
    assertSound(model);
    const { manifest, blobs } = content(model);
    const files = ownFiles(model, manifest);
    return {
      manifest: files === undefined ? manifest : { ...manifest, files: { ...files } },
      blobs,
      parts: {},
    };
  },
  async decode(manifest, read) {
    const { kind: _kind, weights: rows, table, ...rest } = manifest as unknown as ModelManifest;
    const arrays = await unpackArrays(table, read);
    return { ...rest, weights: weightsStored(rows, arrays) };
  },
  holds: brokenInvariant,
  facts: (manifest) => {
    const model = manifest as unknown as ModelManifest;
    return modelFacts(model, model);
  },
  predict: async (model, batch, options) =>
    (await import("./predict.ts")).predict(model, batch, options),
};

/** The model, with what the files weigh in which it is stored. */
export function withOwnFiles(model: Model, files: Omit<OwnFiles, "of">): Model {
  return { ...model, files: { ...files, of: contentDigest(content(model).manifest) } };
}

/** What the files of a model weigh, where it is still the one that was loaded from them. */
export function ownFiles(
  { files, ...model }: Model,
  manifest?: Manifested,
): OwnFiles | undefined {
  if (files === undefined) return undefined;
  return files.of === contentDigest(manifest ?? content(model).manifest) ? files : undefined;
}

type Manifested = { readonly [field: string]: Json };

/** All but its files. */
function content(model: Model): {
  readonly manifest: Manifested;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
} {
  const { rows, arrays } = storedWeights(model.weights);
  const { table, blobs } = packArrays(arrays);
  const state = Object.fromEntries(STATE.map((field) => [field, model[field]]));
  const manifest = { kind: "model", ...structureOf(model), ...state, weights: rows, table };
  return { manifest: manifest as unknown as Manifested, blobs };
}

function contentDigest(manifest: Manifested): Digest {
  return digestOf(canonicalBytes(manifest));
}

/** What precedes the blobs of a model in one run of bytes. */
interface BytesHeader {
  readonly manifest: Json;
  /** Digest and length of each blob, in order. */
  readonly blobs: readonly (readonly [Digest, number])[];
}

/**
 * A model as one run of bytes, for a state that a long op keeps: length of the header (32 bits, little-endian), the
 * header as JSON, the blobs of its canonical form.
 */
export function modelBytes(model: Model): Uint8Array {
  const { manifest, blobs } = modelKind.encode(model);
  const rows = [...blobs].map(([digest, bytes]) => [digest, bytes.length] as const);
  const header: BytesHeader = { manifest, blobs: rows };
  const text = canonicalBytes(header as unknown as Json);
  const size = rows.reduce((sum, [, length]) => sum + length, 4 + text.length);
  const all = new Uint8Array(size);
  new DataView(all.buffer).setUint32(0, text.length, true);
  all.set(text, 4);
  let at = 4 + text.length;
  for (const bytes of blobs.values()) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/** The model of such bytes. */
export async function modelOfBytes(bytes: Uint8Array): Promise<Model> {
  const start = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header: BytesHeader = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
  const blobs = new Map<Digest, Uint8Array>();
  let at = start;
  for (const [digest, length] of header.blobs) blobs.set(digest, bytes.slice(at, at += length));
  return await modelKind.decode(header.manifest, (digest) => Promise.resolve(blobs.get(digest)!));
}
