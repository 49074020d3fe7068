/** What is told beside an export of its inputs and answers, for each kind of sample. */
import assert from "node:assert/strict";
import type { Json } from "../../../../engine/digest.ts";
import { USUAL_AUDIO } from "../../../../ops/data/audio/audio_fields.ts";
import type { Meta } from "../../../../ops/data/dataset.ts";
import { plainVocabulary } from "../../../../ops/data/text/vocabulary.ts";
import { preprocessing } from "../../../../ops/formats/preprocessing/preprocessing.ts";
import type { Layer } from "../../../../ops/model/model.ts";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";

const model = { ...livelyModel(zooNetworks.mlp!), classes: [] as string[] };
const normalize = { scale: [2, 1, 1], offset: [-1, 0, 0] };
const meta: Meta = {
  input: [3],
  type: "float32",
  task: "classification",
  classes: ["cat", "dog"],
  outputs: 2,
  normalize,
};
const told = (more: Partial<Meta> = {}, params = {}, notes = {}, of = model) =>
  preprocessing(of, {
    params,
    notes,
    manifest: { meta: { ...meta, ...more } } as unknown as Json,
  });

Deno.test("it says what is read, what was learned for it, and what the answers are called", () => {
  assert.deepEqual(told(), {
    format: 1,
    task: "classification",
    inputs: model.inputs,
    sample: { use: "numbers", shape: [3] },
    normalize: { by: "caller", ...normalize },
    answer: { head: model.head, names: ["cat", "dog"] },
  });
});

Deno.test("a model with its own preprocessing and classes is told by them", () => {
  const preprocess = { scale: [0.5], offset: [1] };
  const own = told({}, {}, {}, { ...model, preprocess, classes: ["a", "b"], head: "sigmoid" });
  assert.deepEqual(own.normalize, { by: "model", ...preprocess });
  assert.deepEqual(own.answer, { head: "sigmoid", names: ["a", "b"] });
});

Deno.test("targets have their names where the source has any", () => {
  const plain = { task: "regression", classes: [] } as const;
  assert.equal("names" in told(plain).answer, false);
  assert.deepEqual(told({ ...plain, targets: ["x", "y"] }).answer.names, ["x", "y"]);
});

Deno.test("columns of plain numbers are called as the step noted, if they are as many", () => {
  const named = (names: Json, more = {}) => told(more, {}, { columns: names }).sample;
  assert.deepEqual(named(["a", "b", "c"]), {
    use: "table",
    columns: ["a", "b", "c"].map((name, at) => ({ name, kind: "number", at })),
  });
  const numbers = { use: "numbers", shape: [3] };
  assert.deepEqual(named(["a", "b"]), numbers);
  assert.deepEqual(named("abc"), numbers);
  assert.deepEqual(named(["a", "b", "c"], { input: [3, 1] }).use, "numbers");
});

Deno.test("columns that were coded are told by what was learned, missing cells by what the recipe says", () => {
  const columns = [{ name: "a", fill: 1 }];
  const missing = { use: "mean", values: ["?"], indicator: false };
  const { sample } = told({ columns }, { columns: { missing } });
  assert.deepEqual(sample, {
    use: "table",
    missing: ["", "?"],
    columns: [{ name: "a", kind: "number", at: 0, fill: 1 }],
  });
  assert.equal("missing" in told({ columns }).sample, false);
});

Deno.test("pictures have one channel or three, bytes to 255 and floats to 1", () => {
  const picture = (shape: readonly number[], type: Meta["type"] = "uint8") =>
    told({ input: shape, type }).sample;
  assert.deepEqual(picture([4, 5, 3]), {
    ...{ use: "picture", height: 4, width: 5 },
    ...{ channels: 3, most: 255 },
  });
  assert.deepEqual(picture([4, 5, 1], "float32"), {
    ...{ use: "picture", height: 4, width: 5 },
    ...{ channels: 1, most: 1 },
  });
  assert.deepEqual(picture([4, 5, 2]), { use: "numbers", shape: [4, 5, 2] });
  assert.deepEqual(picture([4, 5]), { use: "numbers", shape: [4, 5] });
});

Deno.test("sound has all that its features are computed by, what is left out filled in", () => {
  const audio = { ...USUAL_AUDIO, rate: 8000 };
  assert.deepEqual(told({}, { audio }).sample, { use: "sound", ...audio, high: 4000 });
  const bounded = { ...audio, high: 3000 };
  assert.deepEqual(told({}, { audio: bounded }).sample, { use: "sound", ...bounded });
  const usual = { input: [49, 40, 1] };
  assert.deepEqual(told(usual).sample, { use: "sound", ...USUAL_AUDIO, high: 8000 });
  assert.equal(told({ ...usual, type: "uint8" }).sample.use, "picture");
  assert.equal(told({ input: [49, 41, 1] }).sample.use, "picture");
});

Deno.test("texts are cut and numbered as the file beside says", () => {
  const text = plainVocabulary(["[padding]", "[unknown]"], 0, 1);
  assert.deepEqual(told({ input: [6], type: "int32", text }).sample, {
    use: "text",
    length: 6,
    vocabulary: "vocabulary.json",
  });
});

Deno.test("an input that only training has is not told of", () => {
  const inputs = [...model.inputs, { name: "spread", shape: [2] }];
  const unread = { ...model.layers[0]!, name: "unread", inputs: ["spread"] } as Layer;
  const whole = { ...model, inputs, layers: [...model.layers, unread] };
  assert.deepEqual(told({}, {}, {}, whole).inputs, model.inputs);
});
