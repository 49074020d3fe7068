/** What a term asks of models and data. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/op.ts";
import { type Dataset, factsOf } from "../../../../ops/data/dataset.ts";
import { drawLatent } from "../../../../ops/data/embedded/draw_latent.ts";
import { assertPenalises, assertTerm } from "../../../../ops/learn/loss/assert_terms.ts";
import type { LossTerm } from "../../../../ops/learn/terms/terms.ts";
import { train } from "../../../../ops/learn/train.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Architecture, Model } from "../../../../ops/model/model.ts";
import { cnn } from "../../../../ops/model/zoo/cnn.ts";
import { cvae } from "../../../../ops/model/zoo/cvae.ts";
import { resnet } from "../../../../ops/model/zoo/resnet.ts";
import { denseModel } from "../../prune/dense_model.ts";
import { tableData, training } from "../small_trainings.ts";
import { term } from "../terms/evaluated.ts";

const { train: drawn } = drawLatent({ size: 1, conditions: 1, count: 256, seed: 3 }, []);

const latents: Dataset = {
  meta: {
    input: [1],
    type: "float32",
    task: "generation",
    classes: ["0"],
    outputs: 1,
    normalize: { scale: [1], offset: [0] },
  },
  parts: { train: drawn },
};

const affine = (kernel: number, bias: number) => denseModel([{ kernel: [[kernel]], bias: [bias] }]);

const game = (more: Partial<Extract<LossTerm, { use: "adversarial" }>> = {}): LossTerm => ({
  use: "adversarial",
  weight: 1,
  through: "critic",
  objective: "least-squares",
  critic: "trained",
  real: "numbers",
  ...more,
});

const numbers = (...values: number[]) => tableData(values.map((x) => [x]), values.map(() => [0]));

const cloud = numbers(...Array.from(drawn.x, (z) => 1 + z / 2).reverse());

Deno.test("who takes data for real learns from them, and they are what is made", () => {
  const known = (real: Dataset, classifier: Model = affine(1, 0)) => ({
    model: modelFacts(affine(1, 0), { ...affine(1, 0), learned: false }),
    data: factsOf(latents.meta),
    ["loss.0.real"]: factsOf(real.meta),
    ["loss.0.through"]: modelFacts(classifier, { ...classifier, learned: false }),
  });
  const refused = (facts: ReturnType<typeof known>, term: LossTerm, path: string, words: RegExp) =>
    assert.throws(
      () => train.facts(facts, training({ loss: [term] })),
      (error) =>
        error instanceof ParameterError && error.path === path && words.test(error.message),
    );
  train.facts(known(cloud), training({ loss: [game()] }));
  const wide = tableData([[1, 2]], [[0]]);
  refused(known(wide), game(), "loss.0.real", /makes 1, a sample of the data is 2/);
  refused(known(cloud), game({ critic: "frozen" }), "loss.0.critic", /looks at no real samples/);
  refused(known(cloud), game({ teacher: "other" }), "loss.0.teacher", /not from both/);
  const { real: _, ...taught } = game() as Extract<LossTerm, { use: "adversarial" }>;
  refused(known(cloud), taught, "loss.0", /has no teacher/);
});

const plain = cnn.build([8, 8, 1], 4, { filters: [3], dense: [], dropout: 0 });
const coder = cvae.build([8, 8, 1], 4, { latent: 2, filters: [2], width: 1 });
const known = (of: Architecture, learned = true) => modelFacts(of, { learned, established: {} });

const refused = (
  chosen: LossTerm,
  inputs: Readonly<Record<string, unknown>>,
  path: string,
  words: RegExp,
) =>
  assert.throws(() => assertTerm(chosen, "loss.3", inputs as never), (error) => {
    assert.ok(error instanceof ParameterError, String(error));
    assert.equal(error.path, path);
    assert.match(error.message, words);
    return true;
  });

Deno.test("a term that compares classes, samples or labels asks for a task that has them", () => {
  const of = (task: string) => ({ data: { kind: "dataset", task }, model: { kind: "model" } });
  const soft = term({ use: "soft-targets" });
  refused(soft, of("regression"), "loss.3", /`soft-targets` compares classes, .* is regression/);
  for (const task of ["classification", "next-token"]) {
    assertTerm(soft, "loss.3", { ...of(task) } as never);
  }
  refused(term({ use: "elbo" }), of("classification"), "loss.3", /with the sample itself/);
  refused(term({ use: "labels" }), of("generation"), "loss.3", /no label says what a latent/);
  assertTerm(term({ use: "labels" }), "loss.3", of("regression") as never);
  assertTerm(soft, "loss.3", { data: { kind: "dataset" }, model: { kind: "model" } } as never);
});

Deno.test("a bound needs latent numbers that are drawn, and outputs that are values of their own", () => {
  const of = (model: Architecture) => ({
    data: { kind: "dataset", task: "reconstruction" },
    model: known(model),
  });
  const elbo = term({ use: "elbo" });
  assertTerm(elbo, "loss.3", of(coder) as never);
  refused(elbo, of(plain), "loss.3", /this model \(cnn\) ends in a softmax/);
  refused(elbo, of({ ...plain, head: "none" }), "loss.3", /this model \(cnn\) draws none/);
});

Deno.test("outputs are compared with a teacher's of the same size behind the same head", () => {
  const data = { kind: "dataset", task: "reconstruction" };
  const output = term({ use: "output" });
  const taught = (teacher: Architecture) => ({
    ...{ data, model: known(coder), teacher: known(teacher) },
  });
  assertTerm(output, "loss.3", taught(coder) as never);
  refused(
    output,
    taught(plain),
    "loss.3",
    /the student makes 8×8×1 behind a sigmoid, the teacher 4/,
  );
  refused(output, taught({ ...coder, head: "none" }), "loss.3", /the teacher 8×8×1$/);
});

Deno.test("a model that is asked has learned, computes in floats, and reads what is made", () => {
  const asked = (through: object, more: object = {}) => ({
    data: { kind: "dataset", task: "reconstruction", outputs: 4, ...more },
    model: known(coder),
    teacher: known(coder),
    "loss.3.through": through,
  });
  const perceptual = term({ use: "perceptual", through: "classifier", layers: ["conv1"] });
  const path = "loss.3.through";
  assertTerm(perceptual, "loss.3", asked(known(plain)) as never);
  refused(perceptual, asked(known(plain, false)), path, /asks a model that nothing has trained/);
  const quantized = { ...known(plain), established: ["format"] };
  refused(perceptual, asked(quantized), path, /a quantized one computes in integers/);
  const large = cnn.build([9, 8, 1], 4, { filters: [3], dense: [], dropout: 0 });
  refused(perceptual, asked(known(large)), path, /is asked reads 9×8×1, an output is 8×8×1/);
  refused(
    perceptual,
    asked(known(coder), { outputs: 7 }),
    path,
    /is told 4 classes, the data have 7/,
  );
});

Deno.test("a penalty needs weights of its kind, in the layers that were chosen if some were", () => {
  const scale = term({ use: "bn-scale", weight: 0.1 });
  const residual = resnet.build([8, 8, 1], 4, { depth: 8, width: 0.25 });
  assertPenalises(scale, "loss.3", residual);
  assertPenalises(term({ use: "labels" }), "loss.3", plain);
  const lost = (chosen: LossTerm, of: Architecture, path: string, words: RegExp) =>
    assert.throws(
      () => assertPenalises(chosen, "loss.3", of),
      (error) =>
        error instanceof ParameterError && error.code === "selector-empty" &&
        error.path === path && words.test(error.message),
    );
  lost(scale, plain, "loss.3", /this model \(cnn\) has none/);
  const none = term({ use: "bn-scale", weight: 0.1, layers: ["head"] });
  lost(none, residual, "loss.3.layers", /these selectors name none/);
});
