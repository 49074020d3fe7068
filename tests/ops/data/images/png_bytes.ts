/** PNG files written by hand from the specification. */
import { crc32, deflateSync } from "node:zlib";

/** A chunk: its length, type, body and check sum. */
export const chunk = (type: string, body: Uint8Array): Uint8Array => {
  const file = new Uint8Array(12 + body.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, body.length);
  file.set(new TextEncoder().encode(type), 4);
  file.set(body, 8);
  view.setUint32(8 + body.length, crc32(file.subarray(4, 8 + body.length)));
  return file;
};

/** A file by its specification: a header, rows that each begin with the number of their filter, an end. */
export const png = (
  header: readonly number[],
  rows: readonly number[],
  extra: Uint8Array[] = [],
) => {
  const [width, height, depth, color, interlace = 0] = header as [
    number,
    number,
    number,
    number,
    number?,
  ];
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head.set([depth, color, 0, 0, interlace], 8);
  return Uint8Array.from([
    0x89,
    0x50,
    0x4e,
    0x47,
    0x0d,
    0x0a,
    0x1a,
    0x0a,
    ...chunk("IHDR", head),
    ...extra.flatMap((each) => [...each]),
    ...chunk("IDAT", deflateSync(Uint8Array.from(rows))),
    ...chunk("IEND", new Uint8Array()),
  ]);
};
