/** Peers that learn beside one another: `mutual` and `pick`. */
import assert from "node:assert/strict";
import { compile } from "../../../engine/graph/compile.ts";
import { expandedYaml } from "../../../engine/recipe/parse/expanded_yaml.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { fakeOps } from "./fake_ops.ts";
import { moreOps } from "./fake_peers.ts";

/** Recipe 4 of the language, its families those of the fakes. */
const mutual = `decant: 1
name: mutual
data: digits
student:
  - { as: left, use: mobilenet-v1, width: 0.35 }
  - { as: right, use: mobilenet-v1, width: 0.35 }
  - { as: deep, use: resnet, depth: 14 }
mutual:
  epochs: 20
  updates: alternate
  loss: [labels, { use: peers, weight: 1 }]
  result: right
quantize: { scheme: int8 }
export: tfjs
`;

const read = (text: string, ops = moreOps) => parseRecipe(text, "mine.yaml", ops);
const wrongOf = (text: string, ops = moreOps) =>
  compile(read(text, ops), ops).diagnostics.map(({ code, place, message }) => [
    code,
    place?.line,
    message,
  ]);

Deno.test("mutual is a cohort and picks: every peer is measured, one goes on", () => {
  const recipe = read(mutual);
  assert.deepEqual(compile(recipe, moreOps).diagnostics, []);
  assert.deepEqual(recipe.steps.map(({ name, op }) => `${name} ${op}`), [
    "data data",
    "left model",
    "right model",
    "deep model",
    "mutual mutual",
    "mutual-left pick",
    "mutual-left-test evaluate",
    "mutual-right pick",
    "mutual-right-test evaluate",
    "mutual-deep pick",
    "mutual-deep-test evaluate",
    "distilled pick",
    "distilled-test evaluate",
    "quantized quantize",
    "quantized-test evaluate",
    "export-tfjs export",
  ]);
  const step = (name: string) => recipe.steps.find((step) => step.name === name)!;
  assert.deepEqual(step("mutual").inputs, { students: ["left", "right", "deep"], data: "data" });
  // Peers draw their weights from the seed, the seed + 1, …
  assert.deepEqual(["left", "right", "deep"].map((name) => step(name).params.seed), [0, 1, 2]);
  assert.deepEqual(step("distilled").params, { peer: 2 });
  assert.deepEqual(step("distilled").inputs, { cohort: "mutual" });
  assert.deepEqual(step("quantized").inputs.model, "distilled");
  assert.equal(recipe.result, "quantized");
});

Deno.test("expanded, mutual is a fixed point", () => {
  const recipe = read(mutual);
  const again = read(expandedYaml(recipe));
  assert.deepEqual(again.diagnostics, []);
  const bare = (steps: typeof recipe.steps) =>
    steps.map(({ name, op, inputs, params }) => ({ name, op, inputs, params }));
  assert.deepEqual(bare(again.steps), bare(recipe.steps));
});

Deno.test("peers listen to labels and to one another where nothing is said, and the best goes on", () => {
  const { steps } = read(mutual.replace(/\n {2}loss.*\n {2}result.*/, ""));
  const step = (name: string) => steps.find((step) => step.name === name)!;
  const { loss } = step("mutual").params as { loss: { use: string }[] };
  assert.deepEqual(loss.map(({ use }) => use), ["labels", "peers"]);
  assert.deepEqual(step("distilled").params, { peer: "best" });
  // Choosing reads validation; taking the second does not.
  assert.deepEqual(step("distilled").inputs, { cohort: "mutual", data: "data" });
});

Deno.test("in a list of steps students, cohort and peers go by their names", () => {
  const recipe = read(`decant: 1
name: mine
data: digits
student: [{ as: left, use: lenet5 }, { as: right, use: mlp, hidden: 8 }]
teacher: { use: lenet5, train: { epochs: 1 } }
steps:
  - { op: mutual, as: pair, epochs: 1, loss: [labels, peers, soft-targets] }
  - { op: pick, peer: right }
  - { op: quantize, scheme: int8 }
evaluate: { models: result }
`);
  assert.deepEqual(compile(recipe, moreOps).diagnostics, []);
  const step = (name: string) => recipe.steps.find((step) => step.name === name)!;
  assert.deepEqual(step("pair").inputs.students, ["left", "right"]);
  const { loss } = step("pair").params as { loss: { teacher?: string }[] };
  assert.deepEqual(loss.map(({ teacher }) => teacher), [undefined, undefined, "teacher"]);
  assert.deepEqual(step("distilled").inputs, { cohort: "pair" });
  assert.deepEqual(step("distilled").params, { peer: 2 });
  assert.equal(step("quantized").inputs.model, "distilled");
});

Deno.test("what is wrong with a cohort is said once", () => {
  assert.deepEqual(wrongOf(mutual.replace("result: right", "result: rihgt")), [
    ["unknown-name", 12, "no peer is called `rihgt`"],
  ]);
  assert.deepEqual(wrongOf(mutual.replace(/mutual:\n( {2}.*\n)+/, "")), [[
    "missing-field",
    4,
    "several students are a cohort, and nothing says how they learn from one another",
  ]]);
  const one = mutual.replace(/ {2}- \{ as: right.*\n {2}- \{ as: deep.*\n/, "").replace(
    "right",
    "left",
  );
  assert.deepEqual(wrongOf(one).map(([code, line]) => [code, line]), [["missing-input", 6]]);
  assert.deepEqual(
    wrongOf(mutual.replace("mutual:\n", "distill: { epochs: 3 }\nmutual:\n")).map(([code]) => code)
      .includes("unknown-field"),
    true,
  );
});

Deno.test("where the op is missing, that is all that is said", () => {
  assert.deepEqual(wrongOf(mutual, fakeOps).map(([code, line]) => [code, line]), [[
    "unknown-field",
    8,
  ]]);
});
