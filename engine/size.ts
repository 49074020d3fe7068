/** Sizes: how people write and read them, and the budget of memory that everything from outside is held to. */

/** A number in three significant digits. */
export function significant(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2);
  if (size >= 999.5) return value.toFixed();
  return value.toPrecision(3);
}

/** A number in the unit that suits it, each a thousand of the one before. */
export function scaled(value: number, units: readonly string[]): string {
  let unit = 0;
  let shown = value;
  // 999 600 is 1.00 M, not 1000 k.
  while (Number(shown.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    shown /= 1000;
    unit++;
  }
  const number = unit === 0 && Number.isInteger(value) ? String(value) : significant(shown);
  return units[unit] === "" ? number : `${number} ${units[unit]}`;
}

/** A size: `67.2 kB`. */
export const bytesText = (bytes: number): string => scaled(bytes, ["B", "kB", "MB", "GB", "TB"]);

/** The bytes that a text says, as in `500 kB`, `2GB`, `4GiB`; undefined where it says none. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit = "B"] = /^(\d+(?:\.\d+)?) ?([kMGT]?B|[KMGT]iB)?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * BYTES[unit]!;
}

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** The bytes that a run may hold of what it reads, where nobody says another number: the same on every machine. */
export const MEMORY: number = 4 * 1024 ** 3;

/** The most bytes of one array that are held where they could lie in a file: an eighth of the budget. */
export const heldAtMost = (memory: number): number => Math.floor(memory / 8);

/** Thrown where content asks for more memory than the budget; a sentence with both figures and the way out. */
export class MemoryError extends RangeError {
  override readonly name = "MemoryError";
}

/** Throws a MemoryError where `what` would take more bytes than `memory`; `help` is a way out with fewer. */
export function assertFits(what: string, bytes: number, memory: number, help?: string): void {
  if (bytes <= memory) return;
  const ways = [...help === undefined ? [] : [help], `allow more: --memory ${enough(bytes)}`];
  throw new MemoryError(`${overBudget(what, bytes, memory)}; ${ways.join(", or ")}`);
}

/** The sentence with the figures. */
export function overBudget(what: string, bytes: number, memory: number): string {
  return `${what} would take ${bytesText(bytes)} of memory, and the budget is ${bytesText(memory)}`;
}

/** A size that holds these bytes, as an option takes it. */
export function enough(bytes: number): string {
  return `${Math.ceil(bytes / 1e9)}GB`;
}

/** The characters that the engine's longest text has. */
const LONGEST_TEXT = (1 << 29) - 24;

/** Throws a MemoryError where bytes are more than a text can be; `what` is the subject of the sentence. */
export function assertText(what: string, bytes: number): void {
  if (bytes <= LONGEST_TEXT) return;
  throw new MemoryError(
    `${what} of ${bytesText(bytes)} is longer than a text can be, ${
      bytesText(LONGEST_TEXT)
    }; divide it`,
  );
}
