/**
 * A record from elsewhere, looked at as a whole before anything of it is believed: the seal binds it to its key, but
 * whoever writes to a store can seal what he likes.
 */
import { canonicalBytes, digestOf, type Json, type Key } from "../../digest.ts";
import { given } from "../../given.ts";
import { harmless } from "../../quote.ts";
import { decodeRecord } from "../record.ts";
import { unseal } from "../seal.ts";
import type { Outcome, Recorded, SavedState, Signature } from "../store.ts";

/** Most characters of a public key with its name, and of a signature. */
const LONGEST = 120;

const DIGEST = /^[0-9a-f]{64}$/;

/** The record of a key that is sealed here; undefined where these bytes are not one of at most `memory` bytes of blobs. */
export function receivedRecord(
  key: Key,
  sealed: Uint8Array,
  memory: number,
): Recorded | undefined {
  try {
    const decoded = decodeRecord(key, sealed);
    if (decoded.state !== "sound" || !isOutcome(decoded.outcome)) return undefined;
    const { outcome, signed } = decoded;
    const whole = outcome.artifact.bytes <= memory && isSignature(signed);
    return whole ? { key, ...given({ outcome, signed }) } : undefined;
  } catch {
    // Bytes that were sealed and are no JSON, or none that has a canonical form.
    return undefined;
  }
}

/** What the seal of a state is bound to. */
export const stateName = (key: Key): string => `state ${key}`;

/** The state of a key that is sealed here; undefined where these bytes say nothing of one of at most `memory` bytes. */
export function receivedState(
  key: Key,
  sealed: Uint8Array,
  memory: number,
): SavedState | undefined {
  try {
    const body = unseal(stateName(key), sealed);
    if (body === undefined) return undefined;
    const said = JSON.parse(new TextDecoder().decode(body)) as SavedState;
    const { saved, signed, state: { digest, bytes } } = said;
    const sound = said.key === key && isPlain(saved) && Number.isFinite(Date.parse(saved)) &&
      DIGEST.test(digest) && isCount(bytes) && bytes <= memory && isSignature(signed);
    return sound ? { key, ...given({ saved, state: { digest, bytes }, signed }) } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it may be one: who is trusted says whether it is. */
function isSignature(signed: Signature | undefined): boolean {
  if (signed === undefined) return true;
  const { by, signature, ...rest } = signed;
  return [by, signature].every((text) => isPlain(text) && text.length <= LONGEST) &&
    Object.keys(rest).length === 0;
}

function isOutcome(outcome: Outcome): boolean {
  const { artifact, blobs, manifest, notes, warnings, provenance } = outcome;
  const [first] = blobs;
  const names = new Set(blobs.map(({ digest }) => digest));
  const sound = names.size === blobs.length && first?.digest === artifact.digest &&
    blobs.every(({ digest, bytes }) => DIGEST.test(digest) && isCount(bytes)) &&
    Object.values(artifact.parts).every((digest) => DIGEST.test(digest)) &&
    artifact.bytes === blobs.reduce((sum, { bytes }) => sum + bytes, 0);
  const described = typeof artifact.kind === "string" && isMap(notes) && isMap(artifact.parts) &&
    [provenance.host, provenance.date, ...warnings].every(isPlain) && warnings instanceof Array &&
    Number.isFinite(Date.parse(provenance.date)) && provenance.seconds >= 0 &&
    isCount(provenance.threads);
  return sound && described && (manifest === undefined || isManifest(manifest, outcome));
}

/** A manifest that stands in the record itself is what the artifact is called by. */
function isManifest(manifest: Json, { artifact }: Outcome): boolean {
  return digestOf(canonicalBytes(manifest)) === artifact.digest;
}

/** What is printed as it is must not steer a terminal. */
const isPlain = (text: unknown): boolean => typeof text === "string" && harmless(text) === text;

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && value as number >= 0;

const isMap = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
