/**
 * The packed format: one file that stores what a model has learned in as few bytes as Deep Compression's three stages
 * leave (Han et al. 2015): zeros by their distances, shared values by codes, both as Huffman words. Nothing is rounded:
 * decoded, every weight has the value it had, to the bit.
 *
 *     bytes 0–3   "DCPK"
 *     byte  4     1, the version of the format
 *     bytes 5–8   size of the header, 32 bits, little-endian
 *     bytes 9–12  size of the header as stored, likewise
 *     header      everything but the weights as canonical JSON (RFC 8785; `model_header.ts`), compressed (DEFLATE, RFC 1951);
 *                 for pages with their list: `weights`, rows of name, kind of the layer and shape (`unpack.js`)
 *     weights     array after array (`weight_bits.ts`), layer by layer in the header's order, the roles of each as
 *                 kernel, bias or gamma, beta, mean, variance; zeros fill the last byte
 *     8 bytes     the first 8 bytes of the SHA-256 digest of all bytes before
 */
import { deflateSync, inflateSync } from "../../../engine/deps/fflate.ts";
import { canonicalBytes, digestOf, type Json } from "../../../engine/digest.ts";
import { sentenceOf } from "../../../engine/quote.ts";
import { HIGHEST_RATIO } from "../../../engine/unpack.ts";
import { sizeOf, type WeightSlot, weightSlots } from "../../model/layers.ts";
import type { Model, Weight } from "../../model/model.ts";
import { type Frame, frameOf, headerOf } from "../model_header.ts";
import { bitReader, bitWriter } from "./bits.ts";
import { type NumberOptions, readWeight, writeWeight } from "./weight_bits.ts";

const MAGIC = [0x44, 0x43, 0x50, 0x4b, 1] as const;
const START = MAGIC.length + 8;
const CHECK = 8;

/** A header beyond it is no header, and so many weights fit into no memory of ours. */
const HEADER_LIMIT = 1 << 24;
const WEIGHT_LIMIT = 1 << 28;
/**
 * Numbers that are all alike take no bits: so many weights are believed of a file however small it is, and so many of each
 * of its bytes. Where one in two thousand is left, distances of 12 bits make six hundred of a byte.
 */
const PACKED = { least: 1 << 20, times: 2048 } as const;

/** A model as a packed file; the same bytes for the same model. Masks and what was established are not stored. */
export function encodePacked(
  model: Model,
  { shapes = false, ...options }: NumberOptions & {
    /** Whether the header lists the weights in their order, for readers that do not know the layers. */
    readonly shapes?: boolean;
  },
): Uint8Array {
  const slots = weightSlots(model);
  const listed = slots.map(({ name, layer, shape }): Json => [name, layer.kind, [...shape]]);
  const own = headerOf(model) as { readonly [field: string]: Json };
  const text = canonicalBytes(shapes ? { ...own, weights: listed } : own);
  const header = deflateSync(text, { level: 9 });
  const bits = bitWriter();
  for (const { name } of slots) writeWeight(bits, model.weights[name]!, options);
  const weights = bits.bytes();
  const file = new Uint8Array(START + header.length + weights.length + CHECK);
  file.set(MAGIC);
  const view = new DataView(file.buffer);
  view.setUint32(MAGIC.length, text.length, true);
  view.setUint32(MAGIC.length + 4, header.length, true);
  file.set(header, START);
  file.set(weights, START + header.length);
  file.set(checkOf(file.subarray(0, -CHECK)), file.length - CHECK);
  return file;
}

/** The model of a packed file. Throws a RangeError, with a sentence, for bytes that are no such file or a damaged one. */
export function decodePacked(file: Uint8Array): Model {
  try {
    return decoded(file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`Cannot read the packed model: ${sentenceOf(error)}`, { cause: error });
  }
}

function decoded(file: Uint8Array): Model {
  if (file.length < START + CHECK || MAGIC.slice(0, 4).some((byte, i) => file[i] !== byte)) {
    throw new RangeError("it does not begin as a packed file");
  }
  if (file[4] !== MAGIC[4]) throw new RangeError(`its version is ${file[4]}, not ${MAGIC[4]}`);
  const [body, check] = [file.subarray(0, -CHECK), file.subarray(-CHECK)];
  if (checkOf(body).some((byte, i) => byte !== check[i])) {
    throw new RangeError("its bytes are not those that were written: get the file again");
  }
  const view = new DataView(file.buffer, file.byteOffset);
  const [size, stored] = [MAGIC.length, MAGIC.length + 4].map((at) => view.getUint32(at, true));
  const frame = frameOf(jsonOf(body.subarray(START, START + stored!), size!));
  return { ...frame, weights: weightsOf(frame, body.subarray(START + stored!)) };
}

function jsonOf(stored: Uint8Array, size: number): unknown {
  if (size > Math.min(HEADER_LIMIT, HIGHEST_RATIO * stored.length)) {
    throw new RangeError(`a header of ${size} bytes is too large`);
  }
  try {
    const text = inflateSync(stored, { out: new Uint8Array(size) });
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (cause) {
    throw new RangeError("its header cannot be read", { cause });
  }
}

function weightsOf(frame: Frame, bytes: Uint8Array): Record<string, Weight> {
  const slots = weightSlots(frame);
  const total = slots.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (!(total <= WEIGHT_LIMIT)) throw new RangeError(`${total} weights are too many`);
  if (total > PACKED.least + PACKED.times * bytes.length) {
    throw new RangeError(`${total} weights are more than its ${bytes.length} bytes of them hold`);
  }
  const bits = bitReader(bytes);
  const read = ({ name, shape }: WeightSlot) => [name, readWeight(bits, shape)] as const;
  const weights = Object.fromEntries(slots.map(read));
  if (bits.left >= 8 || bits.read(bits.left) !== 0) {
    throw new RangeError("something follows the last weight");
  }
  return weights;
}

function checkOf(bytes: Uint8Array): Uint8Array {
  const digest = digestOf(bytes);
  return Uint8Array.from({ length: CHECK }, (_, i) => parseInt(digest.slice(2 * i, 2 * i + 2), 16));
}
