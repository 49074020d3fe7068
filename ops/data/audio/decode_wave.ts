/**
 * WAV files: RIFF chunks around linear PCM of 8, 16, 24 or 32 bits or floats of 32 or 64 (Multimedia Programming Interface
 * and Data Specifications 1.0, 1991; WAVE_FORMAT_EXTENSIBLE, 2001).
 */
import { took } from "../../../engine/thread.ts";
import { assertFits } from "../../../engine/size.ts";

/** One channel of sound. */
export interface Recording {
  /** Samples a second, Hz. */
  readonly rate: number;
  /** Between −1 and 1 where they were integers. */
  readonly samples: Float64Array;
}

/** Rates that are read, Hz. */
export const RATES = { least: 1000, most: 768_000 } as const;

const [PCM, FLOAT, EXTENSIBLE] = [1, 3, 0xfffe];

/** Formats of compressed sound by their number, as people call them. */
const compressed: { readonly [tag: number]: string } = {
  2: "ADPCM",
  6: "A-law",
  7: "µ-law",
  17: "IMA ADPCM",
  85: "MP3",
};

/** What a `fmt ` chunk says. */
interface WaveFormat {
  readonly channels: number;
  readonly rate: number;
  /** Bytes of one number. */
  readonly width: number;
  readonly isFloat: boolean;
}

/**
 * A recording from its file, its channels averaged. Throws an Error, a sentence without its subject, where the file is
 * damaged or of a kind that is not read, and a MemoryError where it would take more than `memory`.
 */
export function decodeWave(bytes: Uint8Array, memory: number): Recording {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (name(bytes, 0) !== "RIFF" || name(bytes, 8) !== "WAVE") throw new Error("it is no WAV file");
  let format: WaveFormat | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const chunk = name(bytes, at);
    const said = view.getUint32(at + 4, true);
    const begin = at + 8;
    // Who writes into a pipe cannot say how long it became.
    const size = chunk === "data" && said === 0xffff_ffff ? bytes.length - begin : said;
    if (begin + size > bytes.length) {
      throw new Error(
        `it is cut off: ${chunk.trim()} has ${bytes.length - begin} of ${size} bytes`,
      );
    }
    if (chunk === "fmt ") {
      format = formatOf(new DataView(view.buffer, view.byteOffset + begin, size));
    }
    if (chunk === "data") {
      if (format === undefined) throw new Error("its sound comes before its format");
      return {
        rate: format.rate,
        samples: samplesOf(bytes.subarray(begin, begin + size), format, memory),
      };
    }
    // Chunks begin at even places.
    at = begin + size + size % 2;
  }
  throw new Error("it has no sound: its `data` chunk is missing");
}

const name = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + 4));

function formatOf(view: DataView): WaveFormat {
  if (view.byteLength < 16) throw new Error("its `fmt ` chunk is too short");
  const tag = view.getUint16(0, true);
  // The first two bytes of the GUID are the tag that stood here before.
  const coding = tag === EXTENSIBLE && view.byteLength >= 26 ? view.getUint16(24, true) : tag;
  const [channels, rate] = [view.getUint16(2, true), view.getUint32(4, true)];
  const bits = view.getUint16(14, true);
  const isFloat = coding === FLOAT;
  if (coding !== PCM && !isFloat) {
    throw new Error(
      `its sound is ${compressed[coding] ?? `coded as ${coding}`}; only PCM and floats are read: ` +
        "ffmpeg -i IN.wav -c:a pcm_s16le OUT.wav",
    );
  }
  if (!(isFloat ? [32, 64] : [8, 16, 24, 32]).includes(bits)) {
    throw new Error(`its ${isFloat ? "floats" : "integers"} have ${bits} bits`);
  }
  if (channels < 1) throw new Error("it has no channels");
  if (rate < RATES.least || rate > RATES.most) {
    throw new Error(`it has ${rate} samples a second; ${RATES.least} to ${RATES.most} are read`);
  }
  return { channels, rate, width: bits / 8, isFloat };
}

function samplesOf(
  bytes: Uint8Array,
  { channels, width, isFloat }: WaveFormat,
  memory: number,
): Float64Array {
  const count = Math.floor(bytes.length / (channels * width));
  if (count === 0) throw new Error("it has no sound: no sample");
  assertFits("it", bytes.length + 8 * count, memory);
  took(8 * count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = reader(view, width, isFloat);
  const samples = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += read(width * (i * channels + channel));
    }
    samples[i] = sum / channels;
    if (!Number.isFinite(sum)) throw new Error(`its sample ${i} is no number`);
  }
  return samples;
}

function reader(view: DataView, width: number, isFloat: boolean): (at: number) => number {
  if (isFloat) {
    return width === 4 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  }
  switch (width) {
    case 1:
      // The only unsigned one.
      return (at) => (view.getUint8(at) - 128) / 128;
    case 2:
      return (at) => view.getInt16(at, true) / 32_768;
    case 3:
      return (at) => (view.getUint16(at, true) + 65_536 * view.getInt8(at + 2)) / 8_388_608;
    default:
      return (at) => view.getInt32(at, true) / 2_147_483_648;
  }
}
