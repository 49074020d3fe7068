/** JPEG files (ITU-T T.81) as pictures. Orientation tags of cameras are not applied, as most readers of training data do. */
import { decodeJpegFile } from "../../../engine/deps/jpeg_js.ts";
import { assertDecodable, assertPixels, MOST_MEGAPIXELS, type Picture } from "./picture.ts";

/** Progressive files pass over the picture a dozen times; each further pass may cost a few bytes and a second. */
const MOST_SCANS = 100;

/** Bytes of a block of 64 values while they are decoded: 32 bits each, and what the engine needs for their array. */
const BLOCK = 512;

/** Throws an Error where the file is damaged or too large. */
export function decodeJpeg(bytes: Uint8Array, memory: number): Picture {
  const frame = assertBehind(bytes, memory);
  const { width, height, data } = decodeJpegFile(bytes, MOST_MEGAPIXELS);
  if (frame.components.length !== 1) return { width, height, channels: 3, data };
  const grey = Uint8Array.from({ length: width * height }, (_, pixel) => data[3 * pixel]!);
  return { width, height, channels: 1, data: grey };
}

/** What a frame header says. */
interface JpegFrame {
  readonly width: number;
  readonly height: number;
  /** How finely each is sampled, across and down. */
  readonly components: readonly { readonly h: number; readonly v: number }[];
}

/** The frame, once it is known that so many bytes can hold what it announces. */
function assertBehind(bytes: Uint8Array, memory: number): JpegFrame {
  const { frame, scans } = walk(bytes);
  const { width, height, components } = frame;
  assertPixels(width, height);
  const [most, tallest] = [
    Math.max(...components.map(({ h }) => h)),
    Math.max(...components.map(({ v }) => v)),
  ];
  if (components.some(({ h, v }) => h < 1 || v < 1 || h > 4 || v > 4)) {
    throw new Error("its header is damaged");
  }
  // Of each 8×8 values of a component the first pass writes one Huffman code, a bit at least.
  const blocks = components.reduce(
    (sum, { h, v }) => sum + Math.ceil(width * h / most / 8) * Math.ceil(height * v / tallest / 8),
    0,
  );
  if (blocks > 8 * bytes.length) {
    throw new Error(
      `it announces ${width}×${height} pixels, and ${bytes.length} bytes cannot hold as many`,
    );
  }
  assertDecodable(blocks * BLOCK + 8 * width * height, memory);
  if (scans > MOST_SCANS) throw new Error(`it has more than ${MOST_SCANS} passes over its pixels`);
  return frame;
}

/** Markers that begin no segment: fill bytes, stuffed bytes, restarts, the file's beginning and end. */
const isAlone = (marker: number): boolean =>
  marker === 0 || marker === 0x01 || marker >= 0xd0 && marker <= 0xd9 || marker === 0xff;
/** 0xC4, 0xC8 and 0xCC begin no frame. */
const isFrame = (marker: number): boolean =>
  marker >> 4 === 0xc && ![0xc4, 0xc8, 0xcc].includes(marker);
const SCAN = 0xda;

/** From marker to marker; what stands between segments is passed over. */
function walk(bytes: Uint8Array): { readonly frame: JpegFrame; readonly scans: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: JpegFrame | undefined;
  let scans = 0;
  for (
    let at = bytes.indexOf(0xff, 2);
    at !== -1 && at + 4 <= bytes.length;
    at = bytes.indexOf(0xff, at)
  ) {
    const marker = bytes[at + 1]!;
    if (isAlone(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (isFrame(marker)) frame ??= frameAt(bytes.subarray(at + 4));
    if (marker === SCAN) scans++;
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  if (frame !== undefined) return { frame, scans };
  throw new Error("it has no frame of pixels, or is cut off before it");
}

function frameAt(body: Uint8Array): JpegFrame {
  const count = body[5];
  if (!count || body.length < 6 + 3 * count) throw new Error("its header is cut off");
  return {
    height: body[1]! * 256 + body[2]!,
    width: body[3]! * 256 + body[4]!,
    components: Array.from({ length: count }, (_, i) => {
      const sampling = body[7 + 3 * i]!;
      return { h: sampling >> 4, v: sampling & 15 };
    }),
  };
}
