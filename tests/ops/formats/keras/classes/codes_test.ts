import assert from "node:assert/strict";
import {
  autoContrast,
  categoryEncoding,
  discretization,
  integerLookup,
  randomCrop,
} from "../../../../../ops/formats/keras/classes/codes.ts";
import { assertAnswers, singles } from "../support/saved.ts";
import { lines, reading } from "./one_reading.ts";

for (
  const name of singles(
    /^(CategoryEncoding|Discretization|IntegerLookup|AutoContrast|Random|Solar|.*Mix)/,
  )
) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

/** The table of the first layer that a reader adds. */
const table = (config: object) => {
  const { of, added } = reading(config, [[3]]);
  integerLookup(of);
  const { keys, values, other } = added[0]![0] as never as Record<string, unknown>;
  return [keys, values, other];
};

Deno.test("indices of a vocabulary stand behind those of the mask and of what is not in it", () => {
  assert.deepEqual(table({ vocabulary: [7, 5] }), [[7, 5], [1, 2], 0]);
  const masked = { vocabulary: [7, 5], "mask_token": 0 };
  assert.deepEqual(table(masked), [[0, 7, 5], [0, 2, 3], 1]);
  assert.deepEqual(table({ ...masked, vocabulary: [0, -1, 7] }), [[0, 7], [0, 2], 1]);
  assert.deepEqual(table({ ...masked, "output_mode": "count" }), [[0, 7, 5], [-1, 1, 2], 0]);
  assert.deepEqual(table({ vocabulary: [7], "num_oov_indices": 0 }), [[7], [0], -1]);
  assert.deepEqual(table({ ...masked, "num_oov_indices": 0 }), [[0, 7, 5], [0, 1, 2], -1]);
  assert.deepEqual(table({ ...masked, invert: true }), [[0, 2, 3], [0, 7, 5], -1]);
});

Deno.test("words of tfjs mean the same; one number a row gives way to the row", () => {
  const { of, added } = reading({ "num_tokens": 4, "output_mode": "oneHot" }, [[1]]);
  assert.equal(categoryEncoding(of), "a");
  assert.deepEqual(lines(added), ["a.hot one-hot < x0", "a reshape < a.hot"]);
  const many = reading({ "num_tokens": 4, "output_mode": "multiHot" }, [[3]]);
  categoryEncoding(many.of);
  assert.equal((many.added[0]![0] as { by?: string }).by, "any");
});

Deno.test("the middle of an image in the shape of the target, where Keras 2 crops", () => {
  const { of, added } = reading({ height: 2, width: 4 }, [[6, 8, 1]]);
  assert.equal(randomCrop(of), "a");
  const [part, resized] = added.map(([layer]) => layer as never as Record<string, unknown>);
  assert.deepEqual(part!.amounts, [[1, 1], [0, 0]]);
  assert.deepEqual(resized!.size, [2, 4]);
  const odd = reading({ height: 3, width: 2 }, [[4, 5, 1]]);
  randomCrop(odd.of);
  assert.deepEqual((odd.added[0]![0] as { amounts?: unknown }).amounts, [[0, 0], [1, 2]]);
});

Deno.test("what has no table, or gives what a network does not read, is refused", () => {
  const refused = (read: typeof discretization, config: object, why: RegExp, inputs = [[3]]) =>
    assert.throws(() => read(reading(config, inputs).of), why);
  refused(discretization, { "bin_boundaries": null }, /adapt it to data/);
  refused(discretization, { "bin_boundaries": [1], sparse: true }, /what it gives is sparse/);
  refused(
    discretization,
    { "bin_boundaries": [1], "output_mode": "tf_idf" },
    /: its output_mode tf_idf cannot be read$/,
  );
  refused(
    categoryEncoding,
    { "num_tokens": 2, "output_mode": "int" },
    /: its output_mode int cannot be read$/,
  );
  refused(categoryEncoding, { "num_tokens": 2 }, /its count_weights cannot be read/, [[3], [3]]);
  refused(integerLookup, { "num_oov_indices": 2 }, /num_oov_indices is more than 1/);
  refused(integerLookup, { vocabulary: null }, /its vocabulary is not in the model/);
  const inverted = { vocabulary: [1], invert: true, "output_mode": "one_hot" };
  refused(integerLookup, inverted, /inverted it gives tokens alone/);
  refused(autoContrast, { "value_range": [1] }, /its value_range is \[1\]/, [[2, 2, 1]]);
});
