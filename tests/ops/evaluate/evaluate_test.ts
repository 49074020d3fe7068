import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { compile } from "../../../engine/graph/compile.ts";
import { opSet, ParameterError } from "../../../engine/op.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { ops } from "../../../ops/mod.ts";
import { type Dataset, factsOf } from "../../../ops/data/dataset.ts";
import { evaluate } from "../../../ops/evaluate/evaluate.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { declared, fieldsOf } from "../declared.ts";
import { assertListedInOrder } from "../../listed.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";
import { tableData } from "../learn/small_trainings.ts";

refuseLeaks(true);

/** The identity of two numbers as logits: the larger one wins. */
const larger = denseModel([{ kernel: [[1, 0], [0, 1]], bias: [0, 0] }]);
const smaller = denseModel([{ kernel: [[-1, 0], [0, -1]], bias: [0, 0] }]);

const part = (x: number[], y: number[]) => ({
  count: y.length,
  x: Float32Array.from(x),
  y: Int32Array.from(y),
});
const data: Dataset = {
  meta: {
    ...{ input: [2], type: "float32" as const, task: "classification" as const },
    ...{ classes: ["left", "right"], outputs: 2, normalize: { scale: [1], offset: [0] } },
  },
  parts: { test: part([2, 0, 0, 3, 1, 0, 0, 1], [0, 1, 1, 1]), train: part([1, 0], [1]) },
};
const tfjs = { use: "tfjs", storage: "native", shard: "4 MiB", tolerance: 0.001 } as const;
const usual = { split: "test", format: tfjs } as const;
const run = async (given: object, params: object = {}) =>
  await evaluate.run(
    { model: larger, reference: undefined, data, ...given },
    { ...usual, ...params } as never,
    runContext(),
  );

Deno.test("accuracy, loss and agreement are those worked out by hand", async () => {
  const found = await run({ reference: smaller });
  assert.deepEqual([found.samples, found.accuracy, found.agreement], [4, 3 / 4, 0]);
  // Cross-entropy of a margin m in favour of the truth: ln(1 + e^−m), m = 2, 3, −1, 1.
  const expected = [2, 3, -1, 1].reduce((sum, m) => sum + Math.log1p(Math.exp(-m)), 0) / 4;
  assert.ok(Math.abs(found.loss! - expected) < 1e-6);
});

Deno.test("a model agrees with itself wholly", async () => {
  assert.equal((await run({ reference: larger })).agreement, 1);
});

Deno.test("where nothing is chosen, nobody agrees", async () => {
  const table = tableData([[1, 2], [3, 1]], [[2], [2]]);
  const regression: Dataset = { meta: table.meta, parts: { test: table.parts.train! } };
  const sum = denseModel([{ kernel: [[1], [1]], bias: [0] }]);
  const negative = denseModel([{ kernel: [[-1], [-1]], bias: [0] }]);
  const found = await run({ model: sum, reference: negative, data: regression });
  assert.ok(found.metrics.mae !== undefined && !("agreement" in found), JSON.stringify(found));
  const known = {
    model: modelFacts(sum, sum),
    reference: modelFacts(negative, negative),
    data: factsOf(regression.meta),
  };
  assert.throws(
    () => evaluate.facts(known, { ...usual, metrics: ["agreement"] } as never),
    /`agreement` says nothing about regression/,
  );
});

/** What `check` finds wrong with a recipe of the ops that ship. */
function wrongOf(text: string): string[] {
  const all = opSet(ops);
  const recipe = parseRecipe(`decant: 1\nname: x\n${text}\n`, "x.yaml", all);
  return compile(recipe, all).diagnostics.map(({ path, message, help }) =>
    `${path} ${message}${help === undefined ? "" : `; ${help}`}`
  );
}

const made = "{ use: mlp, hidden: [4], train: { epochs: 1 } }";
const pair = `teacher: ${made}\nstudent: { use: mlp, hidden: [4] }\ndistill: { epochs: 1 }\n`;

Deno.test("agreement may be asked for wherever a model is compared, and not of the one it is compared with", () => {
  assert.deepEqual(wrongOf(`data: iris\n${pair}evaluate: { metrics: [agreement] }`), []);
  assert.deepEqual(wrongOf(`data: iris\n${pair}evaluate: { metrics: agreement }`), []);
  assert.deepEqual(
    wrongOf(
      `data: iris\nmodel: ${made}\nquantize: { scheme: int8 }\nevaluate: { metrics: [recall, agreement] }`,
    ),
    [],
  );
  assert.deepEqual(
    wrongOf(`data: iris\n${pair}evaluate: { metrics: [agreement, mae] }`),
    ["evaluate.metrics.1 `mae` says nothing about classification; metrics: [accuracy, loss]"],
  );
  assert.deepEqual(wrongOf(`data: iris\nmodel: ${made}\nevaluate: { metrics: [agreement] }`), [
    "evaluate.metrics.0 `agreement` compares with a reference, and there is none",
  ]);
});

Deno.test("a claim on the agreement of a regression is refused where the task is known", () => {
  const data = "data: { from: ./x.csv, task: regression }\n";
  const claim = "expect: [distilled.agreement >= 50 %]";
  const taught = pair.replace("epochs: 1 }\n", "epochs: 1, loss: [{ use: logits }] }\n");
  assert.deepEqual(wrongOf(`${data}${taught}${claim}`), [
    "expect.0 `agreement` of `distilled` is not measured; agreement counts equal choices, and in regression nothing is chosen",
  ]);
  assert.deepEqual(wrongOf(`data: iris\n${pair}${claim}`), []);
});

Deno.test("sizes are counted without data", async () => {
  const found = await run({ data: undefined, reference: undefined });
  const { bytes, ...rest } = found;
  assert.deepEqual(rest, { parameters: 6, nonzero: 2, macs: 4, metrics: {} });
  assert.equal(bytes!.raw, 24);
  assert.equal(bytes!.format, "tfjs");
  assert.ok(bytes!.encoded > bytes!.raw && bytes!.gzip < bytes!.encoded);
});

Deno.test("figures that are asked for come instead of the usual ones", async () => {
  const found = await run({}, { metrics: ["recall", "confusion"] });
  assert.deepEqual(found.metrics, { recall: { left: 1, right: 2 / 3 } });
  assert.deepEqual(found.confusion, [[1, 0], [1, 2]]);
  assert.equal(found.accuracy, undefined);
});

Deno.test("another split is another part, and the key holds that part alone", async () => {
  const found = await run({}, { split: "train" });
  assert.deepEqual([found.samples, found.accuracy], [1, 0]);
  const { parts } = evaluate.inputs.data;
  assert.deepEqual([parts!({ split: "train" }), parts!({ split: "test" })], [["meta", "train"], [
    "meta",
    "test",
  ]]);
});

Deno.test("numbers are measured by their errors", async () => {
  const table = tableData([[1, 2], [3, 4]], [[1, 0], [3, 8]]);
  const regression: Dataset = { meta: table.meta, parts: { test: table.parts.train! } };
  const found = await run({ data: regression });
  assert.deepEqual([found.loss, found.metrics.mae, found.accuracy], [
    (4 + 16) / 4,
    6 / 4,
    undefined,
  ]);
});

Deno.test("a part without samples is refused", async () => {
  const empty = { meta: data.meta, parts: { test: part([], []) } };
  const message = "Cannot measure on test: it has no samples";
  await assert.rejects(run({ data: empty }), new RangeError(message));
});

Deno.test("figures that say nothing here are found before anything runs", () => {
  const model = modelFacts(larger, larger);
  const known = { model, data: factsOf(data.meta) };
  const refused = (
    inputs: object,
    params: object,
    ...[code, path, message, help]: ConstructorParameters<typeof ParameterError>
  ) =>
    assert.throws(
      () => evaluate.facts(inputs as never, { ...usual, ...params } as never),
      new ParameterError(code, path, message, help),
    );
  const of = (...metrics: readonly string[]) => ({ metrics });
  refused(
    known,
    of("accuracy", "mae"),
    ...["unknown-value", "metrics.1", "`mae` says nothing about classification"] as const,
    "metrics: [accuracy, loss]",
  );
  refused(
    known,
    of("output-error"),
    ...["unknown-value", "metrics.0"] as const,
    "`output-error` is of what a model makes, and says nothing about classification",
    "data: { task: reconstruction }",
  );
  refused(
    known,
    of("agreement"),
    ...["missing-input", "metrics.0"] as const,
    "`agreement` compares with a reference, and there is none",
  );
  refused(
    { model },
    of("accuracy"),
    ...["missing-input", "metrics.0"] as const,
    "`accuracy` is measured on samples, and there are no data",
  );
  const making = { model, data: { ...known.data, task: "reconstruction" } };
  refused(
    making,
    of("accuracy"),
    ...["unknown-value", "metrics.0", "`accuracy` says nothing about reconstruction"] as const,
    "metrics: [output-error]",
  );
  refused(
    making,
    of("output-error", "frechet"),
    ...["missing-parameter", "metrics.1"] as const,
    "`frechet` looks at what is made through a model, and none is named",
    "through: classifier",
  );
  const through = (looks: object) => ({ ...making, through: looks });
  const looking = { ...of("frechet"), through: "classifier" };
  refused(
    through({ ...model, learned: false }),
    looking,
    ...["untrained", "through", "nothing has trained the model that looks"] as const,
  );
  refused(
    through({ ...model, established: ["format"] }),
    looking,
    ...["order", "through"] as const,
    "`frechet` looks inside the model it asks, and between the layers of a quantized one there are integers",
    "name the model that was quantized",
  );
  const { task: _task, ...open } = known.data;
  const fine: readonly (readonly [object, object])[] = [
    [{ ...known, reference: model }, of("top5", "agreement")],
    [known, {}],
    [{ model }, {}],
    [{ model, data: open }, of("mae", "agreement")],
    [through(model), looking],
    [making, looking],
    [making, of("output-error")],
  ];
  for (const [inputs, params] of fine) {
    const facts = evaluate.facts(inputs as never, { ...usual, ...params } as never);
    assert.deepEqual(facts, { kind: "metrics" });
  }
});

const three = denseModel([{ kernel: [[1, 0, 0], [0, 1, 0]], bias: [0, 0, 0] }]);

Deno.test("answers for other classes are not measured, and that is said", async () => {
  const known = { model: modelFacts(three, three), data: factsOf(data.meta) };
  assert.deepEqual(evaluate.facts(known, usual as never), {
    kind: "metrics",
    misfit: {
      ...{ code: "shape-mismatch", path: "data" },
      message: "the model has 3 outputs, the data 2 classes",
      help:
        "classes: the 3 names in the order of the outputs, as a list or a file; or a model for 2",
    },
  });
  const context = runContext();
  const { bytes: _bytes, ...found } = await evaluate.run(
    { model: three, reference: larger, data },
    usual as never,
    context,
  );
  assert.deepEqual(found, { parameters: 9, nonzero: 2, macs: 6, metrics: {} });
  assert.deepEqual(context.reported.warnings, [
    "its answers are not measured: the model has 3 outputs, the data 2 classes",
  ]);
  const beside = await run({ reference: three });
  assert.deepEqual([beside.accuracy, "agreement" in beside], [3 / 4, false]);
});

Deno.test("what is made is measured through the model that is named", async () => {
  const { meta, parts } = tableData([[1, 0], [0, 2]], [[0], [0]]);
  const making: Dataset = {
    meta: { ...meta, task: "reconstruction" },
    parts: { test: parts.train! },
  };
  const other = denseModel([{ kernel: [[3, 0], [0, 3]] }, { kernel: [[1, 0], [0, 1]] }]);
  const half = denseModel([{ kernel: [[0.5, 0], [0, 0.5]], bias: [0, 0] }]);
  const asked = (params: object) =>
    evaluate.run(
      { model: half, reference: undefined, data: making },
      { ...usual, ...params } as never,
      runContext({ referenced: { "digest of the other": other } }),
    );
  const { metrics, parameters } = await asked({
    metrics: ["output-error", "frechet"],
    through: "digest of the other",
  });
  assert.equal(parameters, 6);
  assert.equal(metrics["output-error"], (0.25 + 1) / 4);
  // Seen are the samples three times as large: means (1.5, 3) and half of it, and roots half as large too.
  const trace = (4.5 + 18) * (1 + 1 / 4 - 2 / 2);
  assert.ok(Math.abs(metrics.frechet as number - (0.75 ** 2 + 1.5 ** 2 + trace)) < 1e-5);
  assert.deepEqual(Object.keys((await asked({})).metrics), ["output-error"]);
});

Deno.test("what it reads and makes, and the values of its fields", () => {
  assert.deepEqual(declared(evaluate), {
    ...{ name: "evaluate", version: 2, output: "metrics", alsoCalled: ["metrics", "evaluators"] },
    inputs: {
      model: "model learned: The model that is measured",
      reference: "model optional learned: The model it is compared with",
      data: "dataset optional: The samples it is measured on; without them only sizes are measured",
    },
  });
  const { makes } = evaluate;
  assert.ok(typeof makes === "function");
  assert.equal(makes({ model: "small", params: {} }), "small-test");
  const { metrics, ...others } = fieldsOf(evaluate, "metrics", "split", "through");
  const words = (metrics as { readonly "x-list": { readonly items: { readonly enum: string[] } } })[
    "x-list"
  ].items.enum;
  assert.deepEqual(metrics, {
    "x-list": { items: { enum: words, "x-own": { list: "metrics" } } },
  });
  assertListedInOrder(words, [
    ...["accuracy", "top5", "recall", "confusion", "agreement", "loss", "mae", "nats"],
    ...["output-error", "frechet"],
  ]);
  assert.deepEqual(others, {
    split: { enum: ["test", "validation", "train"], default: "test" },
    through: { "x-reference": "model" },
  });
});

Deno.test("without test samples there is nothing to measure on, unless another part is asked for", () => {
  const known = modelFacts(larger, larger);
  const facts = (split: string, more: object) =>
    evaluate.facts(
      { model: known, data: { ...factsOf(data.meta), ...more } as never },
      { ...usual, split } as never,
    );
  assert.throws(
    () => facts("test", { test: "none" }),
    new ParameterError(
      "out-of-range",
      "split",
      "there are no test samples to measure on",
      "data: { split: { test: 0.2 } }; or in evaluate, split: validation",
    ),
  );
  assert.deepEqual(facts("validation", { test: "none" }), { kind: "metrics" });
  assert.deepEqual(facts("test", {}), { kind: "metrics" });
});

Deno.test("a figure that holds answers against labels is refused where nobody has labelled the data", () => {
  const known = modelFacts(larger, larger);
  const facts = (metrics: readonly string[], task = "classification") =>
    evaluate.facts(
      {
        ...{ model: known, reference: known },
        data: { ...factsOf(data.meta), task, labels: "none" } as never,
      },
      { ...usual, metrics } as never,
    );
  assert.throws(
    () => facts(["agreement", "accuracy"]),
    new ParameterError(
      "missing-input",
      "metrics.1",
      "`accuracy` holds answers against labels, and nobody has labelled the data (labels: none)",
      "data with labels, or metrics: [agreement]",
    ),
  );
  assert.deepEqual(facts(["agreement"]), { kind: "metrics" });
  facts(["output-error"], "reconstruction");
});
