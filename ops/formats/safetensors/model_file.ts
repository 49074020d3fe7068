/**
 * A model as one safetensors file: its weights by `layer/role` in the number format they have, with `#scale`, `#zero` and
 * `#centroids` beside them, and everything else as JSON under `decant` in the metadata. Masks are not written: the zeros
 * are there.
 */
import { quoted, type Said, said } from "../../../engine/quote.ts";
import type { NamedArray } from "../../../engine/pack.ts";
import type { Json } from "../../../engine/digest.ts";
import { frameOf, headerOf } from "../model_header.ts";
import type { Encoding, Model, Weight } from "../../model/model.ts";
import { misstored, unsoundness } from "../../model/sound.ts";
import { storedWeights, type WeightRows, weightsStored } from "../../model/stored_weights.ts";
import {
  type Dtype,
  readSafetensors,
  type SafetensorsFile,
  type StoredTensor,
  writeSafetensors,
} from "./safetensors_file.ts";

/** The metadata's name for the rest of the model. */
const REST = "decant";

/** The bytes of the file. */
export function encodeSafetensors(model: Model): Uint8Array {
  const { rows, arrays } = storedWeights(
    Object.fromEntries(
      Object.entries(model.weights).map(([name, { mask: _mask, ...weight }]) => [name, weight]),
    ),
  );
  const names = Object.keys(arrays).sort();
  const tensors = new Map(names.map((name): [string, StoredTensor] => {
    const { shape, data } = arrays[name]!;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    return [name, { dtype: dtypeOf(data), shape, bytes }];
  }));
  const rest: Json = { header: headerOf(model), weights: rows as unknown as Json };
  const metadata = { format: "decant", [REST]: JSON.stringify(rest) };
  return writeSafetensors({ tensors, metadata });
}

/** The model of a file that `encodeSafetensors` wrote. Throws a RangeError for another. */
export function decodeSafetensors(bytes: Uint8Array): Model {
  const file = readSafetensors(bytes);
  const written = restOf(file);
  if (written === undefined) {
    throw new RangeError(
      "it holds weights and no network; name the network, and this file as its weights",
    );
  }
  const model = { ...frameOf(written.header), weights: weightsOf(file, written.weights) };
  const why = unsoundness(model);
  if (why !== undefined) throw new RangeError(`its ${why}`);
  return model;
}

/** The weights that a file of ours holds in their own number formats; none for a file of somebody else's. */
export function ownWeights(file: SafetensorsFile): Readonly<Record<string, Weight>> {
  const written = restOf(file);
  return written === undefined ? {} : weightsOf(file, written.weights);
}

/** What a file says of itself; the network that we write there is read as such. */
export function saidIn({ metadata }: SafetensorsFile): Said {
  return said(Object.entries(metadata).filter(([name]) => name !== REST));
}

/** Whether a file is one that `encodeSafetensors` wrote. */
export function isOwn({ metadata }: SafetensorsFile): boolean {
  return metadata[REST] !== undefined;
}

function restOf(
  { metadata }: SafetensorsFile,
): { readonly header: unknown; readonly weights: WeightRows } | undefined {
  const text = metadata[REST];
  if (text === undefined) return undefined;
  let rest: { readonly header?: unknown; readonly weights?: unknown } | null;
  try {
    rest = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RangeError("what it says of the network is no JSON");
  }
  const rows = rest?.weights;
  if (typeof rows === "object" && rows !== null && Object.values(rows).every(isRow)) {
    return { header: rest!.header, weights: rows as WeightRows };
  }
  throw new RangeError("what it says of its weights is damaged");
}

function isRow(row: unknown): boolean {
  const { encoding, masked } = (row ?? {}) as {
    readonly encoding?: unknown;
    readonly masked?: unknown;
  };
  const { use, bits, axis, symmetry } = (encoding ?? {}) as Readonly<Record<string, unknown>>;
  const whole = (value: unknown, most: number) =>
    Number.isInteger(value) && value as number >= 0 && value as number <= most;
  if (masked !== false) return false;
  if (use === "f32" || use === "f16") return true;
  if (!whole(bits, 32)) return false;
  return use === "codebook" ||
    use === "affine" && (axis === null || whole(axis, 8)) &&
      (symmetry === "symmetric" || symmetry === "asymmetric");
}

function weightsOf({ tensors }: SafetensorsFile, rows: WeightRows): Record<string, Weight> {
  const arrays = Object.fromEntries(
    [...tensors].map(([name, tensor]) => [name, arrayOf(name, tensor)]),
  );
  const absent = Object.keys(rows).find((name) => arrays[name] === undefined);
  if (absent !== undefined) throw new RangeError(`its weight ${quoted(absent)} is not there`);
  for (const [name, { encoding }] of Object.entries(rows)) {
    const beside = besideOf[encoding.use].find(([part, make]) =>
      !(arrays[`${name}#${part}`]?.data instanceof make)
    );
    if (beside !== undefined) {
      throw new RangeError(`its weight ${quoted(name)} lacks its ${beside[0]}`);
    }
  }
  const weights = weightsStored(rows, arrays);
  for (const [name, weight] of Object.entries(weights)) {
    const why = misstored(weight);
    if (why !== undefined) throw new RangeError(`its weight ${quoted(name)} is damaged: ${why}`);
  }
  return weights;
}

/** The arrays beside a weight's own, by its encoding. */
const besideOf = {
  f32: [],
  f16: [],
  affine: [["scale", Float32Array], ["zero", Int32Array]],
  codebook: [["centroids", Float32Array]],
} as const satisfies Record<Encoding["use"], readonly unknown[]>;

function arrayOf(name: string, { dtype, shape, bytes }: StoredTensor): NamedArray {
  const make = ARRAYS[dtype as keyof typeof ARRAYS];
  if (make === undefined) throw new RangeError(`its tensor ${quoted(name)} is of numbers ${dtype}`);
  return { shape, data: new make(bytes.slice().buffer) };
}

/** Half precision is kept as its bits. */
const ARRAYS = {
  F32: Float32Array,
  F16: Uint16Array,
  I32: Int32Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const satisfies Partial<Record<Dtype, unknown>>;

function dtypeOf(data: NamedArray["data"]): Dtype {
  const [dtype] = Object.entries(ARRAYS).find(([, make]) => data instanceof make)!;
  return dtype as Dtype;
}
