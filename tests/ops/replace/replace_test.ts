import assert from "node:assert/strict";
import { type LayerFacts, type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { tapped } from "../../../ops/model/forward.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import {
  type Architecture,
  type Layer,
  type Model,
  structureOf,
} from "../../../ops/model/model.ts";
import { assertSound } from "../../../ops/model/sound.ts";
import { countParameters } from "../../../ops/model/weights.ts";
import { cnn } from "../../../ops/model/zoo/cnn.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import type { ReplaceParams } from "../../../ops/replace/fields.ts";
import { gainfulRank, rankOfShare } from "../../../ops/replace/rank.ts";
import { replace } from "../../../ops/replace/replace.ts";
import { svd } from "../../../ops/model/svd.ts";
import { declared, fieldsOf } from "../declared.ts";
import { training } from "../learn/small_trainings.ts";
import { livelyModel, noise } from "../lively_model.ts";
import { assertClose } from "../../close.ts";
import { modelDigest } from "../model_digest.ts";
import { noiseData } from "../noise_data.ts";
import { plainLogits } from "../plain_forward.ts";
import { denseModel } from "../prune/dense_model.ts";
import { recordingContext } from "../run_context.ts";

const params = (more: Partial<ReplaceParams> & Pick<ReplaceParams, "with">): ReplaceParams => ({
  layers: ["*"],
  order: "together",
  init: "fitted",
  ...more,
});
const separable = (more: Partial<ReplaceParams> = {}) =>
  params({ with: { use: "separable" }, ...more });
const lowRank = (
  rank: Extract<ReplaceParams["with"], { use: "svd" }>["rank"],
  more: Partial<ReplaceParams> = {},
) => params({ with: { use: "svd", rank }, ...more });

const run = async (model: Model, how: ReplaceParams) => {
  const { context, notes, warnings } = recordingContext();
  const after = await replace.run({ model, data: noiseData(model, 64) }, how, context);
  assertSound(after);
  assert.equal(modelKind.holds!(model, after), undefined);
  return { after, notes, warnings };
};
const factsOf = (model: Model) => modelFacts(structureOf(model), model);
const refused = (
  model: Model,
  how: ReplaceParams,
  ...[code, path, message, help]: ConstructorParameters<typeof ParameterError>
) =>
  assert.throws(
    () => replace.facts({ model: factsOf(model) }, how),
    new ParameterError(code, path, message, help),
  );
const named = (model: Architecture) => model.layers.map(({ name }) => name);

/** The network with every kernel's window × filters matrix of each input channel a product. */
function withProducts(network: Architecture): Model {
  const model = livelyModel(network);
  const weights = Object.fromEntries(
    Object.entries(model.weights).map(([name, weight]) => {
      const [h, w, inputs, filters] = weight.shape;
      if (weight.shape.length !== 4) return [name, weight];
      const filter = stream(1, `d:${name}`).normals(0, h! * w! * inputs!);
      const mix = stream(1, `p:${name}`).normals(0, inputs! * filters!);
      const data = Float32Array.from(weight.data, (_, at) => {
        const place = Math.floor(at / filters!);
        return 0.3 * filter[place]! * mix[place % inputs! * filters! + at % filters!]!;
      });
      return [name, { ...weight, data }];
    }),
  );
  return { ...model, weights };
}

Deno.test("a separable convolution 3×3, 32 → 64 channels, 14×14 has an eighth of the work", async () => {
  const conv: Layer = {
    ...{ name: "conv", kind: "conv", inputs: ["input"], filters: 64, kernel: [3, 3] },
    ...{ strides: [1, 1], padding: "same", dilations: [1, 1], bias: false, activation: "relu" },
  };
  const model = livelyModel({
    ...{ family: "test", inputs: [{ name: "input", shape: [14, 14, 32] }], layers: [conv] },
    ...{ outputs: ["conv"], head: "none" },
  });
  const before = factsOf(model);
  assert.deepEqual([before.macs, before.parameters], [3_612_672, 18_432]);
  const facts = replace.facts({ model: before }, separable()) as ModelFacts;
  assert.deepEqual([facts.macs, facts.parameters], [457_856, 2_336]);
  const { after } = await run(model, separable());
  assert.equal(countParameters(after), 2_336);
  assert.deepEqual(replace.effect!({ model } as never, after), {
    layers: {
      conv: { layers: ["conv.depthwise", "conv.pointwise"], parameters: 2336, before: 18432 },
    },
  });
});

for (
  const [name, network] of Object.entries({
    "with biases and pooling": cnn.build([9, 9, 2], 3, { filters: [4, 6], dense: [], dropout: 0 }),
    "with strides, shortcuts and BatchNorm": resnet.build([8, 8, 3], 3, { depth: 8, width: 0.25 }),
  })
) {
  Deno.test(`kernels that are products are replaced without a change of function, ${name}`, async () => {
    const model = withProducts(network);
    const { after, notes } = await run(model, separable({ layers: ["type:conv"] }));
    const replaced = model.layers.filter(({ kind, ...layer }) =>
      kind === "conv" && (layer as unknown as { kernel: number[] }).kernel[0] === 3
    ).map((layer) => layer.name);
    assert.deepEqual(after.established.replaced, replaced.toSorted());
    assert.ok(Object.values(notes.fit_error as object).every((error) => error < 1e-6));
    for (let sample = 0; sample < 3; sample++) {
      const x = noise(model, 2, sample);
      const expected = plainLogits(model, x);
      const scale = Math.max(...expected.map(Math.abs));
      assertClose(plainLogits(after, x), expected, 1e-5 * scale);
    }
  });
}

Deno.test("a layer becomes a group with its name: what it fed reads the last of it, and a tap finds it", async () => {
  const model = livelyModel(cnn.build([9, 9, 2], 3, { filters: [4, 6], dense: [8], dropout: 0 }));
  const { after } = await run(model, separable({ layers: ["conv2"] }));
  assert.deepEqual(
    named(after),
    named(model).flatMap((name) =>
      name === "conv2" ? ["conv2.depthwise", "conv2.pointwise"] : [name]
    ),
  );
  const layer = (name: string) => after.layers.find((each) => each.name === name)!;
  assert.deepEqual(layer("conv2.pool").inputs, ["conv2.pointwise"]);
  assert.deepEqual(layer("conv2.depthwise").inputs, ["conv1.pool"]);
  const [depthwise, pointwise] = [layer("conv2.depthwise"), layer("conv2.pointwise")];
  assert.ok(depthwise.kind === "depthwise" && pointwise.kind === "conv");
  assert.deepEqual([depthwise.bias, depthwise.activation], [false, "linear"]);
  assert.deepEqual([pointwise.bias, pointwise.activation], [true, "relu"]);
  assert.deepEqual(after.weights["conv2.pointwise/bias"], model.weights["conv2/bias"]);
  assert.equal(tapped(after, "conv2"), "conv2.pool");
  assert.deepEqual(after.weights["conv1/kernel"], model.weights["conv1/kernel"]);
  const again = await run(after, separable({ layers: ["conv1"] }));
  assert.deepEqual(again.after.established.replaced, ["conv1", "conv2"]);
});

Deno.test("factors of a dense matrix of their rank are the layer, its bias and activation behind them", async () => {
  const [rows, columns, rank] = [12, 10, 3];
  const [a, b] = [
    stream(1, "a").normals(0, rows * rank),
    stream(1, "b").normals(0, rank * columns),
  ];
  const kernel = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += a[i * rank + k]! * b[k * columns + j]!;
      return sum;
    }));
  const bias = [...stream(1, "bias").normals(0, columns)];
  const model = denseModel([{ kernel, bias, activation: "relu" }]);
  const { after, notes } = await run(model, lowRank(3));
  assert.deepEqual(named(after), ["dense1.reduce", "dense1.expand"]);
  assert.deepEqual(after.outputs, ["dense1.expand"]);
  assert.equal(countParameters(after), 3 * (12 + 10) + 10);
  assert.ok((notes.fit_error as { dense1: number }).dense1 < 1e-6);
  for (let sample = 0; sample < 5; sample++) {
    const x = noise(model, 3, sample);
    assertClose(plainLogits(after, x), plainLogits(model, x), 1e-5);
  }
});

Deno.test("784 × 300 at rank 50 has 54,200 weights; 216 is the highest rank that saves any", async () => {
  assert.equal(gainfulRank({ rows: 784, columns: 300 }), 216);
  const model = livelyModel(mlp.build([784], 10, { hidden: [300], dropout: 0 }));
  const how = lowRank(50, { layers: ["dense1"] });
  const facts = replace.facts({ model: factsOf(model) }, how) as ModelFacts;
  assert.equal(facts.parameters, 54_200 + 300 + 3010);
  refused(
    model,
    lowRank(217, { layers: ["dense1"] }),
    ...["out-of-range", "with.rank", "no layer would be smaller at this rank"] as const,
    "the highest that is worth it: dense1 216",
  );
  assert.equal(countParameters((await run(model, how)).after), facts.parameters);
});

Deno.test("1×1 convolutions keep their stride in the first of both layers", async () => {
  const model = livelyModel(resnet.build([8, 8, 3], 3, { depth: 8, width: 1 }));
  const how = lowRank(4, { layers: ["type:pointwise"] });
  const { after } = await run(model, how);
  assert.deepEqual(after.established.replaced, [
    "stage2.block1.shortcut",
    "stage3.block1.shortcut",
  ]);
  const layer = (name: string) => after.layers.find((each) => each.name === name)!;
  const [reduce, expand] = ["reduce", "expand"].map((part) =>
    layer(`stage2.block1.shortcut.${part}`)
  );
  assert.ok(reduce!.kind === "conv" && expand!.kind === "conv");
  assert.deepEqual([reduce!.filters, reduce!.strides], [4, [2, 2]]);
  assert.deepEqual([expand!.filters, expand!.strides], [32, [1, 1]]);
  assert.equal(after.layers.some(({ inputs }) => inputs.includes("stage2.block1.shortcut")), false);
  assert.equal(plainLogits(after, noise(model)).length, 3);
});

Deno.test("facts of what structure decides are those of the model that is made", async () => {
  const model = livelyModel(resnet.build([8, 8, 3], 3, { depth: 8, width: 1 }));
  for (
    const how of [
      separable(),
      separable({ exclude: ["stem"] }),
      lowRank(4),
      lowRank(2, { init: "random" }),
    ]
  ) {
    const foretold = replace.facts({ model: factsOf(model) }, how);
    const { after } = await run(model, how);
    assert.deepEqual(foretold, factsOf(after));
  }
});

Deno.test("energy: the lowest rank that keeps the share, each layer its own", async () => {
  assert.deepEqual(
    [0.1, 0.64, 0.641, 0.8, 0.999, 1].map((share) =>
      rankOfShare(Float64Array.of(8, 4, 4, 2), share)
    ),
    [1, 1, 2, 2, 4, 4],
  );
  const model = livelyModel(mlp.build([40], 3, { hidden: [30, 30], dropout: 0 }));
  const how = lowRank({ use: "energy", share: 0.7 }, { exclude: ["head"] });
  const { after, notes } = await run(model, how);
  for (const layer of ["dense1", "dense2"]) {
    const { shape, data } = model.weights[`${layer}/kernel`]!;
    const { values } = svd(data, shape[0]!, shape[1]!);
    const rank = after.weights[`${layer}.reduce/kernel`]!.shape[1]!;
    const energy = (upTo: number) =>
      values.subarray(0, upTo).reduce((sum, value) => sum + value * value, 0) /
      values.reduce((sum, value) => sum + value * value, 0);
    assert.ok(energy(rank) >= 0.7 && energy(rank - 1) < 0.7);
    const error = (notes.fit_error as Record<string, number>)[layer]!;
    assert.ok(Math.abs(error * error + energy(rank) - 1) < 1e-9);
  }
  const facts = replace.facts({ model: factsOf(model) }, how) as ModelFacts;
  assert.deepEqual([facts.layers, facts.parameters], [undefined, undefined]);
  assert.deepEqual(facts.established, ["replaced"]);
});

Deno.test("a layer whose energy asks for too high a rank stays; where all stay the step is refused", async () => {
  const steep = Array.from(
    { length: 20 },
    (_, i) => Array.from({ length: 20 }, (_, j) => i === j ? 0.5 ** i : 0),
  );
  const flat = steep.map((row, i) => row.map((_, j) => i === j ? 1 : 0));
  const model = denseModel([{ kernel: steep }, { kernel: flat }]);
  const { after, warnings } = await run(model, lowRank({ use: "energy", share: 0.99 }));
  assert.deepEqual(named(after), ["dense1.reduce", "dense1.expand", "dense2"]);
  assert.deepEqual(warnings, ["dense2 stays: at rank 20 its factors would not be smaller"]);
  const only = lowRank({ use: "energy", share: 0.99 }, { layers: ["dense2"] });
  await assert.rejects(async () => await run(model, only), /no layer would be smaller/);
});

Deno.test("a budget is kept by the model that is made, and one too small is refused before anything runs", async () => {
  const model = livelyModel(mlp.build([40], 3, { hidden: [30, 30], dropout: 0 }));
  const how = (parameters: number) => lowRank({ use: "budget", parameters }, { exclude: ["head"] });
  const { after } = await run(model, how(1000));
  const factors = Object.entries(after.weights).filter(([name]) =>
    /(reduce|expand)\/kernel/.test(name)
  );
  const used = factors.reduce((sum, [, { data }]) => sum + data.length, 0);
  assert.ok(used <= 1000 && used > 1000 - 70, `${used}`);
  refused(
    model,
    how(129),
    ...["out-of-range", "with.rank.parameters"] as const,
    "129 weights are not enough: at rank 1 the factors have 130",
    "parameters: 130 or more, or fewer layers",
  );
});

Deno.test("random blocks draw as a fresh network does; fitted ones draw nothing", async () => {
  const model = livelyModel(cnn.build([9, 9, 2], 3, { filters: [4, 6], dense: [], dropout: 0 }));
  const digest = async (more: Partial<ReplaceParams>) =>
    modelDigest((await run(model, separable(more))).after);
  assert.equal(await digest({ seed: 1 }), await digest({ seed: 2 }));
  assert.notEqual(
    await digest({ init: "random", seed: 1 }),
    await digest({ init: "random", seed: 2 }),
  );
  const { after } = await run(model, separable({ init: "random", seed: 3 }));
  const expected = stream(3, "init:conv2.pointwise/kernel").normals(0, 4 * 6)
    .map((value) => value * Math.sqrt(2 / 4));
  assert.deepEqual(after.weights["conv2.pointwise/kernel"]!.data, expected);
  assert.deepEqual([replace.random(separable()), replace.random(separable({ init: "random" }))], [
    false,
    true,
  ]);
});

Deno.test("replacing twice gives the same bytes and leaves its input alone", async () => {
  const model = livelyModel(resnet.build([8, 8, 3], 3, { depth: 8, width: 0.5 }));
  const before = modelDigest(model);
  for (const how of [separable(), lowRank(2), lowRank({ use: "energy", share: 0.5 })]) {
    const [one, other] = [await run(model, how), await run(model, how)];
    assert.equal(modelDigest(one.after), modelDigest(other.after));
    assert.equal(modelDigest(model), before);
  }
});

Deno.test("BatchNorm is estimated again where it is asked for", async () => {
  const model = livelyModel(resnet.build([8, 8, 3], 3, { depth: 8, width: 0.5 }));
  const [plain, again] = [
    await run(model, separable()),
    await run(model, separable({ recalibrate: 1 })),
  ];
  assert.notDeepEqual(again.after.weights["stem.norm/mean"], plain.after.weights["stem.norm/mean"]);
});

Deno.test("what cannot be replaced is refused with a place and a way out", () => {
  const model = livelyModel(cnn.build([9, 9, 2], 3, { filters: [4, 6], dense: [8], dropout: 0 }));
  refused(
    model,
    separable({ order: "forward" }),
    ...["missing-field", "finetune"] as const,
    "replacing forward, one layer after another, differs from all at once by the training after each",
    "finetune: { epochs: 1 }, or order: together",
  );
  const nothing = "nothing is left: no selected layer can be treated";
  refused(
    model,
    separable({ layers: ["dense1"] }),
    ...["selector-empty", "layers", nothing, "can be treated: conv1, conv2"] as const,
  );
  refused(
    model,
    lowRank(2, { layers: ["conv1"] }),
    ...["selector-empty", "layers", nothing, "can be treated: dense1, head.dense"] as const,
  );
  refused(
    model,
    lowRank(7),
    ...["out-of-range", "with.rank", "no layer would be smaller at this rank"] as const,
    "the highest that is worth it: dense1 5, head.dense 2",
  );
  refused(
    { ...model, established: { format: "int8" } },
    separable(),
    ...["order", "model"] as const,
    "the model is quantized already, and new layers would have no number format",
    "replace first, then quantize",
  );
  const single = livelyModel(cnn.build([9, 9, 2], 3, { filters: [1], dense: [], dropout: 0 }));
  refused(
    single,
    separable(),
    ...["out-of-range", "layers"] as const,
    "nothing would be smaller: these layers have too few channels",
    "choose larger layers",
  );
  refused(
    model,
    separable({ recalibrate: 1 }),
    ...["unknown-value", "recalibrate"] as const,
    "`recalibrate` estimates BatchNorm again, and this model (cnn) has none",
    "leave recalibrate out",
  );
  const [first, ...rest] = model.layers as [Layer, ...Layer[]];
  const taken = rest.map((layer) => ({
    ...layer,
    name: layer.name === "conv2.pool" ? "conv1.pointwise" : layer.name,
    inputs: layer.inputs.map((name) => name === "conv2.pool" ? "conv1.pointwise" : name),
  }));
  refused(
    { ...model, layers: [first, ...taken] },
    separable({ layers: ["conv1"] }),
    ...["shape-mismatch", "layers", 'Cannot build two layers named "conv1.pointwise"'] as const,
  );
});

Deno.test("of a model that is not known yet, it is known what is established", () => {
  const open: ModelFacts = { kind: "model", learned: false, established: ["zeros", "channels"] };
  const established = ["channels", "replaced", "zeros"];
  assert.deepEqual(replace.facts({ model: open }, separable()), { ...open, established });
  const loaded = { ...open, family: "loaded", learned: true, established: ["replaced"] };
  assert.deepEqual(replace.facts({ model: loaded }, separable()), loaded);
  const cut = cnn.build([9, 9, 2], 3, { filters: [4, 6], dense: [], dropout: 0 });
  const facts = {
    ...modelFacts(cut, { learned: true, established: {} }),
    replaced: ["stem", "conv2"],
  };
  const after = replace.facts({ model: facts }, separable({ layers: ["conv2"] })) as ModelFacts;
  assert.deepEqual(after.replaced, ["conv2", "stem"]);
});

Deno.test("the effect of each layer: what stands in its place, and not what was called alike before", async () => {
  const model = livelyModel(cnn.build([9, 9, 2], 3, { filters: [4, 6], dense: [], dropout: 0 }));
  const { after } = await run(model, separable());
  assert.deepEqual(replace.effect!({ model } as never, after), {
    layers: {
      conv1: {
        layers: ["conv1.depthwise", "conv1.pointwise"],
        parameters: 9 * 2 + 2 * 4 + 4,
        before: 9 * 2 * 4 + 4,
      },
      conv2: {
        layers: ["conv2.depthwise", "conv2.pointwise"],
        parameters: 9 * 4 + 4 * 6 + 6,
        before: 9 * 4 * 6 + 6,
      },
    },
  });
  assert.equal(replace.effect!({ model } as never, model), undefined);
});

Deno.test("chosen layers that stay are noted with the reason", async () => {
  const model = livelyModel(cnn.build([9, 9, 2], 3, { filters: [4, 6], dense: [8], dropout: 0 }));
  const { notes } = await run(model, separable({ exclude: ["conv2"] }));
  const reason = "separable is for no dense, or would not make it smaller";
  assert.deepEqual(notes.skipped, { conv2: "excluded", dense1: reason, "head.dense": reason });
});

Deno.test("what it reads and is called; when it trains, draws and reads samples", () => {
  assert.deepEqual(declared(replace), {
    ...{ name: "replace", version: 2, output: "model", stage: {}, makes: "replaced" },
    changes: "model",
    inputs: {
      model: "model: The model whose layers are replaced",
      data:
        "dataset: The training samples on which BatchNorm is estimated again, and to learn from",
    },
    unwiseAfter: [{
      after: "prune",
      because: "the new blocks are dense: what pruning removed in the old ones is forgotten",
      help: "replace first",
    }],
    example: { layers: "type:conv", with: "separable" },
  });
  const finetune = training();
  assert.deepEqual(
    [separable(), separable({ order: "forward" }), separable({ order: "backward" })]
      .map((params) => replace.trainsInside(params)),
    [false, true, true],
  );
  const bottleneck = params({ with: { use: "bottleneck", width: 0.5 } });
  const drawing = [separable(), separable({ init: "random" }), separable({ finetune }), bottleneck];
  assert.deepEqual(drawing.map((params) => replace.random(params)), [false, true, true, true]);
  const { parts, needed } = replace.inputs.data;
  assert.deepEqual(parts!(separable()), []);
  assert.deepEqual(parts!(separable({ recalibrate: 1 })), ["meta", "train"]);
  assert.deepEqual(parts!(separable({ finetune })), ["meta", "train", "validation"]);
  assert.deepEqual(needed!(separable({ recalibrate: 1 })), ["train"]);
  assert.deepEqual(needed!(separable({ finetune })), ["train"]);
  const best = { ...finetune, checkpoint: "best" } as const;
  assert.deepEqual(needed!(separable({ finetune: best })), ["train", "validation"]);
});

Deno.test("the fields of replace have these limits, defaults and alternatives", () => {
  const count = (minimum: number, maximum: number, more: object = {}) => ({
    ...{ type: "integer", minimum, maximum },
    ...more,
  });
  const block = (properties: object) => ({
    ...{ type: "object", properties },
    ...(Object.keys(properties).length > 0 && { required: Object.keys(properties) }),
  });
  const share = { type: "number", exclusiveMinimum: 0, maximum: 1 };
  const rule = {
    energy: block({ share }),
    budget: block({ parameters: count(1, 0x4000_0000) }),
  };
  const rank = {
    "x-by-type": {
      number: count(1, 1_000_000),
      object: { "x-choice": { tag: "use", alternatives: rule } },
    },
  };
  const alternatives = {
    separable: block({}),
    svd: block({ rank }),
    tucker: block({ rank }),
    bottleneck: block({ width: share }),
    grouped: block({ groups: count(2, 64) }),
    ghost: block({ parts: count(2, 64, { default: 2 }), kernel: count(1, 15, { default: 3 }) }),
  };
  const names = ["layers", "exclude", "with", "order", "init", "seed"];
  assert.deepEqual(fieldsOf(replace, ...names), {
    layers: { "x-selectors": "model" },
    exclude: { "x-selectors": "model" },
    with: { "x-choice": { tag: "use", alternatives } },
    order: { enum: ["together", "forward", "backward"], default: "together" },
    init: { enum: ["fitted", "random"], default: "fitted" },
    seed: count(0, 0xffff_ffff_ffff),
  });
});

Deno.test("what replaced a layer may not go again unnoticed", async () => {
  const model = livelyModel(cnn.build([9, 9, 2], 3, { filters: [4, 6], dense: [8], dropout: 0 }));
  const { after } = await run(model, separable({ layers: ["conv2"] }));
  const forgot = { ...after, established: {} };
  assert.match(modelKind.holds!(after, forgot)!, /forgot that replaced/);
  const gone = { ...model, established: { replaced: ["conv2"] } };
  const without = {
    ...gone,
    layers: gone.layers.filter(({ name }: LayerFacts | Layer) => !name.startsWith("conv2")),
  };
  assert.match(
    modelKind.holds!(gone, without as Model)!,
    /nothing is left of what replaced `conv2`/,
  );
});
