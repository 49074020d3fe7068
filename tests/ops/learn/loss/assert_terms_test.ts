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
import { term } from "../terms/support/evaluated.ts";

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
  const refused = (
    facts: object,
    term: LossTerm,
    ...[code, path, message, help]: ConstructorParameters<typeof ParameterError>
  ) =>
    assert.throws(
      () => train.facts(facts as never, training({ loss: [term] })),
      new ParameterError(code, path, message, help),
    );
  train.facts(known(cloud), training({ loss: [game()] }));
  const wide = tableData([[1, 2]], [[0]]);
  const odd = ["shape-mismatch", "loss.0.real"] as const;
  refused(known(wide), game(), ...odd, "the model makes 1, a sample of the data is 2");
  refused(
    known(cloud),
    game({ critic: "frozen" }),
    "unknown-value",
    "loss.0.critic",
    "a critic that stays as it is looks at no real samples, and `real` names some",
    "critic: trained, or leave real out",
  );
  refused(
    known(cloud),
    game({ teacher: "other" }),
    "unknown-value",
    "loss.0.teacher",
    "what is real comes from a teacher or from data, not from both",
    "leave teacher or real out, or write the term twice",
  );
  const texts = { ...known(cloud), "loss.0.real": { ...factsOf(cloud.meta), text: {} } };
  const written = "real samples are compared with what is made, and these are texts";
  refused(texts, game(), ...odd, written);
  // A critic that is told classes is told those of the real samples.
  const critic = affine(1, 0);
  const conditional = { ...critic, inputs: [...critic.inputs, { name: "class", shape: [3] }] };
  const told = (real: object) => ({
    ...known(cloud, conditional),
    data: { ...factsOf(latents.meta), outputs: 3 },
    "loss.0.real": { ...factsOf(cloud.meta), ...real },
  });
  train.facts(told({ task: "classification", outputs: 3 }) as never, training({ loss: [game()] }));
  const classes = "the model that is asked is told 3 classes, the real samples have";
  refused(told({ task: "classification", outputs: 4 }), game(), ...odd, `${classes} 4`);
  refused(told({ task: "regression", outputs: 3 }), game(), ...odd, `${classes} none`);
  const { real: _, ...taught } = game() as Extract<LossTerm, { use: "adversarial" }>;
  assert.throws(
    () => train.facts(known(cloud), training({ loss: [taught] })),
    (error) =>
      error instanceof ParameterError && error.path === "loss.0" &&
      /has no teacher/.test(error.message),
  );
});

const plain = cnn.build([8, 8, 1], 4, { filters: [3], dense: [], dropout: 0 });
const coder = cvae.build([8, 8, 1], 4, { latent: 2, filters: [2], width: 1 });
const known = (of: Architecture, learned = true) => modelFacts(of, { learned, established: {} });

const refused = (
  chosen: LossTerm,
  inputs: Readonly<Record<string, unknown>>,
  ...[code, path, message, help]: ConstructorParameters<typeof ParameterError>
) =>
  assert.throws(
    () => assertTerm(chosen, "loss.3", inputs as never),
    new ParameterError(code, path, message, help),
  );

Deno.test("a term that compares classes, samples or labels asks for a task that has them", () => {
  const of = (task: string) => ({ data: { kind: "dataset", task }, model: { kind: "model" } });
  const soft = term({ use: "soft-targets" });
  refused(
    soft,
    of("regression"),
    "unknown-value",
    "loss.3",
    "`soft-targets` compares classes, and the task is regression",
    "loss.3: { use: logits }",
  );
  refused(
    term({ use: "peers" }),
    of("reconstruction"),
    "unknown-value",
    "loss.3",
    "`peers` compares classes, and the task is reconstruction",
    "distill, with a teacher",
  );
  for (const task of ["classification", "next-token", "multi-label"]) {
    assertTerm(soft, "loss.3", { ...of(task) } as never);
  }
  refused(
    term({ use: "dist" }),
    of("multi-label"),
    "unknown-value",
    "loss.3",
    "`dist` compares classes, and the task is multi-label",
    "loss.3: { use: logits }",
  );
  refused(
    term({ use: "elbo" }),
    of("classification"),
    "unknown-value",
    "loss.3",
    "`elbo` compares what is made with the sample itself, and the task is classification",
    "data: { use: digits, task: reconstruction }",
  );
  refused(
    term({ use: "labels" }),
    of("generation"),
    "unknown-value",
    "loss.3",
    "`labels` has nothing to compare with: no label says what a latent vector should become",
    "distil: loss: [output]",
  );
  refused(
    term({ use: "labels", class_weights: "balanced" }),
    of("regression"),
    "unknown-value",
    "loss.3.class_weights",
    "class weights are of samples that have a class, and the task is regression",
    "leave class_weights out",
  );
  assertTerm(term({ use: "labels", class_weights: [1] }), "loss.3", of("classification") as never);
  assertTerm(term({ use: "elbo" }), "loss.3", of("reconstruction") as never);
  assertTerm(term({ use: "output" }), "loss.3", of("generation") as never);
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
  refused(
    elbo,
    of(plain),
    "shape-mismatch",
    "loss.3",
    "`elbo` takes each output for a value of its own, and this model (cnn) ends in a softmax",
    "use: cvae",
  );
  refused(
    elbo,
    of({ ...plain, head: "none" }),
    "shape-mismatch",
    "loss.3",
    "`elbo` needs latent numbers that are drawn, and this model (cnn) draws none",
    "use: cvae",
  );
});

Deno.test("outputs are compared with a teacher's of the same size behind the same head", () => {
  const data = { kind: "dataset", task: "reconstruction" };
  const output = term({ use: "output" });
  const taught = (teacher: Architecture) => ({
    ...{ data, model: known(coder), teacher: known(teacher) },
  });
  assertTerm(output, "loss.3", taught(coder) as never);
  const behind = "`output` compares outputs: the student makes 8×8×1 behind a sigmoid, the teacher";
  refused(output, taught(plain), "shape-mismatch", "loss.3", `${behind} 4 behind a softmax`);
  const bare = { ...coder, head: "none" } as const;
  refused(output, taught(bare), "shape-mismatch", "loss.3", `${behind} 8×8×1`);
  const own = { ...taught(coder), teacher: undefined, "loss.3.teacher": known(plain) };
  const named = term({ use: "output", teacher: "other" });
  refused(named, own, "shape-mismatch", "loss.3", `${behind} 4 behind a softmax`);
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
  refused(
    perceptual,
    asked(known(plain, false)),
    "untrained",
    path,
    "`perceptual` asks a model that nothing has trained",
    "train it, or load it",
  );
  const quantized = { ...known(plain), established: ["format"] };
  refused(
    perceptual,
    asked(quantized),
    "order",
    path,
    "`perceptual` lets gradients through the model it asks, and a quantized one computes in integers",
    "name the model that was quantized",
  );
  const large = cnn.build([9, 8, 1], 4, { filters: [3], dense: [], dropout: 0 });
  const shape = ["shape-mismatch", path] as const;
  const small = "the model that is asked reads 9×8×1, an output is 8×8×1";
  refused(perceptual, asked(known(large)), ...shape, small);
  const told = "the model that is asked is told 4 classes, the data have 7";
  refused(perceptual, asked(known(coder), { outputs: 7 }), ...shape, told);
  assertTerm(perceptual, "loss.3", asked(known(coder)) as never);
  assertTerm(perceptual, "loss.3", asked(known(coder), { outputs: undefined }) as never);
  assertTerm(
    perceptual,
    "loss.3",
    asked({ kind: "model", learned: true, established: [] }) as never,
  );
});

Deno.test("a penalty needs weights of its kind, in the layers that were chosen if some were", () => {
  const scale = term({ use: "bn-scale", weight: 0.1 });
  const residual = resnet.build([8, 8, 1], 4, { depth: 8, width: 0.25 });
  assertPenalises(scale, "loss.3", residual);
  assertPenalises(term({ use: "labels" }), "loss.3", plain);
  const lost = (chosen: LossTerm, of: Architecture, path: string, why: string, help: string) =>
    assert.throws(
      () => assertPenalises(chosen, "loss.3", of),
      new ParameterError("selector-empty", path, `\`bn-scale\` needs ${why}`, help),
    );
  const needs = "a batchnorm layer";
  lost(scale, plain, "loss.3", `${needs}, and this model (cnn) has none`, "leave the term out");
  const none = term({ use: "bn-scale", weight: 0.1, layers: ["head"] });
  const all = "leave layers out: it holds all that it can";
  lost(none, residual, "loss.3.layers", `${needs}, and these selectors name none`, all);
});

Deno.test("a term that reads labels is refused where nobody has labelled the data", () => {
  const bare = (task: string) => ({
    model: known(plain),
    data: { kind: "dataset", task, labels: "none" },
  });
  for (const each of [term({ use: "labels" }), term({ use: "dkd", nckd: 8 })]) {
    refused(
      each,
      bare("classification"),
      "missing-input",
      "loss.3",
      `\`${each.use}\` reads labels, and nobody has labelled the data (labels: none)`,
      "data with labels; or learn from a teacher alone: distill, with loss: [soft-targets]",
    );
  }
  const sound: readonly (readonly [LossTerm, string])[] = [
    [term({ use: "labels" }), "reconstruction"],
    [term({ use: "soft-targets" }), "classification"],
  ];
  for (const [each, task] of sound) assertTerm(each, "loss.3", bare(task) as never);
});
