/** Names made of content: digests of bytes, keys of computations, and the canonical JSON both rest on. */
import { nodeCrypto } from "./deps/node.ts";

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

/** The digest of bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return sha256(bytes) as Digest;
}

/** More bytes than these are not copied to be digested. */
const MANY = 1 << 24;

/**
 * The digest of bytes that are waited for. Deno has Web Crypto from its start on, so that they load no module of Node's;
 * it digests a copy of them, in a thread of its own.
 */
export async function digestAsync(bytes: Uint8Array): Promise<Digest> {
  if (bytes.byteLength > MANY || !(bytes.buffer instanceof ArrayBuffer)) return digestOf(bytes);
  const source = bytes as Uint8Array<ArrayBuffer>;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", source));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") as Digest;
}

/** Canonical JSON text (RFC 8785). Throws a TypeError for what JSON cannot say: NaN, infinities, undefined. */
export function canonical(value: Json): string {
  if (value === undefined) throw new TypeError("Cannot write undefined as canonical JSON");
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`${Number.isNaN(value) ? "NaN" : "Infinity"} is not allowed`);
  }
  if (typeof value === "string" && !value.isWellFormed()) {
    throw new TypeError("Lone surrogate is not allowed");
  }
  // Texts, numbers and words are in JSON as JavaScript writes them; keys are sorted by UTF-16 units.
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (value instanceof Array) return `[${value.map((each) => canonical(each ?? null)).join(",")}]`;
  const map = value as { readonly [name: string]: Json };
  const fields = Object.keys(map).filter((name) => map[name] !== undefined).sort()
    .map((name) => `${canonical(name)}:${canonical(map[name]!)}`);
  return `{${fields.join(",")}}`;
}

const encoder = new TextEncoder();

/** The bytes of a value's canonical JSON, UTF-8. */
export function canonicalBytes(value: Json): Uint8Array<ArrayBuffer> {
  return encoder.encode(canonical(value));
}

/**
 * More bytes than these are for node's module; once it is loaded, all are. To load it takes as long as to digest some
 * hundred kilobytes here, and a run that recalls everything has no more than those.
 */
const FEW = 1 << 16;

// deno-fmt-ignore -- a table of the standard
const ROUNDS = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

// deno-fmt-ignore -- a table of the standard
const INITIAL = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const BLOCK = 64;

let node: ReturnType<typeof nodeCrypto> | undefined;

/** The SHA-256 (FIPS 180-4) of bytes, of all parts as if they were one, in 64 hexadecimal digits. */
export function sha256(...parts: readonly Uint8Array[]): string {
  const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (node === undefined && size <= FEW) return digestHere(parts, size);
  node ??= nodeCrypto();
  const hash = node.createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

function digestHere(parts: readonly Uint8Array[], size: number): string {
  // Behind the bytes stand a bit, zeros, and the number of bits in eight bytes.
  const padded = new Uint8Array(Math.ceil((size + 9) / BLOCK) * BLOCK);
  let at = 0;
  for (const part of parts) {
    padded.set(part, at);
    at += part.byteLength;
  }
  padded[size] = 0x80;
  const words = new DataView(padded.buffer);
  words.setUint32(padded.length - 4, 8 * size);
  const state = INITIAL.slice();
  const schedule = new Int32Array(ROUNDS.length);
  for (let block = 0; block < padded.length; block += BLOCK) {
    for (let i = 0; i < 16; i++) schedule[i] = words.getInt32(block + 4 * i);
    expand(schedule);
    compress(state, schedule);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The words of a block, and those made of them. Turns are written out: a call for each would take twice the time. */
function expand(words: Int32Array): void {
  for (let i = 16; i < words.length; i++) {
    const early = words[i - 15]!, late = words[i - 2]!;
    const first = (early >>> 7 | early << 25) ^ (early >>> 18 | early << 14) ^ (early >>> 3);
    const second = (late >>> 17 | late << 15) ^ (late >>> 19 | late << 13) ^ (late >>> 10);
    words[i] = (words[i - 16]! + first + words[i - 7]! + second) | 0;
  }
}

/** One block into the state. */
function compress(state: Int32Array, words: Int32Array): void {
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
  let e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
  for (let i = 0; i < words.length; i++) {
    const late = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const early = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const first = (h + late + ((e & f) ^ (~e & g)) + ROUNDS[i]! + words[i]!) | 0;
    const second = (early + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}
