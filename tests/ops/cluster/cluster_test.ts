import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { cluster } from "../../../ops/cluster/cluster.ts";
import { clustered } from "../../../ops/cluster/clustering.ts";
import type { ClusterParams } from "../../../ops/cluster/fields.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model, Weight } from "../../../ops/model/model.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import { maskWeights } from "../../../ops/prune/mask_weights.ts";
import { fc } from "../../deps.ts";
import { declared, fieldsOf } from "../declared.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { noiseData } from "../noise_data.ts";
import { denseModel } from "../prune/dense_model.ts";
import { recordingContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";

const params = (more: Partial<ClusterParams> = {}): ClusterParams => ({
  clusters: 4,
  init: "linear",
  ...more,
});
const pruned = (model: Model, ratio: number) =>
  maskWeights(model, { criterion: "magnitude", scope: "layer", ratio }, 0);
const kernels = (model: Model): [string, Weight][] =>
  Object.entries(model.weights).filter(([name]) => name.endsWith("/kernel"));
const run = (model: Model, more: Partial<ClusterParams> = {}) =>
  cluster.run({ model, data: noiseData(model, 64) }, params(more), recordingContext().context);

Deno.test("the figure's 4×4 layer shares four values, its labels are the codes", () => {
  const figure = denseModel([{
    kernel: [
      [2.09, -0.98, 1.48, 0.09],
      [0.05, -0.14, -1.08, 2.12],
      [-0.91, 1.92, 0, -1.03],
      [1.87, 0, 1.53, 1.49],
    ],
  }]);
  const after = clustered(figure, params());
  const { data, encoding } = after.weights["dense1/kernel"]!;
  assert.ok(encoding.use === "codebook");
  assert.equal(encoding.bits, 2);
  encoding.centroids.forEach((c, i) => assert.ok(Math.abs(c - [-1, 0, 1.5, 2][i]!) < 1e-6));
  assert.deepEqual([...data], [3, 0, 2, 1, 1, 1, 0, 3, 0, 3, 1, 0, 3, 1, 2, 2]);
  const effect = cluster.effect!({ model: figure } as never, after) as {
    layers: { dense1: { weights: number; before: number; values: number; wcss: number } };
  };
  const { wcss, ...counts } = effect.layers.dense1;
  assert.deepEqual(counts, { weights: 16, before: 15, values: 4 });
  assert.ok(Math.abs(wcss - 0.0932) < 1e-5);
});

for (const [name, network] of Object.entries(zooNetworks)) {
  Deno.test(`pruned weights of a ${name} stay zero and cost no value`, () => {
    const before = pruned(livelyModel(network), 0.6);
    const after = clustered(before, params({ clusters: 5 }));
    for (const [kernel, { mask, encoding, data }] of kernels(after)) {
      const values = decodeWeight(after.weights[kernel]!);
      assert.deepEqual(mask, before.weights[kernel]!.mask);
      assert.ok(encoding.use === "codebook" && encoding.centroids[0] === 0);
      assert.ok(values.every((value, i) => mask![i] === 1 || value === 0 && data[i] === 0));
      const live = values.filter((_, i) => mask![i] === 1);
      const different = new Set(decodeWeight(before.weights[kernel]!)).size - 1;
      assert.equal(new Set(live).size, Math.min(5, different));
      assert.ok(data.every((code, i) => mask![i] === 0 || code > 0));
    }
    assert.equal(after.established.clusters, true);
    assert.equal(modelKind.holds!(before, after), undefined);
  });
}

Deno.test("each weight takes the nearest of the shared values", () => {
  const weights = fc.array(fc.float({ min: -9, max: 9, noNaN: true }), { minLength: 2 });
  fc.assert(fc.property(weights, fc.integer({ min: 1, max: 9 }), (row, clusters) => {
    const before = denseModel([{ kernel: [row] }]);
    const { encoding } = clustered(before, params({ clusters })).weights["dense1/kernel"]!;
    const after = decodeWeight(clustered(before, params({ clusters })).weights["dense1/kernel"]!);
    assert.ok(encoding.use === "codebook" && encoding.centroids.length <= clusters);
    const exact = Float32Array.from(row);
    for (const [i, value] of after.entries()) {
      const best = Math.min(...encoding.centroids.map((c) => Math.abs(c - exact[i]!)));
      assert.ok(Math.abs(value - exact[i]!) <= best * (1 + 1e-6) + 1e-12);
    }
  }));
});

Deno.test("256 values fit beside no zero: with pruned weights they are 255 and the zero", () => {
  const wide = livelyModel(zooNetworks["lenet5"]!);
  const codes = (model: Model) => {
    const { encoding, data } = clustered(model, params({ clusters: 256 }))
      .weights["dense1/kernel"]!;
    assert.ok(encoding.use === "codebook" && encoding.bits === 8);
    assert.equal(new Set(data).size, encoding.centroids.length);
    return encoding.centroids.length;
  };
  assert.equal(codes(wide), 256);
  assert.equal(codes(pruned(wide, 0.5)), 256);
});

Deno.test("a layer that lost every weight keeps its zeros", () => {
  const model = denseModel([{ kernel: [[1, 2]] }]);
  const gone = { ...model.weights["dense1/kernel"]!, mask: Uint8Array.of(0, 0) };
  const empty = { ...gone, data: Float32Array.of(0, 0) };
  const after = clustered({ ...model, weights: { "dense1/kernel": empty } }, params());
  const { encoding, data } = after.weights["dense1/kernel"]!;
  assert.ok(encoding.use === "codebook");
  assert.deepEqual([...encoding.centroids], [0]);
  assert.deepEqual([...data], [0, 0]);
});

Deno.test("layers have their own number of values, and some stay as they are", () => {
  const before = livelyModel(zooNetworks["cnn"]!);
  const after = clustered(before, {
    ...params({ exclude: ["at:last"] }),
    per_layer: [{ layers: ["type:conv"], clusters: 7 }],
  });
  const sizes = kernels(after).map(([, weight]) => new Set(decodeWeight(weight)).size);
  assert.deepEqual(sizes.slice(0, -1), [7, 7, 4]);
  assert.equal(after.weights["head.dense/kernel"], before.weights["head.dense/kernel"]);
  assert.equal(after.weights["conv1/bias"], before.weights["conv1/bias"]);
});

for (const init of ["linear", "density", "k-means++"] as const) {
  Deno.test(`clustering from ${init} twice gives the same bytes and leaves its input alone`, async () => {
    const model = pruned(livelyModel(zooNetworks["resnet"]!), 0.5);
    const before = modelDigest(model);
    const [one, other] = [await run(model, { init }), await run(model, { init })];
    assert.equal(modelDigest(one), modelDigest(other));
    assert.equal(modelDigest(model), before);
    assert.equal(cluster.effect!({ model } as never, one) === undefined, false);
  });
}

Deno.test("only k-means++ draws", async () => {
  const model = livelyModel(zooNetworks["cnn"]!);
  const digest = async (more: Partial<ClusterParams>) => modelDigest(await run(model, more));
  assert.equal(await digest({ seed: 1 }), await digest({ seed: 2 }));
  assert.notEqual(
    await digest({ init: "k-means++", seed: 1 }),
    await digest({ init: "k-means++", seed: 2 }),
  );
  assert.deepEqual([cluster.random(params()), cluster.random(params({ init: "k-means++" }))], [
    false,
    true,
  ]);
});

Deno.test("clustering what is clustered changes nothing, and so has no effect", async () => {
  const once = await run(livelyModel(zooNetworks["mlp"]!));
  assert.equal(cluster.effect!({ model: once } as never, await run(once)), undefined);
  const coarser = await run(once, { clusters: 2 });
  assert.notEqual(cluster.effect!({ model: once } as never, coarser), undefined);
});

Deno.test("BatchNorm is estimated again where it is asked for", async () => {
  const model = livelyModel(zooNetworks["mobilenet-v1"]!);
  const [plain, again] = [await run(model), await run(model, { recalibrate: 1 })];
  assert.notDeepEqual(again.weights["stem.norm/mean"], plain.weights["stem.norm/mean"]);
  assert.deepEqual(again.weights["stem/kernel"], plain.weights["stem/kernel"]);
});

Deno.test("facts name what is established, and refuse a quantized model", () => {
  const model = pruned(livelyModel(zooNetworks["cnn"]!), 0.5);
  const facts = cluster.facts({ model: modelFacts(model, model) }, params());
  assert.deepEqual((facts as { established: unknown }).established, ["clusters", "zeros"]);
  const quantized = modelFacts(model, { learned: true, established: { format: "int8" } });
  assert.throws(
    () => cluster.facts({ model: quantized }, params()),
    new ParameterError(
      ...["order", "model"] as const,
      "the model is quantized already, and shared values would be no integers of its format",
      "cluster first, then quantize",
    ),
  );
  assert.throws(
    () => cluster.facts({ model: modelFacts(model, model) }, params({ recalibrate: 1 })),
    new ParameterError(
      ...["unknown-value", "recalibrate"] as const,
      "`recalibrate` estimates BatchNorm again, and this model (cnn) has none",
      "leave recalibrate out",
    ),
  );
  const open = { kind: "model", learned: true, established: ["clusters"] } as const;
  assert.deepEqual(cluster.facts({ model: open }, params()), open);
  assert.throws(
    () => cluster.facts({ model: modelFacts(model, model) }, params({ layers: ["*.pool"] })),
    (error) => error instanceof ParameterError && error.code === "selector-empty",
  );
});

Deno.test("what was chosen and is not treated is noted", async () => {
  const model = livelyModel(zooNetworks["cnn"]!);
  const { context, notes } = recordingContext();
  const given = { model, data: noiseData(model, 64) };
  await cluster.run(given, params({ exclude: ["at:last"] }), context);
  assert.deepEqual(notes, { skipped: { "head.dense": "excluded" } });
  const norms = livelyModel(zooNetworks["resnet"]!);
  const other = recordingContext();
  const both = params({ layers: ["type:conv", "stem.norm"] });
  await cluster.run({ model: norms, data: noiseData(norms, 64) }, both, other.context);
  assert.deepEqual(other.notes, { skipped: { "stem.norm": "a batchnorm has no kernel" } });
});

Deno.test("what it reads and is called, and the limits of its fields", () => {
  assert.deepEqual(declared(cluster), {
    ...{ name: "cluster", version: 1, output: "model", stage: { after: "prune" } },
    ...{ makes: "clustered", alsoCalled: ["clustering", "weight_sharing"], changes: "model" },
    inputs: {
      model: "model: The model whose weights share values",
      data: "dataset: The training samples on which BatchNorm is estimated again",
    },
    example: { clusters: 16 },
  });
  const named = ["clusters", "init", "layers", "exclude", "per_layer", "seed"];
  const count = { type: "integer", minimum: 1, maximum: 256 };
  assert.deepEqual(fieldsOf(cluster, ...named), {
    clusters: count,
    init: { enum: ["linear", "density", "k-means++"], default: "linear" },
    layers: { "x-selectors": "model" },
    exclude: { "x-selectors": "model" },
    per_layer: {
      "x-list": {
        items: {
          type: "object",
          properties: { layers: { "x-selectors": "model" }, clusters: count },
          required: ["layers", "clusters"],
        },
      },
    },
    seed: { type: "integer", minimum: 0, maximum: 0xffff_ffff_ffff },
  });
});
