/** An outcome as sealed bytes, and back. The record is bound to its key by the seal and by the preimage it carries. */
import { canonicalBytes, digestOf, type Json, type Key } from "../digest.ts";
import { seal, unseal } from "./seal.ts";
import type { Outcome } from "./store.ts";

/** Raised when records are written differently; older ones are then not found, and steps run again. */
const FORMAT = 1;

/** The bytes of a record. */
export function encodeRecord(key: Key, outcome: Outcome): Uint8Array<ArrayBuffer> {
  const record = { format: FORMAT, key, outcome: outcome as unknown as Json };
  return seal(`outcome ${key}`, canonicalBytes(record));
}

/** The outcome that these bytes record under this key; undefined if they are damaged or of another key. */
export function decodeRecord(key: Key, bytes: Uint8Array): Outcome | undefined {
  const body = unseal(`outcome ${key}`, bytes);
  if (body === undefined) return undefined;
  const record = JSON.parse(new TextDecoder().decode(body)) as
    & { format: number }
    & { outcome: Outcome };
  if (record.format !== FORMAT) return undefined;
  const { preimage } = record.outcome;
  return (digestOf(canonicalBytes(preimage)) as string) === key ? record.outcome : undefined;
}
