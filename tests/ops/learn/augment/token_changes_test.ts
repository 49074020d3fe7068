import assert from "node:assert/strict";
import { plainVocabulary, type Vocabulary } from "../../../../ops/data/text/vocabulary.ts";
import {
  cropped,
  dropped,
  masked,
  replaced,
  wordsOf,
} from "../../../../ops/learn/augment/token_changes.ts";
import type { Augmentation } from "../../../../ops/learn/augment/augment.ts";
import { variation } from "../../../../ops/learn/augment/vary.ts";
import { fc } from "../../../deps.ts";

const [PAD, UNKNOWN, START, END, MASK] = [0, 1, 2, 3, 4];
const vocabulary: Vocabulary = {
  tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "d", "e"],
  padding: PAD,
  unknown: UNKNOWN,
  mask: MASK,
  frame: { start: [START], end: [END] },
};
const words = wordsOf(vocabulary);
const text = [START, 5, 6, UNKNOWN, 8, 9, END, PAD, PAD];
const draws = (...values: number[]) => Float32Array.from(values);
const after = (change: (values: Float32Array) => void, values: readonly number[] = text) => {
  const result = Float32Array.from(values);
  change(result);
  return [...result];
};

Deno.test("tokens are hidden where the draw is below the fraction; frame and padding never", () => {
  const all = draws(0, 0, 0.9, 0, 0.9, 0.1, 0, 0, 0);
  assert.deepEqual(after(masked(0.5, all, words)), [START, MASK, 6, MASK, 8, MASK, END, PAD, PAD]);
  const plain = wordsOf(plainVocabulary(["[padding]", "[unknown]", "x"], 0, 1));
  assert.deepEqual(after(masked(0.5, draws(0, 0, 0), plain), [2, 2, 0]), [1, 1, 0]);
});

Deno.test("tokens give way to others of the vocabulary, never to those with a meaning of their own", () => {
  const rows = draws(...[0, 0, 0.9, 0, 0.9, 0.9, 0, 0, 0], ...[0, 0.99, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(after(replaced(0.5, rows, words)), [START, 9, 6, 5, 8, 9, END, PAD, PAD]);
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 18, maxLength: 18 }),
      (u) => {
        const result = after(replaced(0.5, draws(...u), words));
        assert.deepEqual([result[0], ...result.slice(6)], [START, END, PAD, PAD]);
        assert.ok(result.slice(1, 6).every((token) => token === UNKNOWN || token >= 5));
      },
    ),
  );
});

Deno.test("dropped tokens leave no gap, the end follows at once, and one always stays", () => {
  const some = draws(0, 0.1, 0.9, 0.1, 0.8, 0.1, 0, 0, 0);
  assert.deepEqual(after(dropped(0.5, some, words)), [START, 6, 8, END, PAD, PAD, PAD, PAD, PAD]);
  const none = draws(0, 0.1, 0.2, 0.3, 0.2, 0.1, 0, 0, 0);
  assert.deepEqual(after(dropped(0.5, none, words)), [
    START,
    UNKNOWN,
    END,
    PAD,
    PAD,
    PAD,
    PAD,
    PAD,
    PAD,
  ]);
  assert.deepEqual(after(dropped(0.5, none, words), [START, END, ...Array(7).fill(PAD)]), [
    ...[START, END, PAD, PAD, PAD, PAD, PAD, PAD, PAD],
  ]);
});

Deno.test("a crop keeps a stretch of tokens, each beginning equally likely", () => {
  const at = (draw: number) => after(cropped(3, draw, words)).slice(0, 5);
  assert.deepEqual(at(0), [START, 5, 6, UNKNOWN, END]);
  assert.deepEqual(at(0.34), [START, 6, UNKNOWN, 8, END]);
  assert.deepEqual(at(0.999), [START, UNKNOWN, 8, 9, END]);
  assert.deepEqual(after(cropped(20, 0.9, words)), text);
});

Deno.test("each augmentation touches its fraction of tokens, by seed, epoch and sample alone", () => {
  const length = 50;
  const meta = {
    ...{ input: [length], type: "int32", task: "classification", classes: [], outputs: 2 } as const,
    normalize: { scale: [1], offset: [0] },
    text: vocabulary,
  };
  const seen = (augmentation: Augmentation, seed = 1, epoch = 0) => {
    const { view } = variation(meta, [augmentation], seed, 100);
    return Array.from({ length: 100 }, (_, sample) => {
      const values = new Float32Array(length).fill(5);
      for (const change of view(epoch, sample).changes) change(values);
      return [...values];
    });
  };
  const near = (count: number, fraction: number) => {
    const total = 100 * length;
    const deviation = Math.sqrt(total * fraction * (1 - fraction));
    assert.ok(Math.abs(count - total * fraction) < 4 * deviation, `${count}`);
  };
  const mask = { use: "mask-tokens", fraction: 0.2 } as const;
  near(seen(mask).flat().filter((token) => token === MASK).length, 0.2);
  near(
    seen({ use: "drop-tokens", fraction: 0.3 }).flat().filter((token) => token === PAD).length,
    0.3,
  );
  // One of five that it may give way to is itself.
  near(
    seen({ use: "replace-tokens", fraction: 0.5 }).flat().filter((token) => token !== 5).length,
    0.4,
  );
  assert.ok(
    seen({ use: "crop-tokens", tokens: 7 }).every((row) => row.filter((t) => t === 5).length === 7),
  );
  assert.deepEqual(seen(mask), seen(mask));
  assert.notDeepEqual(seen(mask), seen(mask, 2));
  assert.notDeepEqual(seen(mask), seen(mask, 1, 1));
});

Deno.test("without a frame the first and the last token change like all others", () => {
  const plain = wordsOf(plainVocabulary(["[padding]", "[unknown]", "x", "y"], 0, 1));
  const text = [2, 3, 2];
  assert.deepEqual(after(masked(0.5, draws(0, 0.5, 0.4), plain), text), [1, 3, 1]);
  const both = draws(0, 0.5, 0.4, 0.9, 0, 0.9);
  assert.deepEqual(after(replaced(0.5, both, plain), text), [3, 3, 3]);
  const bare = wordsOf(plainVocabulary(["[padding]", "[unknown]"], 0, 1));
  assert.deepEqual(after(replaced(0.5, draws(0, 0, 0, 0), bare), [1, 1]), [1, 1]);
  assert.deepEqual(after(dropped(0.5, draws(0.1, 0.5, 0.2), plain), text), [3, 0, 0]);
  assert.deepEqual(after(cropped(3, 0.9, plain), text), text);
  assert.deepEqual(after(cropped(4, 0.9, plain), text), text);
  assert.deepEqual(after(cropped(2, 0.5, plain), text), [3, 2, 0]);
});
