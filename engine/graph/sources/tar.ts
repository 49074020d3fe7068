/** Files in a tar archive, as npm packs them: POSIX ustar with pax headers (IEEE Std 1003.1, pax), GNU long names. */

const BLOCK = 512;

/** Most bytes of a header that names a file. */
const LARGEST_HEADER = 1 << 20;

/** Most files of an archive: what is said of each takes memory too. */
const MOST_FILES = 1 << 18;

/**
 * The regular files of an archive by path, as stored; links and folders are left out. Throws a RangeError where it is
 * cut off, damaged, says of itself what cannot be, or holds more files than `most`.
 */
export function tarFiles(archive: Uint8Array, most = MOST_FILES): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let longPath: string | undefined;
  let promised: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    assertChecksum(header);
    const size = octal(header, 124, 12);
    const body = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (body.length < size) throw new RangeError("the archive is cut off");
    const type = String.fromCharCode(header[156]!);
    if ("xgL".includes(type) && size > LARGEST_HEADER) {
      throw new RangeError(`a header of the archive is larger than ${LARGEST_HEADER} bytes`);
    }
    if (type === "x") {
      const records = paxRecords(body);
      longPath = records.get("path") ?? longPath;
      promised = records.get("size");
    } else if (type === "L") longPath = text(body, 0, body.length);
    else if (type !== "g") {
      // Another size than the header's belongs to files larger than any that is read here.
      if (promised !== undefined && promised !== String(size)) {
        throw new RangeError("the archive says two sizes of one file");
      }
      if (type === "0" || type === "\0") files.set(longPath ?? ustarPath(header), body);
      if (files.size > most) throw new RangeError(`it has more than ${most} files`);
      longPath = promised = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/** The sum of the header's bytes, those of the checksum itself counted as blanks. */
function assertChecksum(header: Uint8Array): void {
  let sum = 0;
  header.forEach((byte, i) => sum += i >= 148 && i < 156 ? 32 : byte);
  if (sum !== octal(header, 148, 8)) throw new RangeError("a header of the archive is damaged");
}

function ustarPath(header: Uint8Array): string {
  const prefix = text(header, 257, 5) === "ustar" ? text(header, 345, 155) : "";
  const name = text(header, 0, 100);
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** What a pax header says of the file behind it: records of `<length> <key>=<value>\n`. */
function paxRecords(body: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length;) {
    const blank = body.subarray(at).indexOf(32);
    const digits = text(body, at, Math.max(blank, 0));
    const length = Number(digits);
    const sound = /^[1-9]\d*$/.test(digits) && length > blank + 1 && at + length <= body.length;
    if (!sound) throw new RangeError("a pax header of the archive is damaged");
    const record = text(body, at + blank + 1, length - blank - 2);
    const equals = record.indexOf("=");
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

function octal(header: Uint8Array, at: number, length: number): number {
  const digits = text(header, at, length).trim();
  const value = digits === "" ? 0 : parseInt(digits, 8);
  if (/^[0-7]*$/.test(digits)) return value;
  throw new RangeError("a header of the archive is damaged");
}

/** Text up to the first zero byte. */
function text(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
