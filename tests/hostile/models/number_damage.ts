/** Damage of the numbers in a file: what is not finite, and what is too large to compute with. */
import { oneOf, type Way } from "../damage.ts";

const FLOATS = [NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1e-45];

/** One, a few or many numbers of float32 in the later part of the bytes. */
export const floats: Way = (bytes, draw) => {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const count = oneOf([1, 1, 4, 64], draw);
  const value = oneOf(FLOATS, draw);
  const from = draw(bytes.length + 1);
  const at = from - from % 4;
  for (let i = 0; i < count && at + 4 * i + 4 <= copy.length; i++) {
    view.setFloat32(at + 4 * i, value, true);
  }
  return copy;
};

/** Bytes at the end missing, or some more than there should be. */
export const length: Way = (bytes, draw) => {
  if (draw(2) === 0) return bytes.slice(0, Math.max(0, bytes.length - 1 - draw(64)));
  const longer = new Uint8Array(bytes.length + 1 + draw(64));
  longer.set(bytes);
  return longer;
};
