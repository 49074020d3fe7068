/**
 * Files that prove themselves: the first line is the SHA-256 of the name they are stored under and of the rest, so a
 * flipped byte, a lost tail, and a file put in another's place are all found by reading it.
 */
import { sha256 } from "../digest.ts";

const HEADER = 65; // 64 hexadecimal digits and a line end

function digest(name: string, body: Uint8Array): string {
  return sha256(new TextEncoder().encode(`${name}\n`), body);
}

/** The bytes to store under `name`. */
export function seal(name: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const sealed = new Uint8Array(HEADER + body.byteLength);
  new TextEncoder().encodeInto(`${digest(name, body)}\n`, sealed);
  sealed.set(body, HEADER);
  return sealed;
}

/** What was sealed under `name`; undefined if these are not those bytes. */
export function unseal(name: string, sealed: Uint8Array): Uint8Array | undefined {
  const body = sealed.subarray(HEADER);
  const header = new TextDecoder().decode(sealed.subarray(0, HEADER));
  return header === `${digest(name, body)}\n` ? body : undefined;
}
