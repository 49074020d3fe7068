/** Files whose sums are right, whatever is in them. */
import { createHash } from "node:crypto";

/** A packed model whose last 8 bytes are the digest of the others. */
export function resealed(packed: Uint8Array): Uint8Array {
  const body = packed.subarray(0, Math.max(0, packed.length - 8));
  const digest = createHash("sha256").update(body).digest();
  return Uint8Array.from([...body, ...digest.subarray(0, 8)]);
}

/** An archive of files, the first behind a pax header with these records. */
export function tarOf(
  files: Readonly<Record<string, Uint8Array>>,
  records?: string | Uint8Array,
): Uint8Array {
  const pax = typeof records === "string" ? new TextEncoder().encode(records) : records;
  const blocks = [
    ...pax === undefined ? [] : entry("pax", "x", pax),
    ...Object.entries(files).flatMap(([path, bytes]) => entry(path, "0", bytes)),
    new Uint8Array(1024),
  ];
  const archive = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    archive.set(block, at);
    at += block.length;
  }
  return archive;
}

function entry(path: string, type: string, bytes: Uint8Array): readonly Uint8Array[] {
  const header = new Uint8Array(512);
  const write = (text: string, at: number) => header.set(new TextEncoder().encode(text), at);
  write(path, 0);
  write("0000644\0", 100);
  write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
  write("        ", 148);
  write(type, 156);
  write("ustar\x0000", 257);
  const sum = header.reduce((all, byte) => all + byte, 0);
  write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const body = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
  body.set(bytes);
  return [header, body];
}
