/** Damage that knows nothing of what it damages: bits, lengths, numbers in headers, words of a text. */

/** Gives whole numbers below a limit, at least 0. */
export type Draw = (below: number) => number;

/** A way to damage bytes; it gives others and leaves these as they are. */
export type Way = (bytes: Uint8Array, draw: Draw) => Uint8Array;

/** The mutations of one case, from its own stream of numbers. */
export function mutated(sound: Uint8Array, seed: number): Uint8Array {
  const draw = stream(seed);
  let bytes = sound;
  for (let left = 1 + draw(3); left > 0; left--) bytes = blind(bytes, draw);
  return bytes;
}

/** One change, of any of the ways. */
export const blind: Way = (bytes, draw) => oneOf(ways, draw)(bytes, draw);

/** One of a list that has some. */
export const oneOf = <T>(list: readonly T[], draw: Draw): T => list[draw(list.length)]!;

/** Numbers that headers are wrong with. */
export const NUMBERS = [0, 1, 3, 127, 128, 255, 256, 65535, 0x7fffffff, 0x80000000, 0xffffffff];
const WORDS = [
  ...["0", "-1", "0.5", "1e-300", "1e300", "2147483647", "4294967296", "99999999999999999999"],
  ...["null", "true", "[]", "{}", '""', '"x"', "[[]]", "NaN", "1000000000"],
];

const ways: readonly Way[] = [
  // A byte becomes another, or a bit of it.
  (bytes, draw) => changed(bytes, draw, (byte) => draw(2) === 0 ? draw(256) : byte ^ 1 << draw(8)),
  (bytes, draw) => changed(bytes, draw, (byte) => byte ^ 1 << draw(8)),
  // Cut off.
  (bytes, draw) => bytes.slice(0, draw(3) === 0 ? draw(bytes.length + 1) : bytes.length >> 1),
  // A stretch of zeros.
  (bytes, draw) => {
    const at = draw(bytes.length + 1);
    return bytes.slice().fill(0, at, at + 1 + draw(16));
  },
  // Bytes put in between.
  (bytes, draw) => {
    const at = draw(bytes.length + 1);
    const more = Array.from({ length: 1 + draw(8) }, () => draw(256));
    return Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)]);
  },
  // A number in a header becomes another; headers are at the beginning, or at the end.
  (bytes, draw) => {
    const near = draw(2) === 0 ? draw(Math.min(64, bytes.length + 1)) : draw(bytes.length + 1);
    const at = draw(3) === 0 ? Math.max(0, bytes.length - near) : near;
    const copy = bytes.slice();
    const size = [1, 2, 4][draw(3)]!;
    const number = NUMBERS[draw(NUMBERS.length)]!;
    const little = draw(2) === 0;
    for (let i = 0; i < size && at + i < copy.length; i++) {
      copy[at + i] = number >>> 8 * (little ? i : size - 1 - i) & 255;
    }
    return copy;
  },
  // A number, a text or a truth value of a text becomes another.
  (bytes, draw) => {
    const text = new TextDecoder("latin1").decode(bytes);
    const found = [...text.matchAll(/-?\d+(?:\.\d+)?|"[^"\\]{0,40}"|true|false|null/g)];
    const one = found[draw(Math.max(1, found.length))];
    if (one === undefined) return bytes;
    const [before, after] = [text.slice(0, one.index), text.slice(one.index + one[0].length)];
    const all = `${before}${WORDS[draw(WORDS.length)]}${after}`;
    return Uint8Array.from(all, (character) => character.charCodeAt(0));
  },
];

function changed(bytes: Uint8Array, draw: Draw, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice();
  const at = draw(bytes.length);
  if (bytes.length > 0) copy[at] = change(copy[at]!);
  return copy;
}

/** Numbers below a limit (mulberry32). */
export function stream(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = state + 0x6d2b79f5 >>> 0;
    let t = Math.imul(state ^ state >>> 15, state | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return Math.floor(((t ^ t >>> 14) >>> 0) / 4294967296 * below);
  };
}
