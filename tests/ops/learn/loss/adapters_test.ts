/** Regressors between student and teacher: they learn, are part of the state, and stay behind. */
import { selectedLayers, withAdapters } from "../../../../ops/learn/loss/adapters.ts";
import assert from "node:assert/strict";
import { distill } from "../../../../ops/distill/distill.ts";
import type { Training } from "../../../../ops/learn/training_fields.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { families } from "../../../../ops/model/zoo/families.ts";
import { noise } from "../../distill/noise.ts";
import { modelDigest } from "../../model_digest.ts";
import { runContext } from "../../run_context.ts";
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

const taught = (params: Training, context = runContext(), inputs = {}) =>
  distill.run(
    { model: student, data, teacher, outputs: undefined, ...inputs } as never,
    params,
    context,
  ) as Promise<Model>;

interface Note {
  readonly history: readonly {
    readonly terms: readonly { readonly value: number; readonly gradient: number }[];
  }[];
}

Deno.test("a hint through a regressor leads the student to the teacher, and the regressor stays behind", async () => {
  for (const adapt of ["auto", "conv", "dense"]) {
    const context = runContext();
    const learned = await taught(
      config([{ use: "hint", match: [pair], adapt }], { epochs: 30 }),
      context,
    );
    const { history } = context.reported.notes.training as unknown as Note;
    const values = history.map(({ terms }) => terms[0]!.value);
    assert.ok(values.at(-1)! < 0.2 * values[0]!, `${adapt}: ${values[0]} to ${values.at(-1)}`);
    assert.deepEqual(learned.layers, student.layers);
    assert.deepEqual(Object.keys(learned.weights).sort(), Object.keys(student.weights).sort());
    const count = (model: Model) => modelFacts(model, model).parameters;
    assert.equal(count(learned), count(student));
  }
});

Deno.test("what a hint does not reach stays as it is", async () => {
  const learned = await taught(config([{ use: "hint", match: [pair] }]));
  for (const name of Object.keys(student.weights).filter((name) => !name.startsWith("conv1"))) {
    assert.deepEqual(learned.weights[name]!.data, student.weights[name]!.data, name);
  }
  assert.notDeepEqual(learned.weights["conv1/kernel"]!.data, student.weights["conv1/kernel"]!.data);
});

Deno.test("a regressor is part of the state: killed and continued, the training ends with the same bits", async () => {
  const params = config([{ use: "hint", match: [pair, { student: "conv2", teacher: "conv2" }] }], {
    optimizer: adam(0.01, { weight_decay: 0.01 }),
  });
  const whole = await taught(params);
  const stop = new AbortController();
  let saved: Uint8Array | undefined;
  const killed = runContext({
    signal: stop.signal,
    saved: (state) => saved = state,
    progress: (fraction) => fraction > 0.5 && stop.abort(),
  });
  await assert.rejects(() => taught(params, killed));
  const rest = await taught(params, runContext({ resume: saved! }));
  assert.equal(modelDigest(rest), modelDigest(whole));
});

Deno.test("`freeze` means layers of the student: a regressor beside them learns", async () => {
  const frozen = config([{ use: "hint", match: [pair] }], { freeze: ["type:conv", "at:last"] });
  const context = runContext();
  const learned = await taught(frozen, context);
  assert.deepEqual(learned.weights, student.weights);
  const { history } = context.reported.notes.training as unknown as Note;
  assert.ok(history[0]!.terms[0]!.gradient > 0);
});

Deno.test("an adapter has the teacher's channels, reads the student's place, and no selector chooses it", () => {
  const loss = [term({ use: "labels" }), term({ use: "hint", match: [pair] })];
  const shown = { outputs: (): never => assert.fail(), architecture: teacher, dispose() {} };
  const { model, places } = withAdapters(student, loss, [undefined, shown], 0);
  const added = model.layers.slice(student.layers.length);
  assert.deepEqual(added.map(({ name, kind }) => [name, kind]), [["~adapter.1.0", "conv"]]);
  assert.equal((added[0] as { readonly filters: number }).filters, 6);
  assert.deepEqual(places, [undefined, [{ student: ["~adapter.1.0"], teacher: ["conv1"] }]]);
  assert.ok(!selectedLayers(student, ["type:conv"]).some((name) => name.startsWith("~")));
  const same = withAdapters(student, loss, [undefined, { ...shown, architecture: student }], 0);
  assert.equal(same.model, student);
});
