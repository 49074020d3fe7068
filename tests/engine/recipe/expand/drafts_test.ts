/** The short form as drafts, in the order in which they are to run. */
import assert from "node:assert/strict";
import { compile } from "../../../../engine/graph/compile.ts";
import { draftsOf } from "../../../../engine/recipe/expand/drafts.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import { fakeOps } from "../fake_ops.ts";
import { moreOps } from "../fake_peers.ts";
import { written } from "./written.ts";

const head = "decant: 1\nname: mine\nseed: 4\n";
const roles =
  "data: digits\nteacher: { use: lenet5, train: { epochs: 1 } }\nstudent: { use: lenet5 }\n";
const drafts = (text: string) => draftsOf(written(head + text, moreOps)).drafts;
/** One draft a line: op, name, path, the model that it means. */
const lines = (text: string) =>
  drafts(text).map(({ op, name, path, model }) => `${op} ${name} ${path} ${model}`);

Deno.test("stages follow one another in their own order, not in that of the document", () => {
  const stages =
    "quantize: int8\nprune: { granularity: weight, ratio: 0.5 }\ndistill: { epochs: 1 }\n";
  assert.deepEqual(lines(stages + roles), [
    "data data data undefined",
    "model teacher-init teacher undefined",
    "train teacher teacher.train teacher-init",
    "model student student undefined",
    "distill distilled distill student",
    "prune pruned prune distilled",
    "quantize quantized quantize pruned",
  ]);
});

Deno.test("a stage behind a cohort changes the peer that was taken out", () => {
  const peers = "data: digits\nstudent: [lenet5, lenet5]\nmutual: { epochs: 1 }\nquantize: int8\n";
  assert.equal(lines(peers).at(-1), "quantize quantized quantize distilled");
});

Deno.test("a written step means the nearest model above, before there is one the role", () => {
  const steps = `steps:
  - { op: predict, model: teacher }
  - { op: distill, epochs: 1 }
  - { op: predict }
  - { op: prune, as: thin, granularity: weight, ratio: 0.5 }
  - { op: quantize, scheme: int8 }
`;
  assert.deepEqual(lines(roles + steps).slice(4), [
    "predict undefined steps.0 student",
    "distill undefined steps.1 student",
    "predict undefined steps.2 distilled",
    "prune thin steps.3 distilled",
    "quantize undefined steps.4 thin",
  ]);
});

Deno.test("beside `steps` a role `model` is what the first step means", () => {
  const text = "model: lenet5\nsteps: { op: quantize, scheme: int8 }\n";
  assert.deepEqual(lines(text), [
    "model model model undefined",
    "quantize undefined steps.0 model",
  ]);
});

Deno.test("a step in which nothing is sound is known by its op and name, and is broken", () => {
  const text = (name: string) =>
    `model: lenet5\nsteps:\n  - { op: distil${name} }\n  - { op: quantize, scheme: int8 }\n`;
  const [, broken, next] = drafts(text(", as: mine"));
  assert.deepEqual([broken!.op, broken!.name, broken!.broken], ["distil", "mine", true]);
  assert.deepEqual([next!.op, next!.broken], ["quantize", false]);
  assert.equal(drafts(text(""))[1]!.name, "distil");
});

Deno.test("every draft of a stage has the recipe's seed and may learn from the teachers", () => {
  const [stage] = drafts(`${roles}distill: { epochs: 1 }\n`).slice(-1);
  assert.deepEqual([stage!.seed, stage!.teachers], [4, ["teacher"]]);
});

Deno.test("the names of each role are known, of a role that is not written nothing", () => {
  const { roles: named } = draftsOf(written(`${head}${roles}`, moreOps));
  assert.deepEqual(named, { teacher: ["teacher"], student: ["student"] });
});

Deno.test("a step that stands for a list of one is not looked at further where it is wrong", () => {
  const text = "decant: 1\nname: one\ndata: digits\nsteps: { op: train, epochs: much }\n";
  assert.deepEqual(
    compile(parseRecipe(text, "x.yaml", fakeOps), fakeOps).diagnostics.map(({ path }) => path),
    ["steps.epochs"],
  );
});

Deno.test("data are made as they are written, and broken where that is wrong", () => {
  const [data] = drafts("data: { use: digits, limit: 9 }\n");
  assert.deepEqual([data!.fields.limit, data!.broken, data!.path], [9, false, "data"]);
  assert.equal(drafts("data: { use: digits, limit: 0 }\n")[0]!.broken, true);
});
