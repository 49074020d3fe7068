import assert from "node:assert/strict";
import type { RunContext } from "../../../../engine/op.ts";
import { MemoryError } from "../../../../engine/size.ts";
import { type AudioParams, USUAL_AUDIO } from "../../../../ops/data/audio/audio_fields.ts";
import { audioFeatures } from "../../../../ops/data/audio/features.ts";
import { loadRecordings } from "../../../../ops/data/audio/load_recordings.ts";
import { resample } from "../../../../ops/data/audio/resample.ts";
import { filesOfClasses, RECORDINGS } from "../../../../ops/data/readers/class_folder.ts";
import { runContext } from "../../run_context.ts";
import { wave16 } from "./wave_bytes.ts";

const tone = (frequency: number, rate: number, length: number) =>
  Array.from({ length }, (_, n) => Math.sin(2 * Math.PI * frequency * n / rate));
const audio: AudioParams = { ...USUAL_AUDIO, rate: 8000, seconds: 0.1 };
const wishes = { from: "d", task: "classification", audio } as const;
const read = (samples: readonly number[]) =>
  Float64Array.from(samples, (value) => Math.round(value * 32_767) / 32_768);

const load = async (context: RunContext) =>
  await loadRecordings(await filesOfClasses(wishes, context, RECORDINGS), wishes, context);

Deno.test("recordings in folders of classes are samples of their features, each at the rate that is asked for", async () => {
  const [low, high] = [tone(200, 8000, 900), tone(900, 16_000, 4000)];
  const files = {
    "d/train/high/a.wav": wave16(high, { rate: 16_000 }),
    "d/train/low/b.wav": wave16(low),
    "d/test/low/c.wav": wave16(low),
  };
  const { train, validation, test, classes } = await load(runContext({ files }));
  assert.deepEqual([classes, [...train.y!], validation], [["high", "low"], [0, 1], undefined]);
  assert.deepEqual([train.input, train.count, test!.count], [[4, 40, 1], 2, 1]);
  const features = audioFeatures(audio);
  const expected = [...features(resample(read(high), 16_000, 8000)), ...features(read(low))];
  assert.deepEqual([...train.x], expected);
  assert.deepEqual(test!.x, train.x.subarray(160));
});

Deno.test("recordings that nobody has labelled are the same samples without classes", async () => {
  const files = { "d/a.wav": wave16(tone(200, 8000, 900)) };
  const bare = { ...wishes, labels: "none" } as const;
  const context = runContext({ files });
  const places = await filesOfClasses(bare, context, RECORDINGS);
  const found = await loadRecordings(places, bare, context);
  const { train } = await load(runContext({ files: { "d/low/a.wav": files["d/a.wav"] } }));
  assert.deepEqual(found.train, { ...train, y: null });
});

Deno.test("a damaged recording is named, and more of them than memory holds are refused before one is read", async () => {
  const broken = runContext({ files: { "d/yes/a.wav": Uint8Array.of(1, 2) } });
  await assert.rejects(
    load(broken),
    /^RangeError: Cannot read "d\/yes\/a\.wav": it is no WAV file$/,
  );
  const large = runContext({ files: { "d/yes/a.wav": Uint8Array.of(1, 2) }, memory: 1000 });
  await assert.rejects(load(large), (error) => {
    assert.ok(error instanceof MemoryError);
    assert.match(
      error.message,
      /^Cannot keep the samples: 1 recordings as 4×40×1 would take .*audio\.seconds/,
    );
    return true;
  });
  await assert.rejects(
    load(runContext({ files: {} })),
    /Cannot find recordings to train on in "d", which has no files: .* <class>\/<name>\.wav$/,
  );
});
