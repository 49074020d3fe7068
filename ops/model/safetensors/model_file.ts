/**
 * A model as one safetensors file: its weights by `layer/role` in the number format they have, with `#scale`, `#zero` and
 * `#centroids` beside them, and everything else as JSON under `decant` in the metadata. Masks are not written: the zeros
 * are there.
 */
import { quoted } from "../../../engine/quote.ts";
import type { NamedArray } from "../../../engine/pack.ts";
import type { Json } from "../../../engine/digest.ts";
import { frameOf, headerOf } from "../../export/packed/header.ts";
import type { Model, Weight } from "../model.ts";
import { assertSound } from "../sound.ts";
import { storedWeights, type WeightRows, weightsStored } from "../stored_weights.ts";
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
  assertSound(model);
  return model;
}

/** The weights that a file of ours holds in their own number formats; none for a file of somebody else's. */
export function ownWeights(file: SafetensorsFile): Readonly<Record<string, Weight>> {
  const written = restOf(file);
  return written === undefined ? {} : weightsOf(file, written.weights);
}

function restOf(
  { metadata }: SafetensorsFile,
): { readonly header: unknown; readonly weights: WeightRows } | undefined {
  const text = metadata[REST];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RangeError("what it says of the network is no JSON");
  }
}

function weightsOf({ tensors }: SafetensorsFile, rows: WeightRows): Record<string, Weight> {
  const arrays = Object.fromEntries(
    [...tensors].map(([name, tensor]) => [name, arrayOf(name, tensor)]),
  );
  const absent = Object.keys(rows).find((name) => arrays[name] === undefined);
  if (absent !== undefined) throw new RangeError(`its weight ${quoted(absent)} is not there`);
  return weightsStored(rows, arrays);
}

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
