/** Places of two models that cannot be compared are found before anything runs. */
import assert from "node:assert/strict";
import { type ModelFacts, ParameterError } from "../../../../engine/op.ts";
import { factsOf } from "../../../../ops/data/dataset.ts";
import { distill } from "../../../../ops/distill/distill.ts";
import { assertFeatures, assertMatch } from "../../../../ops/learn/loss/assert_features.ts";
import type { Training } from "../../../../ops/learn/training_fields.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { families } from "../../../../ops/model/zoo/families.ts";
import { noise } from "../../distill/noise.ts";
import { adam, training } from "../small_trainings.ts";
import { term } from "../terms/support/evaluated.ts";

const data = noise(24, 8);

const cnn = (filters: number[], seed: number): Model =>
  initialModel(families.cnn.build([8, 8, 1], 4, { filters, dense: [], dropout: 0 } as never), seed);

const teacher: Model = { ...cnn([6, 8], 7), learned: true };

const student = cnn([3, 4], 1);

const config = (loss: readonly Readonly<Record<string, unknown>>[], more: Partial<Training> = {}) =>
  training({ epochs: 3, batch: 8, optimizer: adam(0.01), loss: loss.map(term), ...more });

const pair = { student: "conv1", teacher: "conv1" };

Deno.test("places that cannot be compared are found before anything runs", () => {
  const facts = (model: Model): ModelFacts => modelFacts(model, model);
  const known = { model: facts(student), data: factsOf(data.meta), teacher: facts(teacher) };
  const pairs = "one entry of match for each pair";
  const cases: [loss: object, code: string, path: string, message: RegExp, help: string][] = [
    [
      { use: "hint", adapt: "none", match: [pair] },
      "shape-mismatch",
      "loss.0.match.0",
      /^hint: student conv1 gives \d+×\d+×3, teacher conv1 gives \d+×\d+×6$/,
      "adapt: auto puts a trained layer between them (dropped from the result); adapt is none here",
    ],
    [
      { use: "attention-transfer", match: [{ student: "head.dense", teacher: "head.dense" }] },
      "shape-mismatch",
      "loss.0.match.0",
      /^attention-transfer: student head.dense gives 4, teacher head.dense gives 4$/,
      "",
    ],
    [
      { use: "fsp", match: [{ student: ["conv1", "conv2"], teacher: ["conv1", "conv2"] }] },
      "shape-mismatch",
      "loss.0.match.0",
      /^fsp: student conv1, conv2 gives \S+×3, \S+×4, teacher conv1, conv2 gives \S+×6, \S+×8$/,
      "",
    ],
    [
      { use: "fsp", match: [pair] },
      "out-of-range",
      "loss.0.match.0.student",
      /^`fsp` compares how one layer turns into another: two on each side, from and to$/,
      "[stem, stage1]",
    ],
    [
      { use: "pkt", match: [{ student: ["conv1", "conv2"], teacher: "conv1" }] },
      "out-of-range",
      "loss.0.match.0.student",
      /^`pkt` compares one layer or group on each side; this names 2$/,
      pairs,
    ],
    [
      { use: "pkt", match: [{ student: "type:conv", teacher: "conv1" }] },
      "unknown-value",
      "loss.0.match.0.student",
      /^`pkt` compares one layer or group with another, and "type:conv" may be several$/,
      pairs,
    ],
    [
      { use: "pkt", match: [{ student: "conv1", teacher: "conv*" }] },
      "unknown-value",
      "loss.0.match.0.teacher",
      /^`pkt` compares one layer or group with another, and "conv\*" may be several$/,
      pairs,
    ],
    [
      { use: "pkt", match: [pair, { student: "conv1", teacher: ["conv1", "conv2"] }] },
      "out-of-range",
      "loss.0.match.1.teacher",
      /^`pkt` compares one layer or group on each side; this names 2$/,
      pairs,
    ],
  ];
  for (const [written, code, path, message, help] of cases) {
    assert.throws(() => distill.facts(known, config([written as never])), (error) => {
      assert.ok(error instanceof ParameterError, String(error));
      assert.deepEqual([error.code, error.path], [code, path]);
      assert.match(error.message, message);
      if (help !== "") assert.equal(error.help, help);
      return true;
    });
  }
  const looking = config([{ use: "pkt", match: [pair] }]);
  const quantized = { ...known, teacher: { ...known.teacher, established: ["format"] } };
  assert.throws(
    () => distill.facts(quantized, looking),
    new ParameterError(
      "order",
      "loss.0",
      "`pkt` looks inside its teacher, and between the layers of a quantized one there are integers",
      "name the model that was quantized",
    ),
  );
  const { teacher: _teacher, ...rest } = known;
  const recorded = { ...rest, outputs: { kind: "outputs" as const } };
  assert.throws(
    () => distill.facts(recorded, looking),
    new ParameterError(
      "missing-input",
      "loss.0",
      "`pkt` looks inside its teacher, and recorded outputs are what it answered",
      "give teacher in place of outputs",
    ),
  );
});

const shown = (model: Model): ModelFacts => modelFacts(model, model);

Deno.test("a name that no layer has is left to `compile` where that looks the side up", () => {
  const known = { model: shown(student), data: factsOf(data.meta), teacher: shown(teacher) };
  const wrong = config([{ use: "pkt", match: [{ student: "conv9", teacher: "conv1" }] }]);
  assertFeatures(known, wrong);
  assert.throws(
    () => assertFeatures(known, wrong, { student: false, teacher: true }),
    (error) =>
      error instanceof ParameterError && error.code === "selector-empty" &&
      error.path === "loss.0.match.0.student" &&
      /"conv9" matches no layer of the student \(cnn, \d+ layers\)/.test(error.message) &&
      error.help!.startsWith("its layers: conv1, conv1.pool, conv2"),
  );
  const far = config([{ use: "pkt", match: [{ student: "conv1", teacher: "conv9" }] }]);
  assertFeatures(known, far);
  assert.throws(
    () => assertFeatures(known, far, { student: true, teacher: false }),
    /"conv9" matches no layer of the teacher/,
  );
});

Deno.test("a term with a teacher of its own is compared with that one, and recorded outputs do not matter", () => {
  const own = config([{ use: "hint", teacher: "other", adapt: "none", match: [pair] }]);
  const known = { model: shown(student), data: factsOf(data.meta), outputs: { kind: "outputs" } };
  const alike = { ...known, "loss.0.teacher": shown(student) } as never;
  assertFeatures(alike, own);
  const wider = { ...known, "loss.0.teacher": shown(teacher) } as never;
  assert.throws(() => assertFeatures(wider, own), /hint: student conv1 gives/);
});

Deno.test("structures that are not known yet pass, but names are counted", () => {
  const unknown = { student: undefined, teacher: undefined, replaced: [] };
  assertMatch(term({ use: "hint", match: [pair] }), "loss.0", unknown);
  assert.throws(
    () => assertMatch(term({ use: "fsp", match: [pair] }), "loss.0", unknown),
    /two on each side, from and to/,
  );
});

Deno.test("`replaced` names single layers of a student that had some replaced", () => {
  const models = { student: cnn([3], 1), teacher: cnn([3], 2) };
  const hint = term({ use: "hint", match: "replaced" });
  assertMatch(hint, "loss.2", { ...models, replaced: ["conv1"] });
  assertMatch(hint, "loss.2", { ...models, student: undefined, replaced: [] });
  const refused = (chosen: typeof hint, replaced: readonly string[], ...said: string[]) => {
    const [code, message, help] = said as [string, string, string];
    assert.throws(
      () => assertMatch(chosen, "loss.2", { ...models, replaced }),
      new ParameterError(code as never, "loss.2.match", message, help),
    );
  };
  refused(
    hint,
    [],
    "missing-input",
    "`match: replaced` compares what stands in the place of layers, and no layer of the model was replaced",
    "match: [{ student: stage1, teacher: stage1 }], or replace layers first",
  );
  const fsp = term({ use: "fsp", match: "replaced" });
  refused(
    fsp,
    ["conv1"],
    "unknown-value",
    "`fsp` compares how one layer turns into another, and `replaced` names single layers",
    "match: [{ student: [stem, stage1], teacher: [stem, stage1] }]",
  );
});

Deno.test("a term that looks inside a place asks for one with heads in it", () => {
  const models = { student: cnn([3], 1), teacher: cnn([3], 2), replaced: [] };
  const attention = term({ use: "attention-scores", match: [pair] });
  assert.throws(() => assertMatch(attention, "loss.1", models), (error) => {
    assert.ok(error instanceof ParameterError);
    assert.deepEqual([error.code, error.path], ["shape-mismatch", "loss.1.match.0.student"]);
    const inside =
      '`attention-scores` looks inside a place, and "conv1" of cnn does not have what it looks at';
    assert.equal(error.message, inside);
    assert.match(error.help!, /^match what has \S/);
    return true;
  });
});
