/** The state of a long op that trains several times: where it stands, before the state of the training at hand. */
import type { Json } from "../../engine/digest.ts";

/** Length of the standing (32 bits, little-endian), the standing as JSON, the inner state. */
export function closeState(standing: Json, inner: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(standing));
  const bytes = new Uint8Array(4 + text.length + inner.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(inner, 4 + text.length);
  return bytes;
}

/** What `closeState` closed. */
export function openState<S>(
  bytes: Uint8Array,
): { readonly standing: S; readonly inner: Uint8Array } {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const text = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  return { standing: JSON.parse(text) as S, inner: bytes.slice(4 + length) };
}
