/**
 * The whole state of a training as bytes, so that a killed run continues with the same bits; and that of an op which
 * trains several times.
 */
import type { Json } from "../../engine/digest.ts";

/** What a training is at a batch boundary: where it stands, and every array that moves. */
interface TrainingState {
  readonly position: Json;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/** Raised when the layout or the meaning of a state changes: older states are then not resumed. */
const FORMAT = 2;

interface StateHeader {
  readonly format: number;
  readonly position: Json;
  readonly arrays: readonly (readonly [name: string, length: number])[];
}

/** Length of the header (32 bits, little-endian), the header as JSON, the arrays one after another. */
export function encodeState({ position, arrays }: TrainingState): Uint8Array {
  const rows = Object.entries(arrays).map(([name, array]) => [name, array.length] as const);
  const header: StateHeader = { format: FORMAT, position, arrays: rows };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const floats = rows.reduce((sum, [, length]) => sum + length, 0);
  const bytes = new Uint8Array(4 + text.length + 4 * floats);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = 4 + text.length;
  for (const array of Object.values(arrays)) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return bytes;
}

/** The state of bytes, or undefined where another version wrote them: the training then starts afresh. */
export function decodeState(bytes: Uint8Array): TrainingState | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + view.getUint32(0, true);
  const header: StateHeader = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
  if (header.format !== FORMAT) return undefined;
  const arrays: Record<string, Float32Array> = {};
  let at = start;
  for (const [name, length] of header.arrays) {
    arrays[name] = new Float32Array(bytes.slice(at, at + 4 * length).buffer);
    at += 4 * length;
  }
  return { position: header.position, arrays };
}

/** Arrays with a prefix before each name. */
export function prefixed(
  prefix: string,
  arrays: Readonly<Record<string, Float32Array>>,
): Record<string, Float32Array> {
  const entries = Object.entries(arrays).map(([name, array]) =>
    [`${prefix}${name}`, array] as const
  );
  return Object.fromEntries(entries);
}

/** The arrays whose names begin with a prefix, without it. */
export function under(
  prefix: string,
  arrays: Readonly<Record<string, Float32Array>>,
): Record<string, Float32Array> {
  const entries = Object.entries(arrays)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, array]) => [name.slice(prefix.length), array] as const);
  return Object.fromEntries(entries);
}

/**
 * The state of an op that trains several times: length of where the op stands (32 bits, little-endian), where it
 * stands as JSON, the state of the training at hand.
 */
export function nestState(outer: Json, inner: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(outer));
  const bytes = new Uint8Array(4 + text.length + inner.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(inner, 4 + text.length);
  return bytes;
}

/** The two parts of what `nestState` made. */
export function unnestState<S>(
  bytes: Uint8Array,
): { readonly outer: S; readonly inner: Uint8Array } {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const text = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  return { outer: JSON.parse(text) as S, inner: bytes.slice(4 + length) };
}
