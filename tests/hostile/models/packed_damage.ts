/** Damage of packed models behind a digest that is right: their header, and the bits of their weights. */
import { deflateSync, inflateSync } from "../../../engine/deps/fflate.ts";
import { blind, oneOf, type Way } from "../damage.ts";
import { resealed } from "../sums.ts";
import { damagedTree, parsed, textOf } from "./tree_damage.ts";

/** Magic, version, the two sizes of the header. */
const START = 13;

/** The header says something else. */
export const packedHeader: Way = (bytes, draw) => {
  if (bytes.length < START + 8) return bytes;
  const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(9, true);
  const tree = headerOf(bytes.subarray(START, START + stored));
  if (tree === undefined) return bytes;
  const text = new TextEncoder().encode(textOf(damagedTree(tree, draw)));
  const header = deflateSync(text, { level: 9 });
  const weights = bytes.subarray(START + stored);
  const file = new Uint8Array(START + header.length + weights.length);
  file.set(bytes.subarray(0, START));
  const view = new DataView(file.buffer);
  view.setUint32(
    5,
    oneOf([text.length, text.length, text.length, 1, 1 << 24, 0xffffffff], draw),
    true,
  );
  view.setUint32(9, header.length, true);
  file.set(header, START);
  file.set(weights, START + header.length);
  return resealed(file);
};

function headerOf(stored: Uint8Array): unknown {
  try {
    return parsed(new TextDecoder().decode(inflateSync(stored)));
  } catch {
    return undefined;
  }
}

/** Anything else than it was, with a digest that says that it was so. */
export const packedBits: Way = (bytes, draw) => {
  if (bytes.length < START + 16) return bytes;
  const from = draw(2) === 0
    ? START + new DataView(bytes.buffer, bytes.byteOffset).getUint32(9, true)
    : 0;
  if (from > bytes.length - 8) return resealed(bytes);
  const damaged = blind(bytes.subarray(from, bytes.length - 8), draw);
  return resealed(Uint8Array.from([...bytes.subarray(0, from), ...damaged, ...bytes.subarray(-8)]));
};
