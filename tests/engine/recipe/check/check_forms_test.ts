/** What concerns a recipe as a whole: its version, and blocks that exclude or need one another. */
import assert from "node:assert/strict";
import { checkForms, checkHead } from "../../../../engine/recipe/check/check_forms.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { mapOf, told, treeOf } from "../trees.ts";
import { moreOps } from "../fake_peers.ts";

/** What is said of the head of a recipe, and whether its rest is looked at. */
function head(text: string, fromText = true) {
  let goesOn: boolean | undefined;
  const [wrong] = told((problems) => void (goesOn = checkHead(treeOf(text), problems, fromText)));
  return [goesOn, wrong?.split(": ")[0]];
}

Deno.test("a text says its version, an object need not; another version is read no further", () => {
  assert.deepEqual(head("decant: 1\n"), [true, undefined]);
  assert.deepEqual(head("name: x\n"), [true, "missing-field decant"]);
  assert.deepEqual(head("name: x\n", false), [true, undefined]);
  for (const version of ["2", "'1'", "[1]", "null"]) {
    assert.deepEqual(head(`decant: ${version}\n`, false), [false, "version decant"], version);
  }
  assert.deepEqual(head("[1]"), [false, "wrong-type "]);
});

Deno.test("a missing version is marked at the first field, or at the beginning of an empty recipe", () => {
  const marked = (text: string) => {
    const problems = problemList();
    checkHead(treeOf(text), problems, true);
    const { line, column, length } = problems.list[0]!.place!;
    return [line, column, length];
  };
  assert.deepEqual(marked("# a comment\nname: x\n"), [2, 1, 4]);
  assert.deepEqual(marked("{}"), [1, 1, 1]);
});

const forms = (text: string) =>
  told((problems) => checkForms(mapOf(text), moreOps, problems)).map((line) => line.split(": ")[0]);

Deno.test("stages stand in the place of steps", () => {
  assert.deepEqual(forms("steps: []\nprune: {}\n"), ["unknown-field prune"]);
  assert.deepEqual(forms("steps: []\n"), []);
  assert.deepEqual(forms("prune: {}\nquantize: {}\n"), []);
});

Deno.test("a student and a model are two things; a model that is removed is none", () => {
  assert.deepEqual(forms("student: x\nmodel: y\n"), ["unknown-field model"]);
  assert.deepEqual(forms("student: x\nmodel: null\n"), []);
});

Deno.test("each assistant without a training needs the student's", () => {
  assert.deepEqual(forms("assistant: x\n"), ["missing-field assistant"]);
  assert.deepEqual(forms("assistant: [x, { use: y, train: {} }, { use: z }]\n"), [
    "missing-field assistant.0",
    "missing-field assistant.2",
  ]);
  assert.deepEqual(forms("assistant: x\ndistill: {}\n"), []);
});

Deno.test("several students learn together, and what they learn together in needs several", () => {
  const two = "student: [{ as: left }, { as: right }]\n";
  assert.deepEqual(forms(two), ["missing-field student"]);
  assert.deepEqual(forms(`${two}mutual: {}\n`), []);
  assert.deepEqual(forms(`${two}steps: []\n`), []);
  assert.deepEqual(forms("student: [x]\nmutual: {}\n"), ["missing-input mutual"]);
  assert.deepEqual(forms("mutual: { students: [a, b] }\n"), []);
  assert.deepEqual(forms(`${two}mutual: {}\ndistill: {}\n`), ["unknown-field mutual"]);
});

Deno.test("a stage beside steps is shown as a step, peers beside a teacher as a list of steps", () => {
  const help = (text: string) =>
    told((problems) => checkForms(mapOf(text), moreOps, problems))[0]!.split(" | ")[1];
  assert.equal(help("steps: []\nprune: {}\n"), "move it into the list: - { op: prune, … }");
  assert.equal(
    help("student: [{ as: left }, { as: right }]\nmutual: {}\ndistill: {}\n"),
    "steps: [{ op: mutual, … }, { op: pick, … }, { op: distill, … }]",
  );
});

Deno.test("what is wrong with the head is said with a way out", () => {
  const said = (text: string) => told((problems) => void checkHead(treeOf(text), problems, true));
  assert.deepEqual(said("[1]"), [
    "wrong-type : a recipe is a map of fields | decant: 1\nname: my-recipe\n…",
  ]);
  assert.deepEqual(said("name: x\n"), [
    "missing-field decant: a recipe needs `decant`, the version of its language | decant: 1",
  ]);
  const reads = "version decant: this program reads version 1 of the language; the recipe says ";
  const help = " | decant: 1   (version 1 is the first: there is nothing to migrate from)";
  assert.deepEqual(said('decant: "1"\n'), [`${reads}"1"${help}`]);
  assert.deepEqual(said("decant: [1]\n"), [`${reads}something else${help}`]);
});

Deno.test("blocks that exclude or need one another are told in whole sentences", () => {
  const said = (text: string) =>
    told((problems) => checkForms(mapOf(text), moreOps, problems)).map((line) =>
      line.slice(line.indexOf(": ") + 2)
    );
  assert.deepEqual(said("steps: []\nprune: {}\n"), [
    "`prune` stands beside `steps`: a recipe has stages or a list of steps" +
    " | move it into the list: - { op: prune, … }",
  ]);
  assert.deepEqual(said("student: x\nmodel: y\n"), [
    "a recipe compresses a `student` or a `model`, not both" +
    " | keep student where a teacher teaches it, else model",
  ]);
  assert.deepEqual(said("assistant: x\n"), [
    "an assistant needs `train` where there is no `distill` to take it from | train: { epochs: … }",
  ]);
  assert.deepEqual(said("student: [{ as: a }, { as: b }]\nmutual: {}\ndistill: {}\n"), [
    "a student learns from a teacher (`distill`) or beside its peers (`mutual`): a recipe has one of the two" +
    " | steps: [{ op: mutual, … }, { op: pick, … }, { op: distill, … }]",
  ]);
  assert.deepEqual(said("student: [x]\nmutual: {}\n"), [
    "`mutual` needs peers: a list of two students or more" +
    " | student: [{ as: left, … }, { as: right, … }]",
  ]);
  assert.deepEqual(said("student: [{ as: a }, { as: b }]\n"), [
    "several students are a cohort, and nothing says how they learn from one another" +
    " | mutual: { epochs: … }",
  ]);
});

Deno.test("a block that is too many is marked by its key", () => {
  const marked = (text: string) => {
    const problems = problemList();
    checkForms(mapOf(text), moreOps, problems);
    const { line, column, length } = problems.list[0]!.place!;
    return [line, column, length];
  };
  assert.deepEqual(marked("steps: []\nprune: {}\n"), [2, 1, 5]);
  assert.deepEqual(marked("student: x\nmodel: y\n"), [2, 1, 5]);
  assert.deepEqual(marked("assistant: [x, y]\n"), [1, 13, 1]);
});
