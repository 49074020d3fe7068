/** What `quantize` says before anything runs: what it reads, and what it refuses, with the place and the way out. */
import assert from "node:assert/strict";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { factsOf } from "../../../ops/data/dataset.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { type Architecture, structureOf } from "../../../ops/model/model.ts";
import { quantize } from "../../../ops/quantize/quantize.ts";
import { vgg } from "../../../ops/model/zoo/stacked.ts";
import { labelled } from "../labelled.ts";
import { livelyModel } from "../lively_model.ts";
import { training } from "../learn/small_trainings.ts";
import { zooNetworks } from "../zoo_networks.ts";

const activations = { use: "int8", granularity: "tensor", symmetry: "asymmetric" };
const int8 = {
  scheme: "int8",
  granularity: "channel",
  symmetry: "symmetric",
  activations,
  calibrate: { use: "minmax", samples: 100 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
};
const dynamic = { activations: { ...activations, ranges: "dynamic" } };
const finetune = training({});

Deno.test("samples are read where ranges are calibrated, biases measured, or something trained", () => {
  const { parts, needed } = quantize.inputs.data;
  const read = (changed: object) => [parts!, needed!].map((of) => of({ ...int8, ...changed }));
  const [none, train] = [[[], []], [["meta", "train"], ["train"]]];
  const best = { ...finetune, checkpoint: "best" };
  const weights = { activations: { use: "none" } };
  assert.deepEqual(read({}), train);
  assert.deepEqual(read(dynamic), none);
  assert.deepEqual(read(weights), none);
  assert.deepEqual(read({ ...weights, "bias_correction": "analytic" }), none);
  assert.deepEqual(read({ ...weights, "bias_correction": "measured" }), train);
  assert.deepEqual(read({ ...weights, finetune: best }), [
    ["meta", "train", "validation"],
    ["train", "validation"],
  ]);
  assert.deepEqual(read({ scheme: "float16", finetune: best }), none);
  const draws = (changed: object) => quantize.random({ ...int8, ...changed });
  assert.deepEqual([{}, { finetune: best }, { scheme: "float16", finetune: best }].map(draws), [
    false,
    true,
    false,
  ]);
});

Deno.test("facts are foretold as far as they are known: with half precision nothing but the format", () => {
  const model = livelyModel(zooNetworks["resnet"]!);
  const facts = { ...modelFacts(structureOf(model), model), established: ["zeros"] };
  const { layers: _, ...open } = facts;
  const established = ["format", "zeros"];
  const integers = { bits: 8, ranges: "static" };
  assert.deepEqual(quantize.facts({ model: open }, int8), { ...open, established, integers });
  assert.deepEqual(quantize.facts({ model: facts }, { scheme: "float16" }), {
    ...facts,
    established,
  });
});

Deno.test("the integers between layers are foretold: their bits, and where their ranges come from", () => {
  const model = livelyModel(zooNetworks.mlp!);
  const facts = modelFacts(structureOf(model), model);
  const foretold = (activations: object) => {
    const made = quantize.facts({ model: facts }, { ...int8, activations } as never);
    return (made as ModelFacts).integers;
  };
  assert.deepEqual(foretold({ use: "int4" }), { bits: 4, ranges: "static" });
  assert.deepEqual(foretold({ use: "int8", ranges: "dynamic" }), { bits: 8, ranges: "dynamic" });
  assert.equal(foretold({ use: "none" }), undefined);
  assert.equal(facts.integers, undefined);
});

/** What is refused of a quantization: code, parameter, sentence, help; undefined where nothing is. */
function refused(
  network: string | Architecture,
  changed: object,
  established: readonly string[] = [],
) {
  const model = livelyModel(typeof network === "string" ? zooNetworks[network]! : network);
  const facts = { ...modelFacts(structureOf(model), model), established };
  const data = factsOf(labelled(model, 8).meta);
  try {
    quantize.facts({ model: facts, data }, { ...int8, ...changed });
  } catch (error) {
    assert.ok(error instanceof ParameterError, String(error));
    return [error.code, error.path, error.message, error.help];
  }
}

Deno.test("a model is quantized once, in any scheme", () => {
  const once = [
    "order",
    "scheme",
    "the model is quantized already, and its format has to stay",
    "quantize once, or give layers their own scheme with `per_layer`",
  ];
  assert.deepEqual(refused("mlp", {}, ["format"]), once);
  assert.deepEqual(refused("mlp", { scheme: "float16" }, ["format", "zeros"]), once);
  assert.equal(refused("mlp", {}, ["zeros"]), undefined);
});

Deno.test("dynamic ranges are for dense layers: a convolution among them is refused, one that stays is not", () => {
  assert.equal(refused("mlp", dynamic), undefined);
  assert.deepEqual(refused("cnn", dynamic), [
    "unknown-value",
    "activations.ranges",
    "dynamic ranges are those of rows that dense layers read, and conv1 is a conv",
    "ranges: static, or exclude: type:conv",
  ]);
  assert.equal(refused("cnn", { ...dynamic, exclude: ["type:conv"] }), undefined);
  const own = [{ layers: ["type:conv"], scheme: "float32" }];
  assert.equal(refused("cnn", { ...dynamic, "per_layer": own }), undefined);
  assert.equal(refused("cnn", {}), undefined);
});

Deno.test("a training watches ranges, so dynamic ones are not for it", () => {
  assert.deepEqual(refused("mlp", { ...dynamic, finetune }), [
    "unknown-value",
    "activations.ranges",
    "`finetune` rounds values by ranges that it watches, and dynamic ones are found row by row",
    "ranges: static, or no finetune",
  ]);
  assert.equal(refused("mlp", { finetune }), undefined);
  assert.equal(refused("mlp", { activations: { use: "none" }, finetune }), undefined);
});

Deno.test("`scales: learned` and `freeze_after` are refused without a training", () => {
  const missing = (field: string) => [
    "missing-field",
    field,
    `\`${field}\` says how a training behaves, and there is none`,
    "finetune: { epochs: … }",
  ];
  assert.deepEqual(refused("mlp", { scales: "learned" }), missing("scales"));
  assert.deepEqual(refused("mlp", { "freeze_after": { ranges: 1 } }), missing("freeze_after"));
  const both = { scales: "learned", "freeze_after": {} };
  assert.deepEqual(refused("mlp", both), missing("scales"));
  assert.equal(refused("mlp", { scales: "observed" }), undefined);
  assert.equal(refused("mlp", { ...both, finetune }), undefined);
});

Deno.test("learned scales of asymmetric integers are refused", () => {
  const asymmetric = { symmetry: "asymmetric", finetune };
  assert.deepEqual(refused("mlp", { ...asymmetric, scales: "learned" }), [
    "unknown-value",
    "scales",
    "learned scales have no zero point beside them",
    "symmetry: symmetric",
  ]);
  assert.equal(refused("mlp", asymmetric), undefined);
});

Deno.test("after a training there is no bias to correct", () => {
  for (const correction of ["measured", "analytic"]) {
    assert.deepEqual(refused("mlp", { finetune, "bias_correction": correction }), [
      "unknown-value",
      "bias_correction",
      "`finetune` moves the biases with rounding in view; there is nothing left to correct",
      "leave bias_correction out",
    ]);
    assert.equal(refused("mlp", { "bias_correction": correction }), undefined);
  }
});

Deno.test("an analytic correction needs channels as batch normalisation left them", () => {
  const analytic = { "bias_correction": "analytic" };
  assert.equal(refused("resnet", analytic), undefined);
  assert.deepEqual(refused("resnet", { ...analytic, equalize: "cross-layer" }), [
    "unknown-value",
    "bias_correction",
    "after `equalize` channels are no longer what batch normalisation says of them",
    "bias_correction: measured",
  ]);
  const measured = { "bias_correction": "measured", equalize: "cross-layer" };
  assert.equal(refused("resnet", measured), undefined);
});

Deno.test("values that a layer shares stay shared only where all its channels are rounded alike", () => {
  const whole = { granularity: "tensor", fold: "none" };
  const clustered = (network: string | Architecture, changed: object) =>
    refused(network, changed, ["clusters"]);
  const more = (path: string, because: string, help: string) => [
    "order",
    path,
    `weights share values since \`cluster\`, and ${because}: there would be more of them`,
    help,
  ];
  assert.equal(clustered("resnet", whole), undefined);
  assert.deepEqual(
    clustered("resnet", { ...whole, granularity: "channel" }),
    more(
      "granularity",
      "each channel would round the values that a layer shares by its own scale",
      "granularity: tensor",
    ),
  );
  assert.deepEqual(
    clustered("resnet", { ...whole, equalize: "cross-layer" }),
    more("equalize", "`cross-layer` scales channels apart", "leave equalize out"),
  );
  assert.deepEqual(
    clustered("resnet", { ...whole, fold: "batchnorm" }),
    more("fold", "folding BatchNorm scales channels apart", "fold: none"),
  );
  const one = vgg.build([8, 8, 1], 3, { depth: 8, width: 0.125 });
  const layers = one.layers.slice(0, 2);
  const [, norm] = layers.map(({ name }) => name);
  assert.deepEqual(
    clustered({ ...one, layers, outputs: [norm!], head: "none" }, { ...whole, fold: "batchnorm" }),
    more("fold", "folding BatchNorm scales channels apart", "fold: none"),
  );
  // Without BatchNorm there is nothing to fold, and chosen layers are looked at when the step has run.
  assert.equal(clustered("cnn", { ...whole, fold: "batchnorm" }), undefined);
  assert.equal(clustered("resnet", { exclude: ["stem"] }), undefined);
  assert.equal(clustered("resnet", { layers: ["stem"] }), undefined);
  assert.equal(refused("resnet", {}), undefined);
});

Deno.test("weights that share values are not trained and rounded at once, whichever are chosen", () => {
  assert.deepEqual(refused("mlp", { exclude: ["dense1"], finetune }, ["clusters"]), [
    "order",
    "finetune",
    "weights that share values cannot be trained and rounded at once",
    "train after `cluster` with its own finetune, and quantize without one",
  ]);
});

Deno.test("the training is looked at like any other", () => {
  const loss = [{ use: "soft-targets", weight: 1, temperature: 4 }];
  const [code, path] = refused("mlp", { finetune: { ...finetune, loss } })!;
  assert.deepEqual([code, path], ["missing-input", "finetune.loss.0"]);
});
