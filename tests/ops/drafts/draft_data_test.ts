import assert from "node:assert/strict";
import { asksNumbers, draftData } from "../../../ops/drafts/draft_data.ts";
import type { Architecture, Layer, Model } from "../../../ops/model/model.ts";

/** A model of these layers, whose last gives the answer. */
function modelOf(
  shape: readonly number[],
  layers: readonly Layer[],
  rest: Partial<Model> = {},
): Model {
  const structure: Architecture = {
    family: "loaded",
    inputs: [{ name: "input", shape }],
    layers,
    outputs: [layers.at(-1)!.name],
    head: "softmax",
  };
  return {
    ...structure,
    weights: {},
    preprocess: null,
    classes: [],
    established: {},
    learned: true,
    quantization: null,
    ...rest,
  };
}

const dense = (units: number, read = "input"): Layer => ({
  kind: "dense",
  name: `dense-${units}`,
  inputs: [read],
  units,
  bias: true,
  activation: "none",
} as unknown as Layer);

const named = (from: string, format?: string, besideModel: readonly string[] = []) => ({
  from,
  ...format === undefined ? {} : { format },
  there: true,
  files: [],
  besideModel,
  modelFile: (name: string) => `./beside/${name}`,
});

Deno.test("pictures get the model's size and colours, under each usual normalisation", () => {
  const ways = draftData(modelOf([24, 32, 3], [dense(5)]), named("./pictures/", "images"));
  const fields = { from: "./pictures/", format: "images", resize: [24, 32], color: "rgb" };
  assert.deepEqual(ways.map(({ normalize: _, ...rest }) => rest), ways.map(() => fields));
  assert.deepEqual(ways.slice(0, 3).map(({ normalize }) => normalize), [
    "none",
    "unit",
    { use: "range", low: -1, high: 1 },
  ]);
  assert.equal((ways[3]!.normalize as { use: string }).use, "fixed");
  const gray = draftData(modelOf([8, 8, 1], [dense(5)]), named("./pictures/", "images"));
  assert.equal(gray[0]!.color, "gray");
  assert.ok(gray.every(({ normalize }) => (normalize as { use?: string }).use !== "fixed"));
});

Deno.test("a folder of pictures is told by its files, parts or none", () => {
  const model = modelOf([8, 8, 1], [dense(5)]);
  for (const files of [["cats/1.png"], ["train/cats/1.jpg", "test/cats/2.jpg"]]) {
    const [first] = draftData(model, { ...named("./pictures"), files });
    assert.deepEqual([first!.format, first!.resize, first!.color], ["images", [8, 8], "gray"]);
  }
  const [other] = draftData(model, { ...named("./records"), files: ["train.bin"] });
  assert.deepEqual(Object.keys(other!), ["from", "normalize"]);
});

Deno.test("a model with a normalisation of its own is asked with that alone", () => {
  const own = { preprocess: { scale: [1], offset: [0] } };
  const model = modelOf([4], [dense(3)], own);
  assert.deepEqual(draftData(model, named("./a.csv")), [{ from: "./a.csv" }]);
});

Deno.test("names of classes are the file's where the format of the data is said", () => {
  const model = modelOf([4], [dense(2)], { classes: ["no", "yes"] });
  assert.deepEqual(draftData(model, named("./a.csv", "csv"))[0]!.classes, ["no", "yes"]);
  assert.equal("classes" in draftData(model, named("./a.csv"))[0]!, false);
  const one = modelOf([4], [dense(1)], { head: "sigmoid", classes: ["yes"] });
  assert.deepEqual(draftData(one, named("./a.csv", "csv"))[0]!.classes, ["yes"]);
});

Deno.test("a model that gives one number and no probability is asked for numbers", () => {
  const number = modelOf([4], [dense(1)], { head: "none" });
  assert.equal(asksNumbers(number), true);
  assert.equal(draftData(number, named("./a.csv"))[0]!.task, "regression");
  for (const head of ["sigmoid", "softmax"] as const) assert.ok(!asksNumbers({ ...number, head }));
  assert.equal(asksNumbers(modelOf([4], [dense(2)], { head: "none" })), false);
});

Deno.test("texts are cut to the model's length, with a vocabulary that lies beside it", () => {
  const embedding = {
    kind: "embedding",
    name: "words",
    inputs: ["input"],
    vocabulary: 9,
    units: 2,
  };
  const layers = [embedding as unknown as Layer, dense(2, "words")];
  const model = modelOf([16], layers);
  const text = (beside: readonly string[], of = model) =>
    draftData(of, named("./a.txt", "text", beside)).map(({ text }) => text);
  assert.deepEqual(text([]), [{ tokens: "words", length: 16 }]);
  assert.deepEqual(text(["model.json", "vocab.txt"]), [
    { tokens: "words", length: 16, vocabulary: "./beside/vocab.txt" },
  ]);
  assert.deepEqual(text(["vocab.txt"], { ...model, family: "bert" }), [
    { tokens: { from: "./beside/vocab.txt" }, length: 16 },
  ]);
  assert.deepEqual(text(["tokenizer.json", "vocab.txt"]), [
    { tokens: { from: "./beside/tokenizer.json" }, length: 16 },
  ]);
});

Deno.test("an embedded data set goes by its name, unless a file has it; no other format is known", () => {
  const model = modelOf([4], [dense(3)]);
  const iris = { ...named("iris"), there: false };
  assert.equal(draftData(model, iris)[0]!.use, "iris");
  assert.equal(draftData(model, { ...iris, there: true })[0]!.from, "iris");
  assert.equal(draftData(model, { ...iris, from: "./none.csv" })[0]!.from, "./none.csv");
  assert.throws(() => draftData(model, named("./a", "tiff")), /no format of data "tiff"/);
  assert.throws(() => draftData(model, { ...iris, from: "rises" }), {
    ...{ code: "usage", help: "a path, or one of digits, iris, names, spam, latent" },
    message: '"rises" is neither a file nor a folder, and no data set that comes along',
  });
  assert.equal(draftData(model, { ...iris, from: "rises", there: true })[0]!.from, "rises");
});

const imagenet = {
  use: "fixed",
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};
const signed = { use: "range", low: -1, high: 1 };

Deno.test("every normalisation that comes into question, in the order of trials", () => {
  const ways = (shape: readonly number[]) =>
    draftData(modelOf(shape, [dense(5)]), named("./a")).map(({ normalize }) => normalize);
  assert.deepEqual(ways([8, 8, 3]), ["none", "unit", signed, imagenet]);
  assert.deepEqual(ways([8, 8, 1]), ["none", "unit", signed, "standard"]);
  assert.deepEqual(ways([4]), ["none", "standard", "unit"]);
  assert.deepEqual(ways([4, 2]), ["none", "standard", "unit"]);
});

Deno.test("a model of rows has no size for pictures", () => {
  const [first] = draftData(modelOf([4], [dense(5)]), named("./a", "images"));
  assert.deepEqual(first, { from: "./a", format: "images", normalize: "none" });
});

Deno.test("a number has neither names nor company", () => {
  const number = modelOf([4], [dense(1)], { head: "none" });
  assert.equal(asksNumbers({ ...number, classes: ["one"] }), false);
  const [first] = draftData(number, named("./a.csv", "csv"));
  assert.deepEqual(first, {
    ...{ from: "./a.csv", format: "csv", task: "regression", normalize: "none" },
  });
  const [unnamed] = draftData(modelOf([4], [dense(2)]), named("./a.csv", "csv"));
  assert.deepEqual(unnamed, { from: "./a.csv", format: "csv", normalize: "none" });
});

Deno.test("a vocabulary is known by its whole name; a table that reads no tokens makes no text", () => {
  const table = (reads: string) => ({
    ...{ kind: "embedding", name: "words", inputs: [reads], vocabulary: 9, units: 2 },
  } as unknown as Layer);
  const texts = (beside: readonly string[]) =>
    draftData(modelOf([16], [table("input"), dense(2, "words")]), named("./a", "text", beside));
  const vocabulary = (...beside: string[]) => {
    const [{ text }] = texts(beside) as unknown as [{ text: { vocabulary?: string } }];
    return text.vocabulary;
  };
  assert.equal(vocabulary("vocabulary.json"), "./beside/vocabulary.json");
  assert.equal(vocabulary("vocab.json"), "./beside/vocab.json");
  assert.equal(vocabulary("myvocab.txt", "vocab.txt.gz", "vocab.bin"), undefined);
  assert.deepEqual(texts([]).map((fields) => Object.keys(fields)), [["from", "format", "text"]]);
  const behind = modelOf([16], [dense(4), table("dense-4"), dense(2, "words")]);
  assert.ok(draftData(behind, named("./a")).every((fields) => !("text" in fields)));
});
