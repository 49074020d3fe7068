/** Weights as rows of JSON and named arrays: what a model's canonical form and a file of weights are made of. */
import type { NamedArray } from "../../engine/pack.ts";
import type { Encoding, Weight } from "./model.ts";

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

/** Rows by the weights' names. */
export type WeightRows = Readonly<Record<string, WeightRow>>;

/**
 * Weights as rows, and their arrays: `<layer>/<role>`, and `<layer>/<role>#scale`, `#zero`, `#centroids`, `#mask`.
 */
export function storedWeights(
  weights: Readonly<Record<string, Weight>>,
): { readonly rows: WeightRows; readonly arrays: Readonly<Record<string, NamedArray>> } {
  const arrays: Record<string, NamedArray> = {};
  const rows: Record<string, WeightRow> = {};
  for (const [name, weight] of Object.entries(weights)) {
    rows[name] = writeWeight(name, weight, arrays);
  }
  return { rows, arrays };
}

/** The weights of rows and arrays. */
export function weightsStored(
  rows: WeightRows,
  arrays: Readonly<Record<string, NamedArray>>,
): Record<string, Weight> {
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, readWeight(name, row, arrays)]),
  );
}

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
