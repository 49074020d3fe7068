/** Damage of FlatBuffers: of TensorFlow Lite's tables as they are meant, and of the offsets that they are found by. */
import { oneOf, type Way } from "../damage.ts";
import { decodeFile, encodeFile } from "../../../ops/formats/tflite/flatbuffer.ts";
import { damagedTree } from "./tree_damage.ts";

/** Tables in which another number, name, place or order stands; every offset is right. */
export const tables: Way = (bytes, draw) => {
  try {
    return encodeFile(damagedTree(decodeFile(bytes, "net.tflite"), draw, true));
  } catch {
    // It was none before, or holds by now what no table takes.
    return bytes;
  }
};

/** An offset or a number of four bytes becomes another, one that leads to itself, or one that stands elsewhere. */
export const offsets: Way = (bytes, draw) => {
  const copy = bytes.slice();
  const words = Math.floor(copy.length / 4);
  if (words === 0) return copy;
  const view = new DataView(copy.buffer);
  const at = 4 * draw(draw(2) === 0 ? Math.min(words, 64) : words);
  const elsewhere = view.getUint32(4 * draw(words), true);
  const numbers = [0, 1, 4, copy.length - at, copy.length, 0x7fffffff, 0xffffffff, -at, elsewhere];
  view.setUint32(at, oneOf(numbers, draw) >>> 0, true);
  return copy;
};

/** A slot of a table's own list of offsets, two bytes each. */
export const slots: Way = (bytes, draw) => {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const halves = Math.floor(copy.length / 2);
  if (halves === 0) return copy;
  const at = 2 * draw(halves);
  view.setUint16(at, oneOf([0, 4, 6, 8, 12, 0xffff, draw(64)], draw), true);
  return copy;
};
