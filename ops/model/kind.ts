/** The `model` kind: canonical bytes of a model, and what must hold from one step to the next (design §5). */
import type { Json } from "../../engine/digest.ts";
import type { Kind } from "../../engine/kind.ts";
import { type NamedArray, packArrays, unpackArrays } from "../../engine/pack.ts";
import { assertSound } from "./sound.ts";
import { modelFacts } from "./layers.ts";
import { brokenPromise } from "./established.ts";
import { type Architecture, type Encoding, type Model, structureOf, type Weight } from "./model.ts";

/** What stands in the manifest for a weight: everything but its arrays. */
type EncodingRow =
  | { readonly use: "f32" | "f16" }
  | {
    readonly use: "affine";
    readonly bits: number;
    readonly axis: number | null;
    readonly symmetry: "symmetric" | "asymmetric";
  }
  | { readonly use: "codebook"; readonly bits: number };

interface WeightRow {
  readonly encoding: EncodingRow;
  readonly masked: boolean;
}

interface Manifest extends Architecture, Pick<Model, (typeof STATE)[number]> {
  readonly kind: "model";
  readonly weights: Readonly<Record<string, WeightRow>>;
  readonly table: Json;
}

const STATE = ["preprocess", "classes", "established", "learned", "quantization"] as const;

/**
 * Canonical form: structure and state as JSON; weights, scales, zero points, centroids and masks as arrays of the
 * table, `<layer>/<role>` and `<layer>/<role>#scale` …. Layer names are part of a model, weight order is not.
 */
export const modelKind: Kind<Model> = {
  name: "model",
  encode(model) {
    assertSound(model);
    const arrays: Record<string, NamedArray> = {};
    const rows: Record<string, WeightRow> = {};
    for (const [name, weight] of Object.entries(model.weights)) {
      rows[name] = writeWeight(name, weight, arrays);
    }
    const { table, blobs } = packArrays(arrays);
    const state = Object.fromEntries(STATE.map((field) => [field, model[field]]));
    const manifest = { kind: "model", ...structureOf(model), ...state, weights: rows, table };
    return { manifest: manifest as unknown as Json, blobs, parts: {} };
  },
  async decode(manifest, read) {
    const { kind: _kind, weights: rows, table, ...rest } = manifest as unknown as Manifest;
    const arrays = await unpackArrays(table, read);
    const weights = Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [name, readWeight(name, row, arrays)]),
    );
    return { ...rest, weights };
  },
  holds: brokenPromise,
  facts: (manifest) => {
    const model = manifest as unknown as Manifest;
    return modelFacts(model, model);
  },
  predict: async (model, batch, options) =>
    (await import("./predict.ts")).predict(model, batch, options),
  async files(model) {
    const { encodeFiles, usualFormat } = await import("../export/encode_files.ts");
    return await encodeFiles(model, usualFormat);
  },
};

function writeWeight(
  name: string,
  { shape, encoding, data, mask }: Weight,
  arrays: Record<string, NamedArray>,
): WeightRow {
  arrays[name] = { shape, data };
  if (mask !== undefined) arrays[`${name}#mask`] = { shape, data: mask };
  const attach = (part: string, array: NamedArray["data"]) => {
    arrays[`${name}#${part}`] = { shape: [array.length], data: array };
  };
  const masked = mask !== undefined;
  switch (encoding.use) {
    case "f32":
    case "f16":
      return { encoding: { use: encoding.use }, masked };
    case "affine": {
      const { scale, zero, ...row } = encoding;
      attach("scale", scale);
      attach("zero", zero);
      return { encoding: row, masked };
    }
    case "codebook": {
      const { centroids, ...row } = encoding;
      attach("centroids", centroids);
      return { encoding: row, masked };
    }
    default:
      return encoding satisfies never;
  }
}

function readWeight(
  name: string,
  { encoding: row, masked }: WeightRow,
  arrays: Readonly<Record<string, NamedArray>>,
): Weight {
  const { shape, data } = arrays[name]!;
  const attached = <T>(part: string) => arrays[`${name}#${part}`]!.data as T;
  const encoding = (): Encoding => {
    switch (row.use) {
      case "f32":
      case "f16":
        return { use: row.use };
      case "affine":
        return { ...row, scale: attached("scale"), zero: attached("zero") };
      case "codebook":
        return { ...row, centroids: attached("centroids") };
      default:
        return row satisfies never;
    }
  };
  const weight = { shape, encoding: encoding(), data: data as Weight["data"] };
  return masked ? { ...weight, mask: attached<Uint8Array>("mask") } : weight;
}
