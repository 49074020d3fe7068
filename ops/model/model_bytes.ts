/** A model as one run of bytes, for a state that a long op keeps. */
import { canonicalBytes, type Digest, type Json } from "../../engine/digest.ts";
import { modelKind } from "./kind.ts";
import type { Model } from "./model.ts";

interface Header {
  readonly manifest: Json;
  /** Digest and length of each blob, in order. */
  readonly blobs: readonly (readonly [Digest, number])[];
}

/** Length of the header (32 bits, little-endian), the header as JSON, the blobs of its canonical form. */
export function modelBytes(model: Model): Uint8Array {
  const { manifest, blobs } = modelKind.encode(model);
  const rows = [...blobs].map(([digest, bytes]) => [digest, bytes.length] as const);
  const header: Header = { manifest, blobs: rows };
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
  const header: Header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
  const blobs = new Map<Digest, Uint8Array>();
  let at = start;
  for (const [digest, length] of header.blobs) blobs.set(digest, bytes.slice(at, at += length));
  return await modelKind.decode(header.manifest, (digest) => Promise.resolve(blobs.get(digest)!));
}
