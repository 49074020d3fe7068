/** What a page makes of what people give it, against the readers of data. */
import assert from "node:assert/strict";
import { type AudioParams, USUAL_AUDIO } from "../../../../ops/data/audio/audio_fields.ts";
import { audioFeatures } from "../../../../ops/data/audio/features.ts";
import { inColor } from "../../../../ops/data/images/color.ts";
import { tokensOf as read } from "../../../../ops/data/text/tokens.ts";
import { plainVocabulary } from "../../../../ops/data/text/vocabulary.ts";
import {
  boxOf,
  numbersOf,
  pictureValues,
  prepared,
  rowValues,
  soundValues,
  tokensOf,
} from "../../../../ops/formats/page/inputs.js";
import { preprocessed } from "../../../../ops/model/preprocess.ts";
import { numberedTexts } from "../../data/text/placed.ts";

Deno.test("a picture in grey is the luma that the readers compute, in colour its channels", () => {
  const pixels = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [12, 200, 77]];
  const rgba = Uint8ClampedArray.from(pixels.flatMap((pixel) => [...pixel, 255]));
  const data = Uint8Array.from(pixels.flat());
  const grey = inColor({ width: 2, height: 2, channels: 3, data }, "gray").data;
  pictureValues(rgba, [2, 2, 1], 255).forEach((value: number, i: number) =>
    assert.ok(Math.abs(value - grey[i]!) <= 0.51, `${value}, not ${grey[i]}`)
  );
  assert.deepEqual([...pictureValues(rgba, [2, 2, 3], 255)], pixels.flat());
  assert.deepEqual([...pictureValues(rgba, [2, 2, 3], 1)].slice(0, 3), [1, 0, 0]);
});

Deno.test("what is drawn is found by its difference from the ground", () => {
  const picture = (ground: number, ...drawn: readonly (readonly [number, number])[]) => {
    const rgba = new Uint8ClampedArray(4 * 5 * 4).fill(ground);
    for (const [x, y] of drawn) rgba[4 * (y * 5 + x)] = 255 - ground;
    return boxOf(rgba, 5, ground);
  };
  assert.equal(picture(0), undefined);
  assert.deepEqual(picture(0, [1, 2]), [1, 2, 2, 3]);
  assert.deepEqual(picture(255, [3, 0], [1, 3], [2, 1]), [1, 0, 4, 4]);
  assert.equal(boxOf(Uint8ClampedArray.of(31, 0, 0, 0), 1, 0), undefined);
  assert.deepEqual(boxOf(Uint8ClampedArray.of(32, 0, 0, 0), 1, 0), [0, 0, 1, 1]);
});

Deno.test("samples are scaled and moved by the last axis, as the layers of the engine see them", () => {
  const preprocess = { scale: [0.5, 2], offset: [1, -1] };
  const values = [1, 2, 3, 4];
  const wanted = preprocessed(Float32Array.from(values), preprocess);
  assert.deepEqual(prepared(values, preprocess), [...wanted]);
  assert.deepEqual(prepared(values, { scale: [2], offset: [1] }), [3, 5, 7, 9]);
});

Deno.test("cells of a row become numbers as the columns say, and no row where one says something else", () => {
  const town = { name: "town", kind: "category", at: 1, categories: ["Bonn", "Ulm"] };
  const columns = [
    { name: "age", kind: "number", at: 0, fill: 40 },
    { ...town, code: "one-hot", unknown: "zeros", missing: "Ulm" },
    { ...town, code: "one-hot", unknown: "column", missing: "(missing)" },
    { ...town, code: "integer", unknown: "zero", missing: "Bonn" },
    { name: "age", kind: "missing", at: 7, of: 0 },
  ];
  const row = (...cells: string[]) => rowValues(cells, { columns, missing: ["", "NA"] });
  assert.deepEqual(row("33", "Bonn", "Ulm", "Ulm"), [33, 1, 0, 0, 1, 0, 2, 0]);
  assert.deepEqual(row("NA", "", "", "NA"), [40, 0, 1, 0, 0, 1, 1, 1]);
  assert.deepEqual(row("-1.5e1", "Rom", "Rom", "Rom"), [-15, 0, 0, 0, 0, 1, 0, 0]);
  assert.equal(row("old", "Bonn", "Ulm", "Ulm"), undefined);
  assert.equal(row("Infinity", "Bonn", "Ulm", "Ulm"), undefined);
  const plain = [columns[0]!, { ...columns[1]!, missing: undefined }];
  const strict = (...cells: string[]) => rowValues(cells, { columns: plain, missing: undefined });
  assert.deepEqual(strict("1", ""), [1, 0, 0]);
  assert.equal(strict("", "Ulm"), undefined, "nothing stands for a blank");
  assert.equal(strict("NA", "Ulm"), undefined);
});

const TEXTS = ["Don’t  panic, it's 42!", "Zwölf Boxkämpfer 🎉", "", "a\nb\tc"];

Deno.test("texts are cut and numbered as the data's are", () => {
  for (const text of TEXTS) {
    for (const use of ["words", "characters"] as const) {
      assert.deepEqual(tokensOf(text, use), read(text, use), text);
      const found = read(text, use);
      const tokens = ["[padding]", "[unknown]", ...found.slice(0, 3), "[", "]"];
      const frames = [{ start: [], end: [] }, { start: [5], end: [6, 6] }];
      for (const frame of frames) {
        for (const length of [1, 4, 9]) {
          const vocabulary = { ...plainVocabulary(tokens, 0, 1), frame };
          const own = numbersOf(found, { tokens, length, padding: 0, unknown: 1, ...frame });
          assert.deepEqual([...own], numberedTexts([found], vocabulary, length), text);
        }
      }
    }
  }
});

Deno.test("sound has the features that the data's recordings have", () => {
  const sizes = { rate: 8000, seconds: 0.2, window: 25, hop: 10 };
  const kinds: readonly AudioParams[] = [
    { ...USUAL_AUDIO, ...sizes },
    { ...USUAL_AUDIO, ...sizes, high: 3000, low: 50, features: { use: "mel", bands: 12 } },
    { ...USUAL_AUDIO, ...sizes, features: { use: "mfcc", bands: 20, coefficients: 7 } },
  ];
  const wave = (length: number) =>
    Float64Array.from(
      { length },
      (_, n) => 0.4 * Math.sin(0.3 * n) + 0.2 * Math.sin(1.7 * n + 0.0004 * n * n),
    );
  for (const audio of kinds) {
    for (const length of [1600, 700, 3000]) {
      const own = soundValues(wave(length), audio);
      const wanted = audioFeatures(audio)(wave(length));
      assert.equal(own.length, wanted.length);
      own.forEach((value: number, i: number) =>
        assert.ok(Math.abs(value - wanted[i]!) < 1e-4, `${value}, not ${wanted[i]}, at ${i}`)
      );
    }
  }
});
