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
import { term } from "../terms/evaluated.ts";

const data = noise(24, 8);

const cnn = (filters: number[], seed: number): Model =>
  initialModel(families.cnn.build([8, 8, 1], 4, { filters, dense: [], dropout: 0 } as never), seed);

const teacher: Model = { ...cnn([6, 8], 7), learned: true };

const student = cnn([3, 4], 1);

const lesson = (loss: readonly Readonly<Record<string, unknown>>[], more: Partial<Training> = {}) =>
  training({ epochs: 3, batch: 8, optimizer: adam(0.01), loss: loss.map(term), ...more });

const pair = { student: "conv1", teacher: "conv1" };

Deno.test("places that cannot be compared are found before anything runs", () => {
  const facts = (model: Model): ModelFacts => modelFacts(model, model);
  const known = { model: facts(student), data: factsOf(data.meta), teacher: facts(teacher) };
  const cases: [loss: object, path: string, message: RegExp][] = [
    [
      { use: "hint", adapt: "none", match: [pair] },
      "loss.0.match.0",
      /^hint: student conv1 gives \d+×\d+×3, teacher conv1 gives \d+×\d+×6$/,
    ],
    [
      { use: "hint", match: [{ student: "conv1", teacher: "head.dense" }] },
      "loss.0.match.0",
      /student conv1 gives .* teacher head.dense gives 4/,
    ],
    [
      { use: "attention-transfer", match: [{ student: "head.dense", teacher: "head.dense" }] },
      "loss.0.match.0",
      /student head.dense gives 4/,
    ],
    [
      { use: "fsp", match: [{ student: ["conv1", "conv2"], teacher: ["conv1", "conv2"] }] },
      "loss.0.match.0",
      /fsp: student conv1, conv2 gives/,
    ],
    [{ use: "fsp", match: [pair] }, "loss.0.match.0.student", /two on each side, from and to/],
    [
      { use: "pkt", match: [{ student: ["conv1", "conv2"], teacher: "conv1" }] },
      "loss.0.match.0.student",
      /one layer or group on each side; this names 2/,
    ],
    [
      { use: "pkt", match: [{ student: "type:conv", teacher: "conv1" }] },
      "loss.0.match.0.student",
      /"type:conv" may be several/,
    ],
    [
      { use: "pkt", match: [pair, { student: "conv1", teacher: ["conv1", "conv2"] }] },
      "loss.0.match.1.teacher",
      /this names 2/,
    ],
  ];
  for (const [written, path, message] of cases) {
    assert.throws(() => distill.facts(known, lesson([written as never])), (error) => {
      assert.ok(error instanceof ParameterError, String(error));
      assert.equal(error.path, path);
      assert.match(error.message, message);
      return true;
    });
  }
  const looking = lesson([{ use: "pkt", match: [pair] }]);
  const quantized = { ...known, teacher: { ...known.teacher, established: ["format"] } };
  assert.throws(() => distill.facts(quantized, looking), /of a quantized one there are integers/);
  const { teacher: _teacher, ...rest } = known;
  const recorded = { ...rest, outputs: { kind: "outputs" as const } };
  assert.throws(() => distill.facts(recorded, looking), /recorded outputs are what it answered/);
});

const shown = (model: Model): ModelFacts => modelFacts(model, model);

Deno.test("a name that no layer has is left to `compile` where that looks the side up", () => {
  const known = { model: shown(student), data: factsOf(data.meta), teacher: shown(teacher) };
  const wrong = lesson([{ use: "pkt", match: [{ student: "conv9", teacher: "conv1" }] }]);
  assertFeatures(known, wrong);
  assert.throws(
    () => assertFeatures(known, wrong, { student: false, teacher: true }),
    (error) =>
      error instanceof ParameterError && error.code === "selector-empty" &&
      error.path === "loss.0.match.0.student" &&
      /"conv9" matches no layer of the student \(cnn, \d+ layers\)/.test(error.message) &&
      error.help!.startsWith("its layers: conv1, conv1.pool, conv2"),
  );
  const far = lesson([{ use: "pkt", match: [{ student: "conv1", teacher: "conv9" }] }]);
  assertFeatures(known, far);
  assert.throws(
    () => assertFeatures(known, far, { student: true, teacher: false }),
    /"conv9" matches no layer of the teacher/,
  );
});

Deno.test("a term with a teacher of its own is compared with that one, and recorded outputs do not matter", () => {
  const own = lesson([{ use: "hint", teacher: "other", adapt: "none", match: [pair] }]);
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
  const refused = (chosen: typeof hint, replaced: readonly string[], code: string, words: RegExp) =>
    assert.throws(
      () => assertMatch(chosen, "loss.2", { ...models, replaced }),
      (error) =>
        error instanceof ParameterError && error.code === code &&
        error.path === "loss.2.match" && words.test(error.message),
    );
  refused(hint, [], "missing-input", /no layer of the model was replaced/);
  const fsp = term({ use: "fsp", match: "replaced" });
  refused(fsp, ["conv1"], "unknown-value", /`replaced` names single layers/);
});
