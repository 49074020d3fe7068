import assert from "node:assert/strict";
import { withGivenInputs } from "../../../ops/formats/given_inputs.ts";
import { UnreadableModelError } from "../../../ops/formats/format.ts";
import type { AskedModel } from "../../../ops/formats/asked.ts";
import type { Layer, Model, ModelInput } from "../../../ops/model/model.ts";
import { unsoundness } from "../../../ops/model/sound.ts";
import { plainValues } from "../plain_forward.ts";

/** Inputs joined one behind another: what each is given can be read off. */
function joined(...inputs: ModelInput[]): Model {
  const join: Layer = { name: "join", kind: "concat", inputs: inputs.map(({ name }) => name) };
  return {
    ...{ family: "loaded", inputs, layers: [join], outputs: ["join"], head: "none" },
    ...{ weights: {}, preprocess: null, classes: [], established: {}, learned: true },
    quantization: null,
  };
}

const rows = (...names: string[]) => names.map((name) => ({ name, shape: [3] }));

/** What the join makes of one sample. */
function valuesOf(inputs: readonly ModelInput[], asked: AskedModel["inputs"], x: number[]) {
  const model = withGivenInputs(joined(...inputs), { inputs: asked! });
  assert.equal(unsoundness(model), undefined);
  assert.equal(model.inputs.length, 1);
  const sample = { shape: model.inputs[0]!.shape, data: Float64Array.from(x) };
  return [...plainValues(model, [sample])["join"]!.data];
}

Deno.test("an input is given a number, positions, a mask, or the sample", () => {
  const given = (value: 0.5 | "positions" | "mask" | "sample") =>
    valuesOf(rows("a", "b"), { b: value }, [7, 0, 2]);
  assert.deepEqual(given(0.5), [7, 0, 2, 0.5, 0.5, 0.5]);
  assert.deepEqual(given("positions"), [7, 0, 2, 0, 1, 2]);
  assert.deepEqual(given("mask"), [7, 0, 2, 1, 0, 1]);
  assert.deepEqual(given("sample"), [7, 0, 2, 7, 0, 2]);
  // Whichever is left reads the samples.
  assert.deepEqual(valuesOf(rows("a", "b"), { a: "mask" }, [7, 0, 2]), [1, 0, 1, 7, 0, 2]);
  const wide = [{ name: "a", shape: [3] }, { name: "b", shape: [2] }];
  assert.deepEqual(valuesOf(wide, { b: "positions" }, [7, 0, 2]), [7, 0, 2, 0, 1]);
});

Deno.test("the columns of a row are divided among the inputs in their order", () => {
  const inputs = [{ name: "a", shape: [1] }, { name: "b", shape: [3] }, { name: "c", shape: [2] }];
  const columns = { a: "columns", b: "columns", c: "columns" } as const;
  assert.deepEqual(valuesOf(inputs, columns, [1, 2, 3, 4, 5, 6]), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(valuesOf(inputs, { ...columns, b: 0 }, [1, 2, 3]), [1, 0, 0, 0, 2, 3]);
});

Deno.test("what no input is given stays an input", () => {
  const model = joined(...rows("a", "b"));
  assert.equal(withGivenInputs(model, {}), model);
  assert.equal(withGivenInputs(model, { inputs: { b: "class" } }), model);
  const names = (inputs: AskedModel["inputs"]) =>
    withGivenInputs(joined(...rows("a", "b", "c")), { inputs: inputs! })
      .inputs.map(({ name }) => name);
  assert.deepEqual(names({ b: 1 }), ["a", "c"]);
  assert.deepEqual(names({ b: 1, a: "class" }), ["c", "a"]);
  assert.deepEqual(names({ b: "class", c: "class" }), ["a", "b", "c"]);
});

Deno.test("values that do not fit an input are refused by a sentence", () => {
  const wide = [{ name: "a", shape: [3] }, { name: "b", shape: [2] }];
  const cases: readonly (readonly [readonly ModelInput[], AskedModel["inputs"], RegExp])[] = [
    [rows("a"), { z: 0 }, /has no input "z"/],
    [wide, { b: "mask" }, /Input "b" reads 2, and is made of the sample, which is 3/],
    [wide, { b: "sample" }, /made of the sample, which is 3/],
    [wide, { b: "columns" }, /either divided into columns or read by "a"/],
    [wide, { a: 0, b: 0 }, /No input is left/],
    [rows("a", "b", "c"), {}, /reads a, b, c, and data feed one of them: "b" reads 3/],
    [[...wide, { name: "i", shape: [2, 2, 1] }], { b: 0 }, /"i" reads 2×2×1/],
    [[...wide, { name: "i", shape: [2, 2, 1] }], { b: 0, i: "class" }, /"i" reads 2×2×1/],
  ];
  for (const [inputs, asked, message] of cases) {
    assert.throws(() => withGivenInputs(joined(...inputs), { inputs: asked! }), message);
  }
  const prepared = { ...joined(...rows("a", "b")), preprocess: { scale: [2], offset: [0] } };
  assert.equal(withGivenInputs(prepared, { inputs: { b: 0 } }).preprocess, prepared.preprocess);
  assert.throws(
    () => withGivenInputs(prepared, { inputs: { a: 0 } }),
    /changes the values of its input "a" first, which is given others/,
  );
});

Deno.test("a name in the way out is printable", () => {
  const names = rows("x", "a\u2028b", "c");
  assert.throws(
    () => withGivenInputs(joined(...names), { inputs: {} }),
    (error) =>
      error instanceof UnreadableModelError && error.hint.help!.includes("{ a\\u2028b: … }"),
  );
});
