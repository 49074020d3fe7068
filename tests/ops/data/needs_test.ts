import assert from "node:assert/strict";
import {
  keptSamples,
  pictureNeed,
  recordingNeed,
  textNeed,
  vectorNeed,
} from "../../../ops/data/needs.ts";

Deno.test("bytes of texts, pictures and vectors, counted by hand, and where fewer can be asked for", () => {
  assert.deepEqual(textNeed(3, 5), {
    ...{ bytes: 3 * 5 * 4 * 2, what: "3 samples of 5 tokens" },
    ...{ path: "text.length", help: "a smaller text.length" },
  });
  assert.deepEqual(pictureNeed(10, 4, [2, 3, 1]), {
    ...{ bytes: 10 * 6 + 4 * 6 * 2, what: "10 pictures of 2×3×1" },
    ...{ path: "resize", help: "resize: [height, width] with fewer pixels" },
  });
  assert.deepEqual(vectorNeed(7, 2), {
    ...{ bytes: 7 * 2 * 4 * 3, what: "7 vectors of 2 numbers" },
    ...{ path: "count", help: "fewer vectors, or smaller ones" },
  });
});

Deno.test("recordings take their features, and what computing one of them takes", () => {
  const { bytes, what, path } = recordingNeed(7, [4, 10, 1], { length: 100, transform: 32 });
  assert.equal(bytes, 7 * 40 * 4 * 3 + 8 * (3 * 100 + 8 * 32));
  assert.deepEqual([what, path], ["7 recordings as 4×10×1", "audio.seconds"]);
});

Deno.test("a limit leaves out training samples alone", () => {
  const split = { validation: 0.1, test: 0.25, by: "label" } as const;
  assert.equal(keptSamples(100, { split }), 100);
  assert.equal(keptSamples(100, { split, limit: 5 }), 5 + 10 + 25);
  assert.equal(keptSamples(100, { split, limit: 66 }), 65 + 10 + 25);
});
