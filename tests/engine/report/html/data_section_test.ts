import assert from "node:assert/strict";
import type { Facts } from "../../../../engine/facts.ts";
import type { AnyOp } from "../../../../engine/op.ts";
import type { Kind } from "../../../../engine/kind.ts";
import type { StepDocument } from "../../../../engine/report/document.ts";
import { dataSection } from "../../../../engine/report/html/data_section.ts";
import { fakeOps, graphOf, numberKind } from "../../run/support/fake.ts";
import { texts } from "../support/parse_html.ts";
import { shownSection, stepDocument, subject } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich } from "../support/rich.ts";

const ops = fakeOps();
const kind: Kind<number> = { ...numberKind, name: "dataset" };
const embedded: AnyOp = { ...ops.constant, output: kind };
const read: AnyOp = { ...ops.file, output: kind };

/** The rows of the card of a data set. */
function card(facts: Facts | undefined, step: Partial<StepDocument> = {}, op = embedded) {
  const graph = graphOf([{ name: "data", op, ...facts && { facts } }]);
  const cards = new Map([["data", { samples: "3 train" }]]);
  const document = { steps: [stepDocument("data", step)] };
  const page = shownSection(dataSection(subject(graph, { document, cards })));
  const [names, values] = [texts(page, "dt"), texts(page, "dd")];
  return names.map((name, at) => `${name}: ${values[at]}`);
}

Deno.test("a run without data has no section, and other steps stand in none", () => {
  const graph = graphOf([{ name: "model", op: ops.constant }]);
  const document = { steps: [stepDocument("model"), stepDocument("unknown")] };
  assert.equal(dataSection(subject(graph, { document })), undefined);
});

Deno.test("a data set says its task, the shape of a sample, its classes and what is known besides", () => {
  const facts: Facts = {
    kind: "dataset",
    task: "classification",
    input: [28, 28, 1],
    outputs: 2,
    classes: ["cat", "dog"],
  };
  assert.deepEqual(card(facts), [
    "task: classification",
    "one sample: 28 × 28 × 1",
    "2 classes: cat, dog",
    "samples: 3 train",
  ]);
  assert.deepEqual(card({ kind: "dataset", task: "regression", outputs: 3 }), [
    "task: regression",
    "outputs: 3",
    "samples: 3 train",
  ]);
  assert.deepEqual(card(undefined), ["samples: 3 train"]);
});

Deno.test("of many classes some are named and the rest counted", () => {
  const classes = (count: number) => {
    const names = Array.from({ length: count }, (_, at) => `c${at}`);
    return card({ kind: "dataset", task: "classification", classes: names })[1]!;
  };
  assert.match(classes(40), /^40 classes: c0, .*, c39$/);
  assert.match(classes(42), /^42 classes: c0, .*, c39, and 2 more$/);
});

Deno.test("where the data come from is said: files, or what is embedded; the seed; the digest", () => {
  const artifact = { digest: "ab12", kind: "dataset", bytes: 1 };
  assert.deepEqual(card(undefined, { params: { use: "iris", seed: 7 }, artifact }).slice(1), [
    "embedded: iris",
    "seed of the split: 7",
    "digest: ab12",
  ]);
  assert.deepEqual(card(undefined, { params: { from: "./a.csv", use: "csv" } }, read).slice(1), [
    "from: ./a.csv",
  ]);
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("data", dataSection(rich)!.body);
});
