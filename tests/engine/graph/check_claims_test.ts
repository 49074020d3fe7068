import assert from "node:assert/strict";
import type { Facts, Task } from "../../../engine/facts.ts";
import { checkClaims } from "../../../engine/graph/check_claims.ts";
import type { ExpandedRecipe } from "../../../engine/recipe/recipe.ts";
import { claimed } from "../report/support/subject.ts";
import { type CompiledStep, inWords, ops, reported } from "./compiled.ts";

const model = (learned = true): Facts => ({ kind: "model", learned, established: [] });
const data = (task?: Task): CompiledStep => ({
  name: "data",
  op: { ...ops.constant, output: { ...ops.constant.output, name: "dataset" } },
  ...task !== undefined && { facts: { kind: "dataset", task } },
});
const one: CompiledStep = { name: "one", op: ops.constant, facts: model() };
const two: CompiledStep = { name: "two", op: ops.constant, facts: model() };
const test = (
  inputs: Record<string, string>,
  params: CompiledStep["params"] = {},
): CompiledStep => ({
  name: "test",
  op: ops.score,
  inputs,
  params,
});
const usual = [data("classification"), one, two, test({ model: "one", data: "data" })];

/** What is wrong with a claim about these steps. */
function wrong(
  text: string,
  steps: readonly CompiledStep[] = usual,
  more: Partial<ExpandedRecipe> = {},
) {
  return inWords(reported(steps, checkClaims, { result: "one", expect: [claimed(text)], ...more }));
}

Deno.test("a claim about what is measured is sound", () => {
  for (
    const text of [
      "one.accuracy > 90 %",
      "result.loss < 1",
      "one.parameters < 10",
      "one.macs < 10",
      "one.nonzero < 10",
      "one.bytes < 1 kB",
      "one.bytes.gzip < 1 kB",
      "1 < one.loss",
    ]
  ) assert.deepEqual(wrong(text), [], text);
});

Deno.test("a model that is not there is named once, with those that are", () => {
  assert.deepEqual(wrong("on.accuracy > on.accuracy - 1 point"), [
    "unknown-name expect.0 there is no model `on` (there is: one, two, result)",
  ]);
  assert.deepEqual(wrong("on.loss < 1", [data()]), [
    "unknown-name expect.0 there is no model `on`",
  ]);
  const seven = ["a", "b", "c", "d", "e", "f", "g"].map((name) => ({ ...one, name }));
  assert.deepEqual(
    wrong("none.loss < 1", [data(), ...seven])[0]!.match(/[a-z]+(?=[,)])/g)?.length,
    6,
  );
  assert.match(
    wrong("result.loss < 1", usual, { result: undefined as never })[0]!,
    /^unknown-name expect\.0 there is no model `result`/,
  );
});

Deno.test("what is no model, has not learned or is not evaluated cannot be claimed about", () => {
  assert.deepEqual(wrong("test.loss < 1"), ["wrong-kind expect.0 `test` is no model"]);
  assert.deepEqual(wrong("two.loss < 1"), [
    "claim expect.0 `two` is not evaluated, so nothing is known of it",
  ]);
  const fresh = [data(), { ...one, facts: model(false) }, test({ model: "one", data: "data" })];
  assert.deepEqual(wrong("one.loss < 1", fresh), [
    "claim expect.0 `one` has not learned anything: there is nothing to claim about it",
  ]);
});

Deno.test("a metric that is not measured says what would measure it", () => {
  const help = (text: string, ...steps: readonly CompiledStep[]) =>
    /\((.*)\)$/.exec(wrong(text, steps.length === 0 ? usual : steps)[0]!)?.[1];
  assert.equal(help("one.latency < 1 s"), "evaluate: { latency: { batch: 1, repeats: 30 } }");
  assert.equal(
    help("one.agreement > 1 %"),
    "agreement is with a reference: a teacher, or the role model",
  );
  assert.equal(help("one.mae < 1"), "classification is measured by accuracy, loss");
  assert.equal(help("one.recall.3 > 1 %"), "evaluate: { metrics: [accuracy, loss, recall] }");
  assert.equal(
    help("one.loss < 1", one, test({ model: "one" })),
    "it is measured on samples, and the recipe has no data",
  );
  assert.equal(
    help(
      "one.loss < 1",
      data("classification"),
      one,
      test({ model: "one", data: "data" }, { metrics: ["accuracy"] }),
    ),
    "evaluate: { metrics: [accuracy, loss] }",
  );
  assert.equal(
    help(
      "one.agreement > 1 %",
      data("regression"),
      one,
      two,
      test({ model: "one", data: "data", reference: "two" }),
    ),
    "agreement counts equal choices, and in regression nothing is chosen",
  );
});

Deno.test("agreement is measured against a reference, latency by the step that times", () => {
  const against = test({ model: "one", data: "data", reference: "two" });
  const timed: CompiledStep = { name: "timed", op: ops.clock, inputs: { model: "one" } };
  for (const task of ["classification", "next-token", undefined] as const) {
    assert.deepEqual(wrong("one.agreement > 1 %", [data(task), one, two, against]), []);
  }
  assert.deepEqual(wrong("one.latency < 1 s", [...usual, timed]), []);
  assert.deepEqual(
    wrong("one.agreement > 1 %", [
      data("classification"),
      one,
      test({ model: "one", data: "data" }, { metrics: ["agreement"] }),
    ])
      .length,
    1,
    "asking alone makes no reference",
  );
});

Deno.test("without a known task every usual metric may be measured", () => {
  for (const metric of ["accuracy", "mae", "nats", "output-error"]) {
    assert.deepEqual(
      wrong(`one.${metric} > 0`.replace("accuracy > 0", "accuracy > 0 %"), [
        data(),
        one,
        test({ model: "one", data: "data" }),
      ]),
      [],
      metric,
    );
  }
});

Deno.test("bytes are counted in whole, raw, gzipped and by format; recall class by class", () => {
  const formats = [
    ...usual.slice(0, 3),
    test({ model: "one", data: "data" }, { format: { use: "onnx" }, metrics: ["recall", "loss"] }),
    {
      name: "export",
      op: { ...ops.score, name: "export" },
      inputs: { model: "one" },
      params: { use: "packed" },
    },
  ];
  assert.deepEqual(wrong("one.bytes.onnx < 1 kB", formats), []);
  assert.deepEqual(wrong("one.bytes.packed < 1 kB", formats), []);
  assert.deepEqual(wrong("one.bytes.tfjs < 1 kB", formats), [
    "claim expect.0 `bytes.tfjs` of `one` is not counted (one of: raw, encoded, gzip, onnx, packed)",
  ]);
  assert.deepEqual(wrong("one.recall.3 > 1 %", formats), []);
  assert.deepEqual(wrong("one.recall > 1 %", formats), [
    "claim expect.0 `recall` is one number for each class: say which (one.recall.CLASS)",
  ]);
  assert.deepEqual(wrong("one.loss.3 < 1", formats), [
    "claim expect.0 `loss` is one number: it has no `3` (one.loss)",
  ]);
  const plain = [
    data("classification"),
    one,
    test({ model: "one", data: "data" }, { format: "packed" }),
  ];
  assert.deepEqual(wrong("one.bytes.packed < 1 kB", plain), []);
});

Deno.test("behind something broken nothing is said of what it would have measured", () => {
  const broken = [...usual, { name: "broken", op: ops.constant, broken: true }];
  assert.deepEqual(wrong("two.loss < 1", broken), []);
  assert.equal(wrong("three.loss < 1", broken).length, 1, "a name is wrong all the same");
});

Deno.test("what is wrong at every point of a sweep is wrong once", () => {
  const expect = ["one[a=1].loss < 1", "one[a=2].loss < 1"].map((text) => claimed(text));
  assert.deepEqual(
    inWords(reported(usual, checkClaims, { expect, sweep: { points: [], pareto: [] } })),
    [
      "unknown-name expect.0 there is no model `one` (there is: one, two, result)",
    ],
  );
});

Deno.test("a metric that is only read is checked too, and both sides of a claim", () => {
  const reads = [claimed("two.loss = two.loss", "search.minimize")];
  assert.equal(reported(usual, checkClaims, { reads })[0]!.path, "search.minimize");
  assert.equal(wrong("one.loss < two.loss").length, 1);
  assert.equal(wrong("one.loss < one.loss + two.loss").length, 1);
});

Deno.test("the metric is marked inside its line where the line stands as it is written", () => {
  const text = "one.loss < two.loss";
  const whole = { source: "a.yaml", line: 3, column: 10, path: "expect.0" };
  const mark = (length: number) => {
    const place = () => ({ ...whole, length });
    const [found] = reported(usual, checkClaims, { expect: [claimed(text)], place });
    return [found!.place!.column, found!.place!.length];
  };
  assert.deepEqual(mark(text.length), [10 + text.indexOf("two"), "two.loss".length]);
  assert.deepEqual(mark(text.length + 2), [10, text.length + 2], "in quotes it stands elsewhere");
});

Deno.test("of samples that nobody has labelled agreement can be claimed and nothing that reads labels", () => {
  const bare = (task: Task): CompiledStep => ({
    ...data(task),
    facts: { kind: "dataset", task, labels: "none" },
  });
  const against = test({ model: "one", data: "data", reference: "two" });
  const steps = [bare("classification"), one, two, against];
  assert.deepEqual(wrong("one.agreement > 1 %", steps), []);
  assert.deepEqual(wrong("one.accuracy > 1 %", steps), [
    "claim expect.0 `accuracy` of `one` is not measured " +
    "(nobody has labelled the data (labels: none): say agreement, with a reference)",
  ]);
  // The sample itself is the answer there.
  assert.deepEqual(wrong("one.output-error < 1", [bare("reconstruction"), one, two, against]), []);
});

Deno.test("a class that the data do not have is told with those that they have, as claims write them", () => {
  const named = (name: string, classes?: readonly string[], task: Task = "classification") => ({
    ...data(task),
    name,
    facts: { kind: "dataset", task, ...classes && { classes } } as const,
  });
  const scored = (metric: string, on: string): CompiledStep => ({
    ...test({ model: "one", data: on }, { metrics: [metric] }),
    name: `${on}-test`,
  });
  const known = [named("data", ["left", "top side"]), one, scored("recall", "data")];
  assert.deepEqual(wrong("one.recall.left > 1 %", known), []);
  assert.deepEqual(wrong("one.recall.top_side > 1 %", known), []);
  assert.deepEqual(wrong("one.recall.topside > 1 %", known), [
    "claim expect.0 the data have no class `topside` (did you mean top_side? All: left, top_side)",
  ]);
  assert.deepEqual(wrong("one.recall.eleven > 1 %", known), [
    "claim expect.0 the data have no class `eleven` (one of: left, top_side)",
  ]);
  // Measured on other data as well, a metric has the classes of both.
  const both = [...known, named("more", ["right"]), scored("recall", "more")];
  assert.deepEqual(wrong("one.recall.right > 1 %", both), []);
  assert.deepEqual(wrong("one.recall.left > 1 %", both), []);
  assert.equal(wrong("one.recall.bottom > 1 %", both).length, 1);
  for (const order of [["more", "data"], ["data", "more"]] as const) {
    const open = [
      named("data", ["left"]),
      named("more"),
      one,
      ...order.map((on) => scored("recall", on)),
    ];
    assert.deepEqual(wrong("one.recall.bottom > 1 %", open), [], "not all are known yet");
  }
  // Of a metric that other data alone are measured by, their classes are no matter.
  const apart = [...known, named("more", ["right"]), scored("f1", "more")];
  assert.equal(wrong("one.f1.left > 1 %", apart).length, 1);
  assert.equal(wrong("one.recall.right > 1 %", apart).length, 1);
  const labels = [named("data", ["a"], "multi-label"), one, scored("label-auc", "data")];
  assert.equal(wrong("one.label-auc.b > 1 %", labels).length, 1);
  const targets = [named("data", ["a"], "regression"), one, scored("target-mae", "data")];
  assert.deepEqual(wrong("one.target-mae.b < 1", targets), [], "targets are no classes");
});
