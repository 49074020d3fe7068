import assert from "node:assert/strict";
import { classesSection } from "../../../../engine/report/html/classes_section.ts";
import type { ModelRow } from "../../../../engine/report/model_row.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { rows, texts } from "../support/parse_html.ts";
import { model, shownSection, stepDocument, subject } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich } from "../support/rich.ts";

const ops = fakeOps();
const data = {
  name: "data",
  op: ops.constant,
  facts: { kind: "dataset", task: "classification", classes: ["cat", "dog"] },
} as const;
const graph = graphOf(
  [
    data,
    { name: "teacher", op: ops.constant },
    { name: "small", op: ops.constant },
    { name: "small-test", op: ops.score, inputs: { model: "small", data: "data" } },
  ],
  { reference: "teacher", result: "small" },
);
const section = (...models: ModelRow[]) => classesSection(subject(graph, { document: { models } }));

Deno.test("where nothing was classified there is no section", () => {
  assert.equal(section(), undefined);
  assert.equal(section(model("small", { loss: 1 })), undefined);
  assert.equal(section(model("another", { accuracy: 1 })), undefined, "it is neither of the two");
});

Deno.test("recall stands class by class for the reference and the result, with the difference", () => {
  const page = shownSection(section(
    model("small", { accuracy: 1, metrics: { recall: { cat: 0.5, cow: 1 } } }),
    model("teacher", { accuracy: 1, metrics: { recall: { cat: 0.75, dog: 0.25 } } }),
  ));
  assert.deepEqual(texts(page, "th"), ["class", "recall, teacher", "recall, small", "Δ"]);
  assert.deepEqual(rows(page, "table"), [
    "cat | 75.0 % | 50.0 % | −25.0 pt",
    "dog | 25.0 % | – | –",
    "cow | – | 100.0 % | –",
  ]);
});

Deno.test("further metrics of classes stand beside recall, where some model has them", () => {
  const page = shownSection(section(
    model("small", {
      accuracy: 1,
      metrics: { precision: { cat: 0.5 }, recall: { cat: 0.5 }, rank: { cat: 2 } },
    }),
    model("teacher", { accuracy: 1, metrics: { recall: { cat: 0.75 } } }),
  ));
  const heads = ["class", "recall, teacher", "recall, small", "Δ"];
  assert.deepEqual(texts(page, "th"), [...heads, "precision, teacher", "precision, small", "Δ"]);
  assert.deepEqual(rows(page, "table"), ["cat | 75.0 % | 50.0 % | −25.0 pt | – | 50.0 % | –"]);
  assert.equal([...page.querySelectorAll(".bar")].length, 2, "bars of the first metric alone");
});

Deno.test("figures of all classes stand in a table of their own, with their intervals", () => {
  const page = shownSection(section(
    model("teacher", { accuracy: 1, metrics: { auc: 0.75, recall: { cat: 1 } } }),
    model("small", {
      accuracy: 1,
      metrics: { auc: 0.5, odd: 3 },
      intervals: { auc: [0.25, 0.625] },
    }),
  ));
  assert.deepEqual(texts(page, "th"), [
    ...["of all classes", "teacher", "small"],
    ...["class", "recall, teacher", "recall, small", "Δ"],
  ]);
  assert.deepEqual(rows(page, "table"), [
    "area under ROC | 75.0 % | 50.0 % [25.0 %, 62.5 %]",
    "odd | – | 3.00",
    "cat | 100.0 % | – | –",
  ]);
});

Deno.test("recall that was not measured is counted from the confusion table, by the data's classes", () => {
  const page = shownSection(
    section(
      model("small", { accuracy: 1, samples: 8, confusion: [[3, 1, 0], [0, 0, 0], [2, 0, 0]] }),
    ),
  );
  assert.deepEqual(texts(page, "table:not(.confusion) th"), ["class", "recall, small"]);
  assert.deepEqual(rows(page, "table:not(.confusion)"), ["cat | 75.0 %", "2 | 0.0 %"]);
  assert.deepEqual(texts(page, ".confusion thead th"), ["truth ↓ answer →", "cat", "dog", "2"]);
});

Deno.test("a confusion table says of how many samples it is, and when they were measured", () => {
  const document = {
    models: [model("small", { samples: 4, confusion: [[1, 1], [1, 1]] })],
    steps: [stepDocument("small-test", { metrics: model("x") })],
  };
  const page = shownSection(classesSection(subject(graph, { document })));
  assert.deepEqual(texts(page, "h3"), ["small 4 samples, measured now"]);
});

Deno.test("what was not measured is named, with what the recipe would say to have it", () => {
  const missing = (...models: ModelRow[]) => texts(shownSection(section(...models)), "p.quiet");
  const confusion = [[1, 0], [0, 1]];
  const [both] = missing(model("small", { accuracy: 1 }));
  assert.match(both!, /^Not measured: recall, confusion\. .*metrics: \[accuracy, loss, recall,/);
  const recall = { recall: { cat: 1 } };
  assert.match(missing(model("small", { accuracy: 1, metrics: recall }))[0]!, /: confusion\./);
  assert.deepEqual(missing(model("small", { confusion })), []);
  const onlyOne = missing(model("small", { confusion }), model("teacher", { accuracy: 1 }));
  assert.match(onlyOne[0]!, /recall, confusion/);
});

Deno.test("samples on which they differ are listed under the names of both", () => {
  const differing = {
    part: "test",
    samples: [{ sample: 1, truth: 0, answer: 1, reference: 0 }],
  };
  const document = { models: [model("small", { accuracy: 1 })] };
  const page = shownSection(classesSection(subject(graph, { document, differing })));
  assert.deepEqual(texts(page, "th"), ["sample", "truth", "teacher", "small"]);
  assert.deepEqual(rows(page, "table"), ["1 | cat | cat | dog"]);
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("classes", classesSection(rich)!.body);
});
