/** Models side by side as one. */
import assert from "node:assert/strict";
import { memoryStore, type Recipe, recipe as typed, RecipeError } from "../../../mod.ts";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { ensemble } from "../../../ops/distill/ensemble.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model } from "../../../ops/model/model.ts";
import { assertSound } from "../../../ops/model/sound.ts";
import { countParameters } from "../../../ops/model/weights.ts";
import { cnn } from "../../../ops/model/zoo/cnn.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import { livelyModel, noise } from "../lively_model.ts";
import { assertClose } from "../../close.ts";
import { plainLogits } from "../plain_forward.ts";
import { declared, fieldsOf } from "../declared.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

const members: readonly Model[] = [
  livelyModel(cnn.build([8, 8, 2], 5, { filters: [4], dense: [6], dropout: 0 }), 1),
  livelyModel(resnet.build([8, 8, 2], 5, { depth: 8, width: 0.25 }), 2),
  livelyModel(mlp.build([8, 8, 2], 5, { hidden: [7], dropout: 0 }), 3),
];
const made = async (
  models: readonly Model[],
  params: { shares?: number[]; average: "logits" | "probabilities" } = { average: "logits" },
) => {
  const model = await ensemble.run({ models }, params, runContext());
  assertSound(model);
  return model;
};

Deno.test("its logits are the mean of its members', computed by a plain interpreter", async () => {
  for (const shares of [undefined, [1, 1, 1], [2, 1, 5]]) {
    const whole = await made(members, { average: "logits", ...shares && { shares } });
    const sum = (shares ?? [1, 1, 1]).reduce((all, each) => all + each);
    for (let sample = 0; sample < 3; sample++) {
      const x = noise(members[0]!, 5, sample);
      const each = members.map((model) => plainLogits(model, x));
      const expected = Array.from(
        { length: 5 },
        (_, i) => each.reduce((mean, logits, k) => mean + (shares?.[k] ?? 1) / sum * logits[i]!, 0),
      );
      assertClose(plainLogits(whole, x), expected, 1e-5);
    }
  }
});

Deno.test("the mean of two teachers' logits, by the published probabilities at temperature 4", async () => {
  // One input of 1: a kernel is the logits.
  const kernels = [[2, 1, 0.1, -1], [1.5, 0.8, 0, -0.5]];
  const whole = await made(kernels.map((kernel) => denseModel([{ kernel: [kernel] }])));
  const logits = plainLogits(whole, [{ shape: [1], data: Float64Array.of(1) }]);
  const powers = [...logits].map((z) => Math.exp(z / 4));
  const sum = powers.reduce((all, each) => all + each);
  assertClose(
    Float64Array.from(powers, (each) => each / sum),
    [0.33360116, 0.26973666, 0.21809836, 0.17856383],
    1e-7,
  );
});

Deno.test("the mean of their probabilities, published, by our kernels; tiny ones do not vanish", async () => {
  const teachers = [[2, 1, 0.1, -1], [1.5, 0.8, 0, -0.5]];
  // A fourth of the logits is what temperature 4 makes of them.
  const cool = teachers.map((kernel) => denseModel([{ kernel: [kernel.map((z) => z / 4)] }])).map((
    model,
  ) => ({ ...model, preprocess: { scale: [1], offset: [0] } }));
  const whole = await made(cool, { average: "probabilities" });
  const [logits] = await modelKind.predict!(whole, Float32Array.of(1), { threads: 1 });
  const powers = logits!.map(Math.exp);
  const sum = powers.reduce((all, each) => all + each, 0);
  assertClose(
    Float64Array.from(powers, (each) => each / sum),
    [0.33360828, 0.26949375, 0.21790303, 0.17899494],
    1e-6,
  );
  const sure = [[200, 0, 0, 0], [0, 200, 0, 0]].map((kernel) => denseModel([{ kernel: [kernel] }]))
    .map((model) => ({ ...model, preprocess: { scale: [1], offset: [0] } }));
  const torn = await made(sure, { average: "probabilities", shares: [3, 1] });
  const [said] = await modelKind.predict!(torn, Float32Array.of(1), { threads: 1 });
  assertClose(
    said!,
    [Math.log(0.75), Math.log(0.25), -200, -200],
    1e-4,
  );
});

Deno.test("shares of probabilities, by a plain interpreter; facts are those of the model", async () => {
  const params = { average: "probabilities" as const, shares: [2, 1, 5] };
  const whole = await made(members, params);
  const x = noise(members[0]!, 5, 1);
  const mean = new Float64Array(5);
  for (const [k, member] of members.entries()) {
    const powers = [...plainLogits(member, x)].map(Math.exp);
    const sum = powers.reduce((all, each) => all + each);
    powers.forEach((each, i) => mean[i]! += params.shares[k]! / 8 * each / sum);
  }
  assertClose(plainLogits(whole, x), mean.map(Math.log), 1e-6);
  const facts = members.map((model) => modelFacts(model, model));
  assert.deepEqual(ensemble.facts({ models: facts }, params), modelFacts(whole, whole));
});

Deno.test("every member keeps its layers and weights, under its own number", async () => {
  const whole = await made(members);
  assert.equal(
    countParameters(whole),
    members.reduce((sum, each) => sum + countParameters(each), 0) + 3 * 5 * 5,
  );
  for (const [k, member] of members.entries()) {
    for (const [name, weight] of Object.entries(member.weights)) {
      assert.deepEqual(whole.weights[`member${k + 1}.${name}`], weight);
    }
  }
  assert.deepEqual(whole.layers.slice(-2).map(({ name }) => name), ["average.join", "average.mix"]);
  const encoded = modelKind.encode(whole);
  const again = await modelKind.decode(
    encoded.manifest,
    (digest) => Promise.resolve(encoded.blobs.get(digest)!),
  );
  assert.deepEqual(again, whole);
});

Deno.test("facts are those of the model that is made; what was established stays, by its new name", async () => {
  const marked = { ...members[0]!, established: { replaced: ["conv1"], channels: { conv1: 4 } } };
  const models = [members[1]!, marked];
  const facts = models.map((model) => modelFacts(model, model));
  const foretold = ensemble.facts({ models: facts }, { average: "logits" }) as ModelFacts;
  const whole = await made(models);
  assert.deepEqual(foretold, modelFacts(whole, whole));
  assert.deepEqual(whole.established, {
    channels: { "member2.conv1": 4 },
    replaced: ["member2.conv1"],
  });
  const untrained = facts.map((each, k) => ({ ...each, learned: k > 0 }));
  const known = ensemble.facts({ models: untrained }, { average: "logits" }) as ModelFacts;
  assert.equal(known.learned, false);
});

Deno.test("what cannot be averaged is refused with a place", async () => {
  const facts = (model: Model): ModelFacts => modelFacts(model, { learned: true, established: {} });
  const refused = (
    models: readonly ModelFacts[],
    more: object,
    ...[code, path, message, help]: ConstructorParameters<typeof ParameterError>
  ) =>
    assert.throws(
      () => ensemble.facts({ models }, { average: "logits", ...more } as never),
      new ParameterError(code, path, message, help),
    );
  const [one, two] = members.map(facts) as [ModelFacts, ModelFacts, ModelFacts];
  const alike = "the answers of an ensemble are averaged: model 1 reads 8×8×2, says 5";
  const odd: [number[], number, string][] = [
    [[8, 8, 2], 4, "reads 8×8×2, says 4"],
    [[8, 8, 1], 5, "reads 8×8×1, says 5"],
  ];
  for (const [shape, classes, described] of odd) {
    refused(
      [one, facts(livelyModel(mlp.build(shape, classes, { hidden: [7], dropout: 0 })))],
      {},
      ...["shape-mismatch", "models.1"] as const,
      `${alike} (1 output, head softmax), model 2 ${described} (1 output, head softmax)`,
      "models of the same data, with one output each",
    );
  }
  const integers = { ...two, established: ["format"] };
  for (const [place, models] of [[0, [integers, one]], [1, [one, integers]]] as const) {
    refused(
      models,
      {},
      ...["order", `models.${place}`] as const,
      "a quantized model has number formats of its own, and an ensemble has one",
      "make the ensemble first, then quantize it",
    );
  }
  const entries = "`shares` has one entry for each model: 1 for 2";
  refused([one, two], { shares: [1] }, ...["out-of-range", "shares", entries] as const);
  refused(
    [one],
    {},
    ...["missing-input", "models"] as const,
    "an ensemble is two models or more, and this has 1",
    "models: [left, right]",
  );
  const flat = { ...one, architecture: { ...(one.architecture as object), head: "none" } };
  refused(
    [flat, flat],
    { average: "probabilities" },
    ...["unknown-value", "average"] as const,
    "only classifiers have probabilities to average: what these models say is no softmax",
    "average: logits",
  );
  // The first says what they are; that another is none of those is said of the two.
  const mean = { average: "probabilities" } as const;
  assert.throws(() => ensemble.facts({ models: [flat, two] }, mean), /no softmax/);
  assert.throws(() => ensemble.facts({ models: [one, flat] }, mean), /model 2 reads .*head none/);
  const other = { ...members[1]!, preprocess: { scale: [2], offset: [0] } };
  await assert.rejects(
    () => made([members[0]!, other]),
    /model 2 has another normalisation/,
  );
});

Deno.test("of members that are not known yet, what any established and whether all learned is known", () => {
  const [one, two] = members.map((model) => modelFacts(model, model)) as [ModelFacts, ModelFacts];
  const open: ModelFacts = { kind: "model", learned: false, established: ["zeros", "channels"] };
  const known = (models: readonly ModelFacts[]) =>
    ensemble.facts({ models }, { average: "logits" });
  assert.deepEqual(known([{ ...one, established: ["zeros"] }, open]), {
    ...{ kind: "model", learned: false, family: "ensemble", established: ["channels", "zeros"] },
  });
  const gone = [{ ...one, replaced: ["conv2", "conv1"] }, { ...two, replaced: ["stem"] }];
  assert.deepEqual((known([gone[1]!, gone[0]!]) as ModelFacts).replaced, [
    ...["member1.stem", "member2.conv1", "member2.conv2"],
  ]);
});

Deno.test("what it reads, and the limits of its fields", () => {
  assert.deepEqual(declared(ensemble), {
    ...{ name: "ensemble", version: 1, output: "model", numerics: "none" },
    inputs: { models: "model many learned: The members: models of the same samples and classes" },
    example: { average: "logits" },
  });
  assert.deepEqual(fieldsOf(ensemble), {
    shares: {
      ...{ type: "array", minItems: 1, maxItems: 10_000 },
      items: { type: "number", exclusiveMinimum: 0, maximum: 1_000_000 },
    },
    average: { enum: ["logits", "probabilities"], default: "logits" },
  });
});

const ground = {
  name: "committee",
  data: { use: "digits", limit: 300, split: { validation: 0.1, test: 0.1 } },
  teacher: [
    { as: "left", use: "mlp", hidden: [30], train: { epochs: 4 } },
    { as: "right", use: "cnn", filters: [4], dense: [20], train: { epochs: 4 } },
  ],
  student: { use: "mlp", hidden: [12] },
};

for (const average of ["logits", "probabilities"]) {
  Deno.test(`a recipe's ensemble by ${average} is measured, teaches, and is exported like any model`, async () => {
    const cache = memoryStore();
    const whole = () =>
      recipe({
        ...ground,
        steps: [
          { op: "ensemble", models: ["left", "right"], shares: [1, 2], average },
          { op: "export", model: "ensemble", use: "tfjs" },
          { op: "export", model: "ensemble", use: "packed", as: "as-packed" },
          { op: "export", model: "ensemble", use: "onnx", as: "as-onnx" },
          { op: "quantize", as: "small", model: "ensemble", scheme: "int8" },
          { op: "distill", model: "student", teacher: "ensemble", epochs: 2 },
        ],
      });
    const run = await whole().run({ cache });
    assert.deepEqual(run.problems, []);
    assert.ok(run.models.some(({ name, accuracy }) => name === "ensemble" && accuracy! > 0.3));
    assert.ok(run.steps.some(({ name }) => name === "ensemble-outputs"));
    const again = await whole().run({ cache });
    assert.ok(again.steps.every(({ status }) => status === "hit"));
  });
}

Deno.test("members with random weights are refused before anything runs", async () => {
  const fresh = recipe({
    ...ground,
    steps: [
      { op: "ensemble", models: ["left", "student"] },
      { op: "distill", model: "student", teacher: "ensemble", epochs: 1 },
    ],
  });
  await assert.rejects(() => fresh.compile(), (error) => {
    assert.ok(error instanceof RecipeError);
    return error.diagnostics.some(({ code, path }) => code === "untrained" && path === "student");
  });
});
