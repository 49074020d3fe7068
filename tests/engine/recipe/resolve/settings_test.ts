/** Settings from outside: of variables, of fields, and those that lead nowhere. */
import assert from "node:assert/strict";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import { classic, codes, params, read } from "../classic.ts";
import { Choice, ListOf, Type } from "../../../../engine/field.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { applySettings, type Settings } from "../../../../engine/recipe/resolve/settings.ts";
import { valueOf } from "../../../../engine/recipe/parse/tree.ts";
import { mapOf, told } from "../trees.ts";
import { fakeOps } from "../fake_ops.ts";
import { loadWholeYaml } from "../../../../engine/recipe/parse/parse_yaml.ts";

await loadWholeYaml();

Deno.test("a setting replaces a variable or a field", () => {
  assert.equal(params(read(classic, { set: { ratio: "0.7" } }), "pruned").ratio, 0.7);
  assert.equal(params(read(classic, { set: { "prune.ratio": 0.7 } }), "pruned").ratio, 0.7);
  assert.equal(read(classic, { set: { seed: "9" } }).seed, 9);
  const made = read(classic, { set: { "prune.finetune.epochs": "3" } });
  assert.equal(params(made, "pruned").epochs, 3);
  const data = read(classic, { set: { data: "{ use: digits, limit: 10 }" } });
  assert.equal(params(data, "data").limit, 10);
});

Deno.test("a setting inside a bare name writes it out, and inside a list finds its entry", () => {
  const text = classic.replace(
    "distill: $training",
    "distill: { epochs: 1, loss: [labels, soft-targets] }",
  )
    .replace(/ {2}training.*\n/, "").replace(/data: .*/, "data: digits");
  const recipe = read(text, { set: { "distill.loss.1.temperature": "8", "data.limit": "10" } });
  assert.deepEqual((params(recipe, "distilled").loss as object[])[1], {
    use: "soft-targets",
    weight: 1,
    temperature: 8,
  });
  assert.equal(params(recipe, "data").limit, 10);
});

Deno.test("null as a setting removes a field", () => {
  assert.deepEqual(read(classic, { set: { expect: "null" } }).expect, []);
});

Deno.test("a setting of what a sweep or a search varies would be lost, so it is refused", () => {
  const sweep = `${classic}sweep: { over: { ratio: [0.3, 0.5], seed: [1, 2] } }\n`;
  const search = classic +
    "search: { over: { ratio: [0.3, 0.5] }, minimize: result.bytes, budget: { trials: 2 } }\n";
  const points = `${classic}sweep: { over: [{ ratio: 0.3 }, { ratio: 0.5 }] }\n`;
  for (const text of [sweep, search, points]) {
    assert.deepEqual(codes(text, { set: { ratio: "0.7" } }), ["order ratio"]);
  }
  assert.deepEqual(codes(sweep, { set: { seed: "7" } }), ["order seed"]);
  const narrowed = read(sweep, { set: { "sweep.over.ratio": "[0.7]" } });
  assert.deepEqual(narrowed.sweep!.points.map(({ values }) => values.ratio), [0.7, 0.7]);
});

Deno.test("settings that lead nowhere are reported by their path", () => {
  assert.deepEqual(codes(classic, { set: { ratoi: "0.7" } }), ["unknown-name ratoi"]);
  assert.deepEqual(codes(classic, { set: { "prune.rato": "0.7" } }), ["unknown-field prune.rato"]);
  assert.deepEqual(codes(classic, { set: { "export.3.use": "onnx" } }), [
    "unknown-name export.3.use",
  ]);
  assert.deepEqual(codes(classic, { set: { "prune.ratio": "[" } }), ["yaml "]);
  assert.equal(
    parseRecipe(classic, "x.yaml", fakeOps, { set: { "prune.ratio": "50" } }).diagnostics[0]!.place!
      .source,
    "--set prune.ratio",
  );
});

/** A grammar of every form that a setting leads through. */
const grammar = Type.Object({
  seed: Type.Integer({ description: "The seed" }),
  data: Choice({ digits: Type.Object({}), idx: Type.Object({}) }, { description: "Data" }),
  losses: ListOf(
    Choice({ labels: Type.Object({}), soft: Type.Object({}) }, { description: "A loss" }),
    { description: "The losses" },
  ),
});

function applied(text: string, settings: Settings) {
  const problems = problemList();
  const tree = applySettings(mapOf(text), settings, grammar, problems);
  return { value: valueOf(tree), wrong: problems.list.map(({ message }) => message) };
}

Deno.test("a text is read as YAML and anything else is taken as it is", () => {
  const { value, wrong } = applied("seed: 1\n", { seed: "[2, x]", data: { use: "idx" } });
  assert.deepEqual([value, wrong], [{ seed: [2, "x"], data: { use: "idx" } }, []]);
});

Deno.test("settings follow one another: a later one finds what an earlier one set", () => {
  assert.deepEqual(applied("seed: 1\n", { data: "digits", "data.limit": "3" }).value, {
    seed: 1,
    data: { use: "digits", limit: 3 },
  });
});

Deno.test("a single entry stands for its list, and an index behind the last is refused", () => {
  assert.deepEqual(applied("losses: labels\n", { "losses.0.weight": "2" }).value, {
    losses: [{ use: "labels", weight: 2 }],
  });
  assert.deepEqual(applied("losses: labels\n", { "losses.1.weight": "2" }), {
    value: { losses: "labels" },
    wrong: ["`losses.1.weight`: there is one entry, counted from 0"],
  });
  assert.deepEqual(applied("losses: [labels, soft]\n", { "losses.x": "2" }).wrong, [
    "`losses.x`: there are 2 entries, counted from 0",
  ]);
  assert.deepEqual(applied("seed: 1\n", { "losses.0": "labels" }).wrong, [
    "`losses.0`: the list is not written in the recipe",
  ]);
});

Deno.test("what is plain has no fields, and a setting that is refused changes nothing", () => {
  assert.deepEqual(applied("seed: 1\n", { "seed.x": "2" }), {
    value: { seed: 1 },
    wrong: ["`seed.x`: what is written there has no fields"],
  });
});

Deno.test("a variable goes before a field of its name, and keeps to variables", () => {
  const text = "variables: { ratio: 0.5 }\nseed: 1\n";
  assert.deepEqual(applied(text, { ratio: "0.7" }).value, { variables: { ratio: 0.7 }, seed: 1 });
  assert.deepEqual(
    told((problems) => applySettings(mapOf(text), { ratoi: "1" }, grammar, problems)),
    ["unknown-name ratoi: `ratoi` is neither a variable nor a field of the recipe | did you mean ratio?"],
  );
});

Deno.test("what cannot be set is told with what can", () => {
  const said = (text: string, set: Settings) =>
    told((problems) => applySettings(mapOf(text), set, grammar, problems));
  const swept = "variables: { ratio: 0.5 }\nsweep: { over: { ratio: [0.3, 0.5] } }\n";
  assert.deepEqual(said(swept, { ratio: "0.7" }), [
    "order ratio: `ratio` takes its values from `sweep`, which would replace this one" +
    " | give it one value there: --set sweep.over.ratio=…, or change the recipe",
  ]);
  assert.deepEqual(said("seed: 1\n", { "losses.0": "labels" }), [
    "unknown-name losses.0: `losses.0`: the list is not written in the recipe | set the whole list",
  ]);
  assert.deepEqual(said("seed: 1\n", { "seed.x": "2" }), [
    "wrong-type seed.x: `seed.x`: what is written there has no fields | set the whole value",
  ]);
  assert.deepEqual(said("seed: 1\n", { "sede.deep": "2", wholly: "1" }), [
    "unknown-name sede.deep: `sede.deep` is neither a variable nor a field of the recipe" +
    " | did you mean seed.deep?",
    "unknown-name wholly: `wholly` is neither a variable nor a field of the recipe",
  ]);
});

Deno.test("one setting that is refused does not keep the next from being made", () => {
  assert.deepEqual(applied("seed: 1\n", { wholly: "1", seed: "2" }).value, { seed: 2 });
  assert.deepEqual(applied("seed: 1\n", { seed: "[", data: "idx" }).value, {
    seed: 1,
    data: "idx",
  });
});

Deno.test("of a list one entry is set and the others stay; null takes a field away", () => {
  const text = "losses: [labels, soft, labels]\n";
  assert.deepEqual(applied(text, { "losses.1": "labels" }).value, {
    losses: ["labels", "labels", "labels"],
  });
  assert.deepEqual(applied(text, { "losses.1.weight": "2" }).value, {
    losses: ["labels", { use: "soft", weight: 2 }, "labels"],
  });
  assert.deepEqual(applied("data: { use: idx, limit: 3 }\n", { "data.limit": "null" }).value, {
    data: { use: "idx" },
  });
  assert.deepEqual(applied("seed: 1\n", { "data.limit": "3" }).value, {
    seed: 1,
    data: { limit: 3 },
  }, "a map that is missing is made");
});
