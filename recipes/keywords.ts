/**
 * Spotting keywords in WAV files: `deno run -A recipes/keywords.ts`. The recordings are drawn by the law below and written
 * to out/keywords-wav, a folder for each word, as one's own would lie there.
 */
import { main, type Recipe, recipe } from "../mod.ts";

/** Samples a second, Hz. */
const RATE = 8000;
const TAKES = 100;

/** The first three formants of vowels, Hz: the means of 33 men in Peterson and Barney (1952). */
const vowels = {
  i: [270, 2290, 3010],
  I: [390, 1990, 2550],
  ae: [660, 1720, 2410],
  a: [730, 1090, 2440],
  o: [570, 840, 2410],
  U: [440, 1020, 2240],
  u: [300, 870, 2240],
} as const;

/** Words that are a glide from one vowel to another; `noise` is none. */
const words: { readonly [word: string]: readonly [keyof typeof vowels, keyof typeof vowels] } = {
  eye: ["a", "I"],
  how: ["a", "U"],
  oy: ["o", "I"],
  you: ["i", "u"],
  we: ["u", "i"],
  yeah: ["i", "ae"],
};

/** Where the recordings are written. */
const folder = `${Deno.cwd()}/out/keywords-wav`;

const cosine = (start: number) => ({
  use: "adam" as const,
  learning_rate: { use: "cosine" as const, start, end: 0 },
});

const keywords: Recipe = recipe(import.meta, {
  name: "keywords",
  description: "A CNN on cepstral coefficients teaches one of a tenth its size to spot six words.",
  data: {
    from: folder,
    audio: { features: { use: "mfcc", bands: 24, coefficients: 12 }, rate: RATE, hop: 25 },
    normalize: "standard",
  },
  teacher: {
    use: "cnn",
    filters: [16, 32],
    dense: [64],
    train: { epochs: 20, optimizer: cosine(0.003) },
  },
  student: { use: "cnn", filters: [6, 12], dense: [16] },
  distill: { epochs: 40, optimizer: cosine(0.01) },
  quantize: { scheme: "int8" },
  export: "tflite",
  expect: [
    "teacher.accuracy >= 95 %",
    "result.accuracy >= teacher.accuracy - 5 points",
    "result.bytes <= teacher.bytes / 20",
  ],
});

/**
 * Writes so many takes of each word, and as many of noise. The law: pulses of 90 to 220 Hz, which fall by a tenth, pass
 * three resonators of two poles in a row (Klatt 1980, eq. 1) whose frequencies glide from vowel to vowel, those of a
 * speaker all longer or shorter by up to 15 %; a word takes 0.4 to 0.7 s of a second, somewhere in it, and there is white
 * noise 14 to 26 dB below. The seed of a take is its number.
 */
export async function writeRecordings(folder: string, takes: number = TAKES): Promise<void> {
  for (const [index, word] of [...Object.keys(words), "noise"].entries()) {
    await Deno.mkdir(`${folder}/${word}`, { recursive: true });
    for (let take = 0; take < takes; take++) {
      const draw = drawing(1 + index + 7 * take);
      const path = `${folder}/${word}/${String(take).padStart(3, "0")}.wav`;
      await Deno.writeFile(path, waveFile(spoken(words[word], draw)));
    }
  }
}

function spoken(
  glide: (typeof words)[string] | undefined,
  draw: (low: number, high: number) => number,
): Float64Array {
  const sound = new Float64Array(RATE);
  if (glide !== undefined) {
    const [from, to] = [vowels[glide[0]], vowels[glide[1]]];
    const [pitch, speaker, seconds] = [draw(90, 220), draw(0.85, 1.15), draw(0.4, 0.7)];
    const length = Math.round(seconds * RATE);
    const begin = Math.round(draw(0, RATE - length));
    const states = from.map(() => [0, 0] as [number, number]);
    let phase = 0;
    for (let n = 0; n < length; n++) {
      const at = n / length;
      phase += pitch * (1 - 0.1 * at) / RATE;
      let value = phase >= 1 ? 1 : 0;
      phase %= 1;
      for (const [k, state] of states.entries()) {
        const frequency = speaker * (from[k]! + (to[k]! - from[k]!) * at);
        const width = 60 + 40 * k;
        const c = -Math.exp(-2 * Math.PI * width / RATE);
        const b = 2 * Math.exp(-Math.PI * width / RATE) * Math.cos(2 * Math.PI * frequency / RATE);
        value = (1 - b - c) * value + b * state[0] + c * state[1];
        state[1] = state[0];
        state[0] = value;
      }
      sound[begin + n] = value * Math.sin(Math.PI * at);
    }
  }
  const loudest = sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const noise = draw(0.05, 0.2);
  return sound.map((value) => 0.7 * (value / loudest + noise * draw(-1, 1)));
}

/** Numbers between two, evenly spread: the generator of Park and Miller (1988). */
function drawing(seed: number): (low: number, high: number) => number {
  let state = seed * 7919 % 2_147_483_647;
  const next = () => state = state * 48_271 % 2_147_483_647;
  for (let i = 0; i < 10; i++) next();
  return (low, high) => low + (high - low) * next() / 2_147_483_647;
}

/** 16 bits, one channel. */
function waveFile(sound: Float64Array): Uint8Array {
  const bytes = new Uint8Array(44 + 2 * sound.length);
  const view = new DataView(bytes.buffer);
  const text = (at: number, name: string) => bytes.set(new TextEncoder().encode(name), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  [16, 1 + (1 << 16), RATE, 2 * RATE, 2 + (16 << 16)].forEach((word, i) =>
    view.setUint32(16 + 4 * i, word, true)
  );
  text(36, "data");
  view.setUint32(40, 2 * sound.length, true);
  sound.forEach((value, i) => view.setInt16(44 + 2 * i, Math.round(32_767 * value), true));
  return bytes;
}

export default keywords;
if (import.meta.main) {
  await writeRecordings(folder);
  await main(keywords);
}
