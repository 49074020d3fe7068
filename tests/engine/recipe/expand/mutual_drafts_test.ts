/** Peers that learn beside one another: `mutual` and `pick`. */
import assert from "node:assert/strict";
import { compile } from "../../../../engine/graph/compile.ts";
import { mutualDrafts, settlePeers } from "../../../../engine/recipe/expand/mutual_drafts.ts";
import { expandedYaml } from "../../../../engine/recipe/expanded_yaml.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import { fakeOps } from "../fake_ops.ts";
import { moreOps } from "../fake_peers.ts";
import { draftOf, said, written } from "./written.ts";

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

Deno.test("peers learn from labels and from one another by default, and the best goes on", () => {
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

const stage = moreOps.get("mutual")!;
const students = ["left", "right"];
const made = (block: string, more = "") => {
  const document = written(`decant: 1\nname: mine\nmutual: ${block}\n${more}`, moreOps);
  return {
    document,
    drafts: mutualDrafts(stage, document, students, { seed: 3, teachers: [] }),
  };
};

Deno.test("where only the result is measured no peer is taken out beside it", () => {
  const names = (more: string) => made("{ epochs: 1 }", more).drafts.map(({ name }) => name);
  assert.deepEqual(names(""), ["mutual", "mutual-left", "mutual-right", "distilled"]);
  assert.deepEqual(names("evaluate: { models: result }\n"), ["mutual", "distilled"]);
});

Deno.test("students named by the stage come before those of the role", () => {
  const { drafts } = made("{ epochs: 1, students: [right, other], result: other }");
  assert.deepEqual(drafts[0]!.fields.students, ["right", "other"]);
  assert.deepEqual(drafts.at(-1)!.fields, { peer: 2 });
});

Deno.test("a result that is no peer is reported at its place, and the best goes on", () => {
  const { document, drafts } = made("{ epochs: 1, result: nobody }");
  assert.deepEqual(said(document), ["unknown-name mutual.result"]);
  assert.deepEqual(drafts.at(-1)!.fields, { peer: "best" });
});

/** A list of two cohorts and of a step that takes out a peer, settled. */
const settled = (peer: string | number, cohort?: string) => {
  const document = written("decant: 1\nname: mine\n", moreOps);
  const inputs = cohort === undefined ? {} : { cohort };
  const list = [
    draftOf("mutual", { name: "first", inputs: { students: ["a", "b", "c"] } }),
    draftOf("mutual", { name: "second" }),
    draftOf("pick", { params: { peer }, inputs }),
  ];
  return { document, pick: settlePeers(list, students, document)[2]! };
};

Deno.test("a peer's name becomes its number in the nearest cohort above, or in the one named", () => {
  const { cohort, fields } = settled("right").pick;
  assert.deepEqual([cohort, fields], ["second", { peer: 2 }]);
  assert.equal(settled("c", "first").pick.fields.peer, 3);
  assert.equal(settled("c", "unheard-of").pick.fields.peer, "c", "reported elsewhere");
  assert.deepEqual(settled("best").pick.fields, { peer: "best" });
});

Deno.test("a number beyond the cohort and a name that is not in it break the step", () => {
  for (const peer of [3, 0, "c"]) {
    const { document, pick } = settled(peer);
    assert.equal(pick.broken, true, String(peer));
    assert.deepEqual(said(document), ["unknown-name steps.0.peer"], String(peer));
  }
  const { document } = settled(3);
  assert.equal(document.problems.list[0]!.message, "there is no peer 3: the cohort has 2");
});

Deno.test("a broken step that takes out a peer is left as it is", () => {
  const document = written("decant: 1\nname: mine\n", moreOps);
  const broken = draftOf("pick", { params: { peer: 9 }, broken: true });
  const [, pick] = settlePeers([draftOf("mutual"), broken], students, document);
  assert.deepEqual([pick!.fields, said(document)], [{ peer: 9 }, []]);
});

Deno.test("of many peers those nearest to the name are offered, and the best", () => {
  const { document } = made("{ epochs: 1, result: lefd }");
  assert.equal(document.problems.list[0]!.help, "one of: left, right, best");
});
