/** WAV files for tests. */

/** How a file is written. */
export interface WaveOptions {
  readonly rate?: number;
  readonly channels?: number;
  readonly bits?: number;
  /** 1 integers, 3 floats, others as they are. */
  readonly tag?: number;
  /** With a format chunk that names the tag in a GUID. */
  readonly extensible?: boolean;
  /** Chunks before the sound, each a name and bytes. */
  readonly before?: readonly (readonly [string, Uint8Array])[];
  /** What the sound's chunk says of its size. */
  readonly size?: number;
}

/** A file of bytes of sound. */
export function waveFile(sound: Uint8Array, options: WaveOptions = {}): Uint8Array<ArrayBuffer> {
  const { rate = 8000, channels = 1, bits = 16, tag = 1, extensible = false, before = [] } =
    options;
  const format = new DataView(new ArrayBuffer(extensible ? 40 : 16));
  format.setUint16(0, extensible ? 0xfffe : tag, true);
  format.setUint16(2, channels, true);
  format.setUint32(4, rate, true);
  format.setUint32(8, rate * channels * bits / 8, true);
  format.setUint16(12, channels * bits / 8, true);
  format.setUint16(14, bits, true);
  if (extensible) format.setUint16(24, tag, true);
  const chunks = [["fmt ", new Uint8Array(format.buffer)] as const, ...before].flatMap((
    [name, bytes],
  ) => chunk(name, bytes, bytes.length));
  const parts = [...chunks, ...chunk("data", sound, options.size ?? sound.length)];
  const length = parts.reduce((sum, { length }) => sum + length, 4);
  const riff = [text("RIFF"), word(length), text("WAVE")];
  return Uint8Array.from([...riff, ...parts].flatMap((part) => [...part]));
}

/** A file of 16 bits of numbers from −1 to 1. */
export function wave16(
  samples: Iterable<number>,
  options: WaveOptions = {},
): Uint8Array<ArrayBuffer> {
  const integers = Int16Array.from(samples, (value) => Math.round(value * 32_767));
  return waveFile(new Uint8Array(integers.buffer), options);
}

const text = (name: string): Uint8Array => new TextEncoder().encode(name);
const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

function chunk(name: string, bytes: Uint8Array, size: number): Uint8Array[] {
  return [text(name), word(size), bytes, new Uint8Array(bytes.length % 2)];
}
