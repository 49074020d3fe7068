/** An outcome as sealed bytes, and back. The record is bound to its key by the seal and by the preimage it carries. */
import { canonicalBytes, digestOf, type Json, type Key } from "../digest.ts";
import { given } from "../given.ts";
import { seal, unseal } from "./seal.ts";
import type { Outcome, Signature } from "./store.ts";

/**
 * Raised when records are written differently. A record of another format is sound and not ours: it is neither read
 * nor moved, and a step that needs its key writes one of this format in its place.
 */
const FORMAT = 1;

/** What bytes under a key are. */
type Decoded =
  | { readonly state: "sound"; readonly outcome: Outcome; readonly signed?: Signature }
  | { readonly state: "damaged" }
  /** Written by another version of Decant; `text` is its body, in which every digest it names can be found. */
  | { readonly state: "another-version"; readonly text: string };

/** The bytes of a record. */
export function encodeRecord(
  key: Key,
  outcome: Outcome,
  signed?: Signature,
): Uint8Array<ArrayBuffer> {
  const made = { format: FORMAT, key, outcome: outcome as unknown as Json };
  const record = signed === undefined ? made : { ...made, signed: signed as unknown as Json };
  return seal(`outcome ${key}`, canonicalBytes(record));
}

/** What these bytes record under this key. */
export function decodeRecord(key: Key, bytes: Uint8Array): Decoded {
  const body = unseal(`outcome ${key}`, bytes);
  if (body === undefined) return { state: "damaged" };
  const text = new TextDecoder().decode(body);
  const record = JSON.parse(text) as {
    format: number;
    outcome: Outcome;
    signed?: Signature;
  };
  if (record.format !== FORMAT) return { state: "another-version", text };
  const { preimage } = record.outcome;
  const ours = (digestOf(canonicalBytes(preimage)) as string) === key;
  if (!ours) return { state: "damaged" };
  return { state: "sound", ...given({ outcome: record.outcome, signed: record.signed }) };
}
