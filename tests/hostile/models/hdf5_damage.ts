/** Damage of HDF5: addresses that lead elsewhere or in circles, extents of arrays, and the network in an attribute. */
import { type Draw, oneOf, type Way } from "../damage.ts";
import { damagedTree, parsed, textOf } from "./tree_damage.ts";

const SIGNATURES = ["TREE", "HEAP", "SNOD", "GCOL", "OHDR", "OCHK", "FRHP", "BTHD"];

const latin = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

/** Where the parts of a file begin that have a signature. */
const partsOf = (text: string): number[] =>
  [...text.matchAll(new RegExp(SIGNATURES.join("|"), "g"))].map(({ index }) => index);

/** A number of eight bytes that is an address in the file becomes another. */
export const addresses: Way = (bytes, draw) => {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const found: number[] = [];
  for (let at = 0; at + 8 <= copy.length; at += 4) {
    if (view.getUint32(at + 4, true) === 0 && view.getUint32(at, true) > 95) {
      if (view.getUint32(at, true) < copy.length) found.push(at);
    }
  }
  if (found.length === 0) return copy;
  const at = oneOf(found, draw);
  const parts = partsOf(latin(copy));
  const others = [0n, 1n, BigInt(at), BigInt(copy.length), BigInt(copy.length - 1), 2n ** 64n - 1n]
    .concat([2n ** 63n, 2n ** 53n, BigInt(view.getUint32(oneOf(found, draw), true))])
    .concat(parts.length > 0 ? [BigInt(oneOf(parts, draw))] : []);
  view.setBigUint64(at, oneOf(others, draw), true);
  return copy;
};

/** A number near the beginning of a part: a type, a size, a count. */
export const headers: Way = (bytes, draw) => {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const parts = partsOf(latin(copy));
  if (parts.length === 0) return copy;
  const at = oneOf(parts, draw) + 4 + draw(draw(2) === 0 ? 12 : 120);
  const width = oneOf([1, 2, 4], draw);
  if (at + width > copy.length) return copy;
  const number = oneOf([0, 1, 2, 7, 64, 255, 65535, 0x7fffffff, 0xffffffff, draw(256)], draw);
  if (width === 1) view.setUint8(at, number & 255);
  else if (width === 2) view.setUint16(at, number & 0xffff, true);
  else view.setUint32(at, number, true);
  return copy;
};

/** The extents of an array or of a list of texts: a message with its version, its axes, and eight bytes for each. */
export const extents: Way = (bytes, draw) => {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const found: number[] = [];
  for (let at = 0; at + 16 <= copy.length; at++) {
    const [version, axes, flags] = [copy[at]!, copy[at + 1]!, copy[at + 2]!];
    if (axes < 1 || axes > 5 || flags > 1) continue;
    const first = at + (version === 1 ? 8 : version === 2 ? 4 : NaN);
    if (!(first + 8 * axes <= copy.length)) continue;
    const plausible = Array.from(
      { length: axes },
      (_, axis) => view.getBigUint64(first + 8 * axis, true),
    )
      .every((extent) => extent > 0n && extent < 100_000n);
    if (plausible) found.push(first + 8 * draw(axes));
  }
  if (found.length === 0) return copy;
  const extent = oneOf([0n, 1n, 3n, 1000n, 2n ** 20n, 2n ** 31n, 2n ** 52n, 2n ** 64n - 1n], draw);
  view.setBigUint64(oneOf(found, draw), extent, true);
  return copy;
};

/** The network that an attribute describes, in as many bytes as before: Python leaves blanks between its fields. */
export const network: Way = (bytes, draw) => {
  const text = latin(bytes);
  const starts = [...text.matchAll(/\{"(?:class_name|module|config)"/g)].map(({ index }) => index);
  if (starts.length === 0) return bytes;
  const from = oneOf(draw(2) === 0 ? starts.slice(0, 1) : starts, draw);
  const end = endOf(text, from);
  const tree = end === undefined ? undefined : parsed(text.slice(from, end));
  if (tree === undefined) return bytes;
  for (let left = 8; left > 0; left--) {
    const written = shortened(textOf(damagedTree(tree, draw)), draw);
    if (written.length > end! - from) continue;
    const copy = bytes.slice();
    copy.set(new TextEncoder().encode(written.padEnd(end! - from)).subarray(0, end! - from), from);
    return copy;
  }
  return bytes;
};

/** What the file does not need, so that a change finds room. */
function shortened(text: string, draw: Draw): string {
  return draw(2) === 0 ? text : text.replace(/"(?:registered_name|build_config)":null,/g, "");
}

/** Where the object ends that begins at a place; undefined where it does not. */
function endOf(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) return at + 1;
  }
  return undefined;
}
