import assert from "node:assert/strict";
import { MEMORY, MemoryError } from "../../../../engine/size.ts";
import { decodeWave } from "../../../../ops/data/audio/decode_wave.ts";
import { waveFile, type WaveOptions } from "./wave_bytes.ts";

const decode = (bytes: Uint8Array) => decodeWave(bytes, MEMORY);
const bytesOf = (array: { readonly buffer: ArrayBufferLike }) => new Uint8Array(array.buffer);

const kinds: readonly (readonly [string, Uint8Array, WaveOptions, readonly number[]])[] = [
  ["8 bits, unsigned", Uint8Array.of(0, 128, 255), { bits: 8 }, [-1, 0, 127 / 128]],
  [
    "16 bits",
    bytesOf(Int16Array.of(-32_768, 0, 16_384)),
    { rate: 44_100 },
    [-1, 0, 0.5],
  ],
  [
    "24 bits",
    Uint8Array.of(0, 0, 0x80, 1, 0, 0, 0xff, 0xff, 0xff),
    { bits: 24 },
    [-1, 2 ** -23, -(2 ** -23)],
  ],
  ["32 bits", bytesOf(Int32Array.of(-(2 ** 31), 2 ** 30)), { bits: 32 }, [-1, 0.5]],
  ["floats", bytesOf(Float32Array.of(0.25, -2)), { bits: 32, tag: 3 }, [0.25, -2]],
  ["doubles", bytesOf(Float64Array.of(0.1)), { bits: 64, tag: 3, extensible: true }, [0.1]],
  [
    "two channels, averaged",
    bytesOf(Int16Array.of(16_384, 0, -16_384, -8192)),
    { channels: 2, extensible: true },
    [0.25, -0.375],
  ],
];

for (const [name, sound, options, expected] of kinds) {
  Deno.test(`a WAV file of ${name}`, () => {
    const { rate, samples } = decode(waveFile(sound, options));
    assert.deepEqual([rate, [...samples]], [options.rate ?? 8000, expected]);
  });
}

Deno.test("other chunks are passed over, whatever their length; a pipe's file ends where it ends", () => {
  const sound = bytesOf(Int16Array.of(16_384));
  const before = [["LIST", new Uint8Array(5)], ["fact", new Uint8Array(4)]] as const;
  assert.deepEqual([...decode(waveFile(sound, { before })).samples], [0.5]);
  assert.deepEqual([...decode(waveFile(sound, { size: 0xffff_ffff })).samples], [0.5]);
});

Deno.test("what is no WAV file, or is damaged, or is packed, is an error that says so", () => {
  const sound = bytesOf(Int16Array.of(1, 2));
  const whole = waveFile(sound);
  const renamed = (at: number, name: string) => {
    const bytes = whole.slice();
    bytes.set(new TextEncoder().encode(name), at);
    return bytes;
  };
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [new Uint8Array(), /^it is no WAV file$/],
    [renamed(8, "AVI "), /^it is no WAV file$/],
    [renamed(0, "RIFX"), /^it is no WAV file$/],
    [whole.subarray(0, -1), /^it is cut off: data has 3 of 4 bytes$/],
    [renamed(36, "junk"), /^it has no sound: its `data` chunk is missing$/],
    [renamed(12, "junk"), /^its sound comes before its format$/],
    [waveFile(sound, { tag: 7 }), /^its sound is µ-law; only PCM and floats are read: ffmpeg/],
    [waveFile(sound, { tag: 99 }), /coded as 99/],
    [waveFile(sound, { bits: 12 }), /^its integers have 12 bits$/],
    [waveFile(sound, { bits: 16, tag: 3 }), /^its floats have 16 bits$/],
    [waveFile(sound, { channels: 0 }), /^it has no channels$/],
    [waveFile(sound, { rate: 999 }), /^it has 999 samples a second; 1000 to 768000 are read$/],
    [waveFile(sound, { rate: 768_001 }), /^it has 768001 samples/],
    [waveFile(sound.subarray(0, 1)), /^it has no sound: no sample$/],
    [
      waveFile(bytesOf(Float32Array.of(1, NaN)), { bits: 32, tag: 3 }),
      /^its sample 1 is no number$/,
    ],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(
      () => decode(bytes),
      ({ message: said }: Error) => message.test(said),
      `${message}`,
    );
  }
  const short = whole.slice();
  short[16] = 8;
  assert.throws(() => decode(short), /too short|cut off|missing/);
  assert.throws(() => decodeWave(whole, 10), MemoryError);
});
