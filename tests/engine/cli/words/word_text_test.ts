import assert from "node:assert/strict";
import { parse } from "../../../../engine/deps/yaml.ts";
import {
  calledHere,
  columns,
  exampleOf,
  findWords,
  meaningDocument,
  meaningText,
} from "../../../../engine/cli/words/word_text.ts";
import { opSet } from "../../../../engine/op.ts";
import { type Meaning, vocabularyOf } from "../../../../engine/recipe/words/vocabulary.ts";
import { ops } from "../../../../ops/mod.ts";

const shipped = opSet(ops);
const vocabulary = vocabularyOf(shipped);
const first = (word: string) => vocabulary.get(word)![0]!;

Deno.test("of a word its places, options, defaults and an example are told", () => {
  assert.equal(
    meaningText(first("flip")),
    `flip (of augment): Mirrors every second image, on average.
In: distill.augment, mutual.augment, teacher.train.augment, student.train.augment, and 8 more.

options (* must be written)
  axis    horizontal, vertical; default "horizontal"  The direction: horizontal exchanges left and right
  chance  number from 0 to 1; default 1             The fraction of draws in which it happens at all

Example: augment: { use: flip }
`,
  );
  assert.equal(
    meaningText(first("clip_norm")).split("\n").slice(2).join("\n"),
    "Takes: number above 0.\n\nExample: clip_norm: 1\n",
  );
  const extending = meaningText(first("extends"));
  assert.doesNotMatch(extending, /^In:/m);
  assert.match(meaningText(first("selectors")), /^selectors: Strings that name layers/);
});

Deno.test("the options of what a list or a map holds are told", () => {
  assert.match(
    meaningText(first("sweep")),
    /^ {2}pareto {2}list of text; default \[\] {2}Metrics/m,
  );
  assert.match(meaningText(first("per_layer")), /^ {2}ratio\* +number above 0 and below 1 /m);
});

Deno.test("every example is YAML of the field that it is an example of", () => {
  for (const meaning of [...vocabulary.values()].flat()) {
    const value = parse(exampleOf(meaning));
    assert.equal(Object.keys(value).length, 1, exampleOf(meaning));
    if (meaning.role === "field") assert.ok(meaning.word in value, exampleOf(meaning));
    if (meaning.role !== "topic") assert.ok(exampleOf(meaning).includes(meaning.word));
  }
});

Deno.test("words are found by name first, by description, and by what others call them", () => {
  const found = findWords("adam", vocabulary, shipped).map(({ word }) => word);
  assert.deepEqual(found.slice(0, 2), ["adam", "adamw"]);
  assert.deepEqual(findWords("SPARSITY", vocabulary, shipped)[0], {
    word: "sparsity",
    about: "it is `ratio` here",
  });
  assert.ok(
    findWords("kd", vocabulary, shipped).some(({ about }) => about === "it is `distill` here"),
  );
  assert.deepEqual(findWords("no such text", vocabulary, shipped), []);
  for (const text of ["class weights", "class-weight", "class_weight"]) {
    const words = findWords(text, vocabulary, shipped).map(({ word }) => word);
    assert.ok(words.includes("class_weight"), text);
  }
  // Of the words one may stand in the name, another in the description.
  const mirrored = findWords("flip mirrors", vocabulary, shipped);
  assert.ok(mirrored.some(({ word }) => word === "flip"));
  const [prune, ...others] = findWords("prune", vocabulary, shipped).filter(({ word }) =>
    word === "prune"
  );
  assert.equal(prune!.about, "an op: Removes whole channels or single weights");
  assert.deepEqual(others, []);
});

Deno.test("a word of another toolkit is named as it is called here", () => {
  assert.equal(calledHere("lr", vocabulary, shipped), "it is `learning_rate` here");
  assert.equal(calledHere("fp16", vocabulary, shipped), "it is `float16` here");
  assert.equal(calledHere("kd", vocabulary, shipped), "it is `distill` here");
  assert.match(calledHere("scheduler", vocabulary, shipped)!, /a curve in its own field/);
  assert.equal(calledHere("zebra", vocabulary, shipped), undefined);
});

Deno.test("columns are as wide as their cells, 40 at most, and none of nothing", () => {
  assert.deepEqual(columns([["a", "bb", "c"], ["aaa", "b", ""]]), ["  a    bb  c", "  aaa  b"]);
  assert.deepEqual(columns([["x".repeat(50), "y", "z"]]), [`  ${"x".repeat(50)}  y  z`]);
  assert.deepEqual(columns([]), []);
});

Deno.test("four places of a word are named, of more their number", () => {
  const lines = (count: number) => {
    const where = Array.from({ length: count }, (_, at) => `place${at}.by`);
    const meaning: Meaning = { word: "w", role: "value", description: "What it is", where };
    return meaningText(meaning);
  };
  assert.equal(
    lines(1),
    "w (of by): What it is.\nIn: place0.by.\n\nExample: by: w\n",
  );
  assert.match(lines(4), /^In: place0\.by, place1\.by, place2\.by, place3\.by\.$/m);
  assert.match(lines(5), /, place3\.by, and 1 more\.$/m);
});

Deno.test("options are those of the map that a word may be instead; a curve's and a value's are none", () => {
  const options = (word: string) => meaningDocument(first(word)).options.map(({ name }) => name);
  assert.deepEqual(options("rank"), ["use", "share", "parameters"]);
  assert.deepEqual(options("learning_rate"), []);
  assert.deepEqual(options("horizontal"), []);
  assert.deepEqual(options("adam").slice(0, 1), ["learning_rate"]);
});

Deno.test("of each word that is found it is said what it is: a field, of which field, or nothing of a topic", () => {
  const about = (word: string) =>
    findWords(word, vocabulary, shipped).filter((each) => each.word === word)
      .map(({ about }) => about.slice(0, 22));
  assert.deepEqual(about("clip_norm"), ["a field: The largest n"]);
  assert.deepEqual(about("horizontal"), ["of axis: The direction"]);
  assert.deepEqual(about("selectors"), ["Strings that name laye"]);
  // A value of a field stays where an op has its name.
  const train = about("train").map((each) => each.split(" ").slice(0, 2).join(" "));
  assert.deepEqual([...new Set(train)], ["an op:", "of split:"]);
});
