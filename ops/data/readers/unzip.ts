/**
 * Zip archives (PKWARE's APPNOTE), as NumPy writes them: stored or deflated files, perhaps with 64-bit sizes. The directory
 * at the end says where each file is and how large; it is held against the bytes that are there before anything is unpacked.
 */
import { took } from "../../../engine/thread.ts";
import { bytesText } from "../../../engine/size.ts";
import { HIGHEST_RATIO, unpackedSync } from "../../../engine/unpack.ts";

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** Least sizes of the parts, and of the comment behind all the most. */
const SIZE = { end: 22, locator: 20, entry: 46, local: 30, comment: 0xffff } as const;
/** Stands where a 64-bit field has the number. */
const ELSEWHERE = 0xffffffff;

/** The methods of compression that can be read. */
const STORED = 0;
const DEFLATED = 8;

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

/**
 * The files of an archive by name. Throws a RangeError that begins with `cannot` where the archive is damaged, and where
 * its files would take more than half of `memory`: what is read of them needs room too.
 */
export function unzipped(
  bytes: Uint8Array,
  cannot: string,
  memory: number,
): Readonly<Record<string, Uint8Array>> {
  const wrong = (why: string) => new RangeError(`${cannot}: ${why}`);
  const damaged = () => wrong("its zip archive is damaged or cut off; get the file again");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = entriesOf(view, damaged);
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  const packed = entries.reduce((sum, entry) => sum + entry.packed, 0);
  // Files that share their bytes are a way to make much of little.
  if (packed > bytes.length || size > HIGHEST_RATIO * bytes.length) throw damaged();
  if (size > memory / 2) {
    throw wrong(
      `its ${bytesText(bytes.length)} unpack to ${
        bytesText(size)
      }, more than half of the budget of ${
        bytesText(memory)
      }; leave out the arrays that are not needed, or allow more: --memory ${
        Math.ceil(2 * size / 1e9)
      }GB`,
    );
  }
  took(size);
  return Object.fromEntries(entries.map((entry) => [entry.name, contentOf(entry)]));

  function contentOf({ name, method, packed, size, at }: ZipEntry): Uint8Array {
    if (at + SIZE.local > bytes.length || view.getUint32(at, true) !== LOCAL) throw damaged();
    const start = at + SIZE.local + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    if (start + packed > bytes.length) throw damaged();
    const body = bytes.subarray(start, start + packed);
    if (method === STORED && packed === size) return body;
    if (method !== DEFLATED) throw wrong(`it compresses "${name}" in a way that cannot be read`);
    try {
      const whole = unpackedSync(body, "deflate-raw", size);
      if (whole.length === size) return whole;
    } catch {
      // Bytes that cannot be unpacked, or to more than is said of them.
    }
    throw damaged();
  }
}

/** The directory; every read of it lies inside the file. */
function entriesOf(view: DataView, damaged: () => RangeError): readonly ZipEntry[] {
  const length = view.byteLength;
  let end = length - SIZE.end;
  const first = Math.max(0, end - SIZE.comment);
  while (end >= first && view.getUint32(end, true) !== END) end--;
  if (end < first) throw damaged();
  let [count, at] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)];
  const locator = end - SIZE.locator;
  if (locator >= 0 && view.getUint32(locator, true) === LOCATOR64) {
    const far = large(view, locator + 8);
    if (far + 56 > length || view.getUint32(far, true) !== END64) throw damaged();
    [count, at] = [large(view, far + 32), large(view, far + 48)];
  }
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + SIZE.entry > length || view.getUint32(at, true) !== ENTRY) throw damaged();
    const [names, extra, comment] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true)
    ) as [
      number,
      number,
      number,
    ];
    const next = at + SIZE.entry + names + extra + comment;
    if (next > length) throw damaged();
    const name = new TextDecoder().decode(
      new Uint8Array(view.buffer, view.byteOffset + at + SIZE.entry, names),
    );
    const [size, packed, place] = sizesOf(view, at, { offset: SIZE.entry + names, extra }, damaged);
    // A name that ends in a slash is a folder.
    if (!name.endsWith("/")) {
      entries.push({ name, method: view.getUint16(at + 10, true), packed, size, at: place });
    }
    at = next;
  }
  return entries;
}

/** Size, packed size and place of an entry: 32 bits, or those of the field with the number 1, in this order. */
function sizesOf(
  view: DataView,
  at: number,
  { offset, extra }: { readonly offset: number; readonly extra: number },
  damaged: () => RangeError,
): readonly [size: number, packed: number, place: number] {
  const short = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  if (!short.includes(ELSEWHERE)) return short as [number, number, number];
  // One that holds a number has four bytes of head and eight of the number at least.
  for (let field = at + offset; field + 12 <= at + offset + extra;) {
    const end = field + 4 + view.getUint16(field + 2, true);
    if (end > at + offset + extra) throw damaged();
    if (view.getUint16(field, true) === 1) {
      let next = field + 4;
      return short.map((value) => {
        if (value !== ELSEWHERE) return value;
        if (next + 8 > end) throw damaged();
        next += 8;
        return large(view, next - 8);
      }) as [number, number, number];
    }
    field = end;
  }
  throw damaged();
}

/** A number of 64 bits; one that a double rounds is larger than every file. */
const large = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));
