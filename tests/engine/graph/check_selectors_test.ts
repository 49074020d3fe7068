/** A selector that matches nothing is named, whatever else its step would say for want of a layer. */
import assert from "node:assert/strict";
import { checkSelectors, nearestLayers } from "../../../engine/graph/check_selectors.ts";
import type { Facts } from "../../../engine/facts.ts";
import type { Json } from "../../../engine/digest.ts";
import { defineOp, input, Selectors, Type } from "../../../engine/op.ts";
import { ops as shipped, recipe, RecipeError } from "../../../mod.ts";
import { formOf } from "../../../engine/recipe/words/form.ts";
import type { TSchema } from "../../../engine/field.ts";
import type { ExpandedRecipe } from "../../../engine/recipe/recipe.ts";
import { numberKind } from "../run/support/fake.ts";
import { type CompiledStep, inWords, ops, reported } from "./compiled.ts";

const taught = {
  name: "typo",
  data: "digits",
  teacher: { use: "resnet", depth: 8, train: { epochs: 1 } },
  student: { use: "mobilenet-v1", depth: 2 },
};
const students = [
  { as: "left", use: "lenet5" },
  { as: "right", use: "mlp", hidden: [9] },
];

/** Each error of a recipe as `code path message`. */
async function problemsOf(fields: Record<string, unknown>): Promise<string[]> {
  try {
    await recipe({ ...taught, ...fields } as never).compile();
    return [];
  } catch (error) {
    assert.ok(error instanceof RecipeError, String(error));
    return error.diagnostics.map(({ code, path, message, help }) =>
      `${code} ${path} ${message} (${help})`
    );
  }
}

const stage = (op: string, fields: Record<string, unknown>) => ({ steps: [{ op, ...fields }] });
const weights = { granularity: "weight", ratio: 0.5 };
const distill = (loss: unknown, fields = {}) => stage("distill", { epochs: 1, loss, ...fields });

// By the place of the selector: where nothing but the typo is chosen, and where something is left.
const places: Readonly<Record<string, Record<string, unknown>>> = {
  "steps.1.after.0": {
    teacher: null,
    steps: [
      { op: "model", use: "mobilenet-v1", depth: 2 },
      { op: "head", after: "blok1" },
      { op: "train", epochs: 1 },
    ],
  },
  "prune.layers.0": stage("prune", { ...weights, layers: "blok1" }),
  "prune.layers.1": stage("prune", { ...weights, layers: ["stem", "blok1"] }),
  "prune.exclude.0": stage("prune", { ...weights, exclude: "blok1" }),
  "prune.per_layer.0.layers.0": stage("prune", {
    ...weights,
    per_layer: [{ layers: "blok1", ratio: 0.2 }],
  }),
  "prune.per_layer.1.layers.1": stage("prune", {
    granularity: "channel",
    ratio: 0.5,
    per_layer: [{ layers: "stem", ratio: 0.2 }, {
      layers: ["block1.pointwise", "blok1"],
      ratio: 0.2,
    }],
  }),
  "prune.layers.0 (pattern)": stage("prune", {
    granularity: "pattern",
    keep: 2,
    of: 4,
    layers: "blok1",
  }),
  "quantize.layers.0": stage("quantize", { scheme: "int8", layers: "blok1" }),
  "quantize.layers.0 (float16)": stage("quantize", { scheme: "float16", layers: "blok1" }),
  "quantize.exclude.0": stage("quantize", { scheme: "int8", exclude: "blok1" }),
  "quantize.per_layer.0.layers.0": stage("quantize", {
    scheme: "int8",
    per_layer: [{ layers: "blok1", scheme: "int4" }],
  }),
  "cluster.layers.0": stage("cluster", { clusters: 4, layers: "blok1" }),
  "cluster.exclude.0": stage("cluster", { clusters: 4, exclude: "blok1" }),
  "cluster.per_layer.0.layers.0": stage("cluster", {
    clusters: 4,
    per_layer: [{ layers: "blok1", clusters: 8 }],
  }),
  "replace.layers.0": stage("replace", { layers: "blok1", with: "separable" }),
  "replace.layers.1": stage("replace", {
    layers: ["block1.pointwise", "blok1"],
    with: { use: "svd", rank: 2 },
  }),
  "replace.exclude.0": stage("replace", {
    layers: "block1.pointwise",
    exclude: "blok1",
    with: { use: "svd", rank: 2 },
  }),
  "part.layers.0": stage("part", { layers: "blok1" }),
  "part.layers.1": stage("part", { layers: ["block1", "blok1"] }),
  "train.freeze.0": stage("train", { epochs: 1, freeze: "blok1" }),
  "distill.freeze.0": distill(["soft-targets"], { freeze: "blok1" }),
  "distill.loss.1.layers.0": distill([
    "soft-targets",
    { use: "bn-scale", weight: 0.01, layers: "blok1" },
  ]),
  "distill.loss.1.layers.1": distill([
    "soft-targets",
    { use: "group-lasso", weight: 0.01, layers: ["stem", "blok1"] },
  ]),
  "distill.loss.0.match.0.student.0": distill([
    { use: "hint", match: [{ student: "blok1", teacher: "stage1" }] },
  ]),
  "distill.loss.0.match.0.teacher.0": distill([
    { use: "hint", match: [{ student: "block1", teacher: "blok1" }] },
  ]),
  "prune.finetune.freeze.0": stage("prune", {
    granularity: "weight",
    ratio: { use: "linear", start: 0.1, end: 0.5 },
    finetune: { epochs: 1, freeze: "blok1" },
  }),
  "distill.loss.0.layers.0": {
    data: { use: "latent", size: 4, count: 200, task: "generation" },
    teacher: { from: "generator/model.json" },
    student: { use: "mlp", hidden: [10], input: [4], outputs: 784 },
    steps: [
      { op: "model", as: "classifier", use: "mlp", hidden: [10], input: [784], outputs: 10 },
      {
        op: "distill",
        epochs: 1,
        loss: [{ use: "perceptual", through: "classifier", layers: "blok1" }],
      },
    ],
  },
  "mutual.freeze.0": { teacher: null, student: students, mutual: { epochs: 1, freeze: "blok1" } },
  "mutual.loss.2.layers.1": {
    teacher: null,
    student: students,
    mutual: {
      epochs: 1,
      loss: ["labels", "peers", { use: "group-lasso", weight: 0.01, layers: ["conv1", "blok1"] }],
    },
  },
};

for (const [place, fields] of Object.entries(places)) {
  Deno.test(`a typo in ${place} is named, alone, with what is near`, async () => {
    const written = fields.teacher === null
      ? { name: "typo", data: "digits", ...fields, teacher: undefined }
      : fields;
    const said = await problemsOf(JSON.parse(JSON.stringify(written)));
    const found = said.filter((each) => !/^(unused|untrained) /.test(each));
    assert.equal(found.length, 1, said.join("\n"));
    const path = place.replace(/^\w+\./, "").replace(/ .*/, "");
    assert.match(found[0]!, /^selector-empty \S+ "blok1" matches no layer of .*nearest: /);
    assert.ok(found[0]!.split(" ")[1]!.endsWith(path), found[0]);
  });
}

Deno.test("every field that takes selectors is among those", () => {
  const tried = new Set(Object.keys(places).map((place) => lastName(place.replace(/ .*/, ""))));
  const fields = [...shipped].flatMap(({ name, params }) => [...selectorsIn(params, name)]);
  assert.ok(fields.length > 20);
  assert.deepEqual(fields.filter((field) => !tried.has(lastName(field))), []);
});

const lastName = (path: string) => path.split(".").findLast((part) => !/^\d+$/.test(part))!;

function* selectorsIn(schema: TSchema, path: string): Generator<string> {
  const form = formOf(schema);
  if (form.form === "selectors") yield path;
  else if (form.form === "object") {
    for (const [name, field] of Object.entries(form.fields)) {
      yield* selectorsIn(field, `${path}.${name}`);
    }
  } else if (form.form === "choice") {
    for (const each of Object.values(form.alternatives)) yield* selectorsIn(each, path);
  } else if (form.form === "list") yield* selectorsIn(form.items, path);
  else if (form.form === "by-type") {
    for (const each of Object.values(form.types)) yield* selectorsIn(each!, path);
  }
}

Deno.test("what else is wrong with the step is said too", async () => {
  const match = [{ student: "stem", teacher: "stage3" }];
  const loss = [{ use: "hint", adapt: "none", match }];
  const said = await problemsOf(distill(loss, { freeze: "blok1" }));
  assert.deepEqual(said.map((each) => each.split(" ")[0]), ["selector-empty", "shape-mismatch"]);
});

Deno.test("selectors that match layers of which none is treated are told which are", async () => {
  const [said] = await problemsOf(stage("prune", {
    ...weights,
    layers: ["stem", "head.dense"],
    per_layer: [{ layers: "type:batchnorm", ratio: 0.2 }],
  }));
  assert.match(said!, /^selector-empty .*name no treated layer \(treated: stem\S*, head.dense\)/);
});

Deno.test("the nearest layer is named first, then what is inside it, then the next: three in all", () => {
  const layers = ["stem", "block1.depthwise", "block1.pointwise", "block2.depthwise", "head.dense"]
    .map((name) => ({ name, type: "conv" }));
  assert.deepEqual(nearestLayers("blok1", layers), [
    "block1",
    "block1.depthwise",
    "block1.pointwise",
  ]);
  assert.deepEqual(nearestLayers("stm", layers).slice(0, 1), ["stem"]);
  assert.deepEqual(nearestLayers("hed.*", layers).slice(0, 2), ["head", "head.dense"]);
  assert.deepEqual(nearestLayers("*.hed", layers).slice(0, 1), ["head"]);
  assert.deepEqual(nearestLayers("anything", []), []);
});

Deno.test("what is said: the model with its family and layers, what is near, and how to see all names", async () => {
  const place = "steps.0.";
  const [one] = await problemsOf(stage("prune", { ...weights, layers: "blok1" }));
  assert.equal(
    one,
    `selector-empty ${place}layers.0 "blok1" matches no layer of \`student\` (mobilenet-v1, 12 layers) ` +
      "(nearest: block1, block1.depthwise, block1.depthwise.norm. All names: decant layers RECIPE student)",
  );
  const above = (selector: string) => problemsOf(stage("prune", { ...weights, layers: selector }));
  assert.equal((await above("before:blok1"))[0], one.replace('"blok1"', '"before:blok1"'));
  assert.match(
    (await above("before:stem"))[0]!,
    /"before:stem" matches no layer of `student` \(.*\): nothing stands above the first one/,
  );
  const two = { name: "typo", data: "digits", student: students };
  const said = await problemsOf({
    ...two,
    teacher: undefined,
    mutual: { epochs: 1, freeze: "conv1" },
  });
  assert.deepEqual(said.filter((each) => each.startsWith("selector-empty")), []);
  const none = await problemsOf({
    ...two,
    teacher: undefined,
    mutual: { epochs: 1, freeze: "blok" },
  });
  assert.match(
    none.find((each) => each.startsWith("selector-empty"))!,
    / "blok" matches no layer of `left` \(lenet5, 7 layers\), nor of `right` \(mlp, 3 layers\) /,
  );
});

const layered = (...names: readonly string[]): Facts => ({
  ...{ kind: "model", learned: true, established: [] },
  layers: names.map((name) => ({
    ...{ name, type: "conv", kind: "conv", shape: [1], parameters: 1, macs: 1 },
  })),
});
const choosing = defineOp({
  ...{ name: "choosing", version: 1, summary: "Chooses layers", output: numberKind },
  inputs: { model: input(numberKind, "Is read") },
  params: Type.Object({ layers: Selectors({ description: "The layers" }) }),
  example: { layers: "a" },
  run: () => 1,
});

/** Paths that are lost and what is said of a step that chooses these layers of steps. */
function chosen(
  layers: Json,
  model: string | readonly string[],
  steps: readonly CompiledStep[],
  recipe: Partial<ExpandedRecipe> = {},
) {
  let lost: readonly string[] = [];
  const params = { layers };
  const step = {
    name: "step",
    op: "choosing",
    inputs: { model },
    params,
    path: "steps.9",
    paths: {},
  };
  const bound = { step, op: choosing, inputs: { model }, references: {}, broken: false };
  const problems = reported(steps, (whole, compiled, problems) => {
    lost = checkSelectors(whole, bound as never, compiled, problems);
  }, recipe);
  return [lost, inWords(problems)];
}

Deno.test("of a loaded model the text's name is said; while layers are unknown nothing is", () => {
  const net: CompiledStep = { name: "net", op: ops.constant, facts: layered("a.b", "c") };
  const other: CompiledStep = { name: "other", op: ops.constant, facts: layered("d") };
  const open: CompiledStep = {
    ...{ name: "open", op: ops.constant },
    facts: { kind: "model", learned: true, established: [] },
  };
  const place = () => ({ source: "x.yaml", line: 1, column: 1, length: 1, path: "" });
  assert.deepEqual(chosen(["a", "x", "c"], "net", [net], { place }), [["layers.1"], [
    'selector-empty steps.9.layers.1 "x" matches no layer of `net` (loaded, 2 layers) ' +
    "(nearest: a, a.b, c. All names: decant layers x.yaml net)",
  ]]);
  assert.deepEqual(chosen(["d"], ["net", "other"], [net, other]), [[], []]);
  assert.deepEqual(chosen(["x"], ["net", "open"], [net, open]), [[], []]);
  assert.deepEqual(chosen(["x"], "gone", [net]), [[], []]);
  assert.deepEqual(chosen("x", "net", [net]), [[], []], "what is no list is reported elsewhere");
});

Deno.test("of several models are selectors of a model, where the op has no input of that name", () => {
  const net: CompiledStep = { name: "net", op: ops.constant, facts: layered("a.b", "c") };
  const several = input(numberKind, "Are read", { many: true });
  const lostBy = (of: string, inputs: typeof choosing.inputs | object) => {
    const params = Type.Object({ layers: Selectors({ description: "The layers", of }) });
    const op = { ...choosing, inputs, params };
    const step = { name: "step", op: "choosing", inputs: {}, params: { layers: ["x"] } };
    const bound = { step: { ...step, path: "steps.9", paths: {} }, op, references: {} };
    let lost: readonly string[] = [];
    reported([net], (whole, compiled, problems) => {
      const models = { ...bound, inputs: { models: ["net"] }, broken: false };
      lost = checkSelectors(whole, models as never, compiled, problems);
    });
    return lost;
  };
  assert.deepEqual(lostBy("model", { models: several }), ["layers.0"]);
  assert.deepEqual(lostBy("teacher", { models: several }), []);
  const model = input(numberKind, "Is read", { optional: true });
  assert.deepEqual(lostBy("model", { model, models: several }), []);
  assert.deepEqual(lostBy("model", { models: input(numberKind, "Is read") }), []);
});

Deno.test("nearest: no more than three, and a pattern's stars and dots are left out", () => {
  const layers = ["conv1", "conv2", "conv3", "conv4", "conv1.pool"]
    .map((name) => ({ name, type: "conv" }));
  assert.deepEqual(nearestLayers("conv", layers), ["conv1", "conv1.pool", "conv2"]);
  assert.deepEqual(nearestLayers("**.conv4**", layers).slice(0, 1), ["conv4"]);
});
