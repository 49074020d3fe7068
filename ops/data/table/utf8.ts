/** Text of files as UTF-8, and whether it is. */

const MARK = [0xef, 0xbb, 0xbf];
const [STRICT, LOSSY] = [true, false].map((fatal) =>
  new TextDecoder("utf-8", { fatal, ignoreBOM: true })
) as [TextDecoder, TextDecoder];
/** What stands for bytes that are no text; a file may hold it, too. */
export const REPLACEMENT = "\ufffd";

/** What bytes say, and whether they are UTF-8: those that are not are read as well as they can be. */
export function decodedUtf8(bytes: Uint8Array): { readonly text: string; readonly sound: boolean } {
  const text = LOSSY.decode(bytes);
  return { text, sound: !text.includes(REPLACEMENT) || isUtf8(bytes) };
}

/** Where text begins: behind a byte order mark, if one is there. */
export function behindMark(bytes: Uint8Array, at: number): number {
  return MARK.every((byte, i) => bytes[at + i] === byte) ? at + MARK.length : at;
}

/** Throws a RangeError where a file begins as UTF-16 does. */
export function assertNoUtf16(bytes: Uint8Array, name: string): void {
  const [a, b] = bytes;
  if (!(a === 0xff && b === 0xfe || a === 0xfe && b === 0xff)) return;
  throw new RangeError(`Cannot read "${name}": it is UTF-16; save it as UTF-8`);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    STRICT.decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
