/** Files in a tar archive, as npm packs them: POSIX ustar with pax headers (IEEE Std 1003.1, pax), GNU long names. */

const BLOCK = 512;

/**
 * The regular files of an archive by path, as stored; links and folders are left out. Throws a RangeError where it is
 * cut off or a checksum is wrong.
 */
export function tarFiles(archive: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let longPath: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    assertChecksum(header);
    const size = octal(header, 124, 12);
    const body = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (body.length < size) throw new RangeError("the archive is cut off");
    const type = String.fromCharCode(header[156]!);
    if (type === "x") longPath = paxPath(body) ?? longPath;
    else if (type === "L") longPath = text(body, 0, body.length);
    else if (type !== "g") {
      if (type === "0" || type === "\0") files.set(longPath ?? ustarPath(header), body);
      longPath = undefined;
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

/** The `path` of a pax header: records of `<length> <key>=<value>\n`. */
function paxPath(body: Uint8Array): string | undefined {
  for (let at = 0; at < body.length;) {
    const blank = body.indexOf(32, at);
    const length = Number(text(body, at, blank - at));
    if (blank < 0 || !(length > 0)) throw new RangeError("a pax header of the archive is damaged");
    const record = text(body, blank + 1, at + length - 1 - (blank + 1));
    if (record.startsWith("path=")) return record.slice("path=".length);
    at += length;
  }
  return undefined;
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
