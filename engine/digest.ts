/** Names made of content: digests of bytes, keys of computations, and the canonical JSON both rest on. */
import { createHash } from "node:crypto";
import { canonicalize } from "./deps/canonicalize.ts";

/** SHA-256 of bytes, 64 hexadecimal digits: the name of an artifact or a blob. */
export type Digest = string & { readonly __brand: "Digest" };

/** SHA-256 of a computation's canonical record: the name of what an op would do to given inputs. */
export type Key = string & { readonly __brand: "Key" };

/** What JSON can say. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/** The digest of bytes (FIPS 180-4). */
export function digestOf(bytes: Uint8Array): Digest {
  return createHash("sha256").update(bytes).digest("hex") as Digest;
}

/** Canonical JSON text (RFC 8785). Throws a TypeError for what JSON cannot say: NaN, infinities, undefined. */
export function canonical(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("Cannot write undefined as canonical JSON");
  return text;
}

const encoder = new TextEncoder();

/** The bytes of a value's canonical JSON, UTF-8. */
export function canonicalBytes(value: Json): Uint8Array<ArrayBuffer> {
  return encoder.encode(canonical(value));
}
