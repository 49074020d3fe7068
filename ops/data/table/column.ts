/**
 * A column of a table as numbers and a dictionary of texts, not an object for each cell: fifty million cells take 600 MB and
 * are read again to the character.
 */
import { assertFits } from "../../../engine/size.ts";

/** Cells: plain data, which a thread may hand to another. */
export interface Column {
  /** The number that a cell is, where its code is below 0. */
  readonly values: Float64Array;
  /** From 0 on the cell's place in `texts`; below 0 how its number was written: −1 − decimals, or `AS_IS`. */
  readonly codes: Int32Array;
  /** Each text once. */
  readonly texts: readonly string[];
}

/** Written as JavaScript writes the number. */
const AS_IS = -100;

/** Bytes of a cell here, and of what is made of it: a float of a sample, and one as the sample is stored. */
export const CELL = 24;
/** Different texts of a column: they are objects of the engine, which holds no more of them than its own heap. */
const MOST_TEXTS = 1 << 22;
const HEAP = 1 << 30;
/** What the engine needs for a text besides its characters. */
const TEXT = 64;

/** Numbers of so many digits are what their digits say: each is the nearest to one of them. */
const EXACT_DIGITS = 15;
const TENS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/** A column that is being written, at any place below its size. */
export interface ColumnWriter {
  /** A cell by its text. */
  put(place: number, text: string): void;
  /** A cell by its bytes, where they are a plain number; false where they are not, and nothing is written. */
  number(place: number, bytes: Uint8Array, from: number, to: number): boolean;
  /** The first cells. */
  column(count: number): Column;
}

/** A writer of at most `size` cells; `what` begins the sentence that says what does not fit. */
export function columnWriter(size: number, what: string, memory: number): ColumnWriter {
  const values = new Float64Array(size);
  const codes = new Int32Array(size);
  const texts: string[] = [];
  const places = new Map<string, number>();
  let characters = 0;

  return {
    put(place, text) {
      const value = Number(text);
      // String(−0) is "0".
      if (text !== "" && Number.isFinite(value) && String(value) === text) {
        values[place] = value;
        codes[place] = AS_IS;
      } else codes[place] = placeOf(text);
    },
    number(place, bytes, from, to) {
      const negative = bytes[from] === 0x2d;
      const first = negative ? from + 1 : from;
      let [whole, digits, decimals] = [0, 0, -1];
      for (let at = first; at < to; at++) {
        const digit = bytes[at]! - 0x30;
        if (digit >= 0 && digit <= 9) {
          whole = whole * 10 + digit;
          digits++;
          if (decimals >= 0) decimals++;
        } else if (digit === -2 && decimals < 0 && digits > 0) decimals = 0;
        else return false;
      }
      const leading = digits - Math.max(decimals, 0);
      const plain = digits > 0 && digits <= EXACT_DIGITS && decimals !== 0 &&
        (leading === 1 || bytes[first] !== 0x30) && !(negative && whole === 0);
      if (!plain) return false;
      const value = decimals > 0 ? whole / TENS[decimals]! : whole;
      values[place] = negative ? -value : value;
      codes[place] = -1 - Math.max(decimals, 0);
      return true;
    },
    column: (count) => ({
      values: values.subarray(0, count),
      codes: codes.subarray(0, count),
      texts,
    }),
  };

  function placeOf(text: string): number {
    const found = places.get(text);
    if (found !== undefined) return found;
    characters += text.length;
    const bytes = TEXT * (texts.length + 1) + 2 * characters;
    if (bytes > Math.min(memory, HEAP) || texts.length >= MOST_TEXTS) {
      assertFits(`${what}: its different texts`, bytes, Math.min(memory, HEAP), "divide it");
      throw new RangeError(
        `${what}: a column has more than ${MOST_TEXTS} different texts; divide it`,
      );
    }
    places.set(text, texts.length);
    return texts.push(text) - 1;
  }
}

/** A column of these texts. */
export function columnOf(texts: readonly string[]): Column {
  const writer = columnWriter(texts.length, "Cannot keep the cells", Infinity);
  for (const [place, text] of texts.entries()) writer.put(place, text);
  return writer.column(texts.length);
}

/** The cells from one on. */
export function cellsFrom({ values, codes, texts }: Column, first: number): Column {
  return { values: values.subarray(first), codes: codes.subarray(first), texts };
}

/** What a cell says. */
export function textAt({ values, codes, texts }: Column, place: number): string {
  return written(values[place]!, codes[place]!) ?? texts[codes[place]!]!;
}

function written(value: number, code: number): string | undefined {
  if (code >= 0) return undefined;
  return code === AS_IS ? String(value) : value.toFixed(-1 - code);
}

/** The number that a cell is; undefined where it is a text, whatever the text says. */
export function valueAt({ values, codes }: Column, place: number): number | undefined {
  return codes[place]! < 0 ? values[place] : undefined;
}

/** What the cells say, each once; undefined where they say more than `most` different things. */
export function distinctTexts(column: Column, most: number): ReadonlySet<string> | undefined {
  const { values, codes, texts } = column;
  const numbers = new Map<number, Set<number>>();
  const used = new Set<number>();
  for (let place = 0; place < codes.length; place++) {
    const code = codes[place]!;
    if (code >= 0) used.add(code);
    else {
      const found = numbers.get(code) ?? new Set();
      numbers.set(code, found.add(values[place]!));
      if (found.size > most) return undefined;
    }
  }
  const all = new Set([...used].map((place) => texts[place]!));
  for (const [code, each] of numbers) for (const value of each) all.add(written(value, code)!);
  return all.size > most ? undefined : all;
}
