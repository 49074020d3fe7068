/** Blocks in the place of layers: which weights they get, and what is told. */
import assert from "node:assert/strict";
import { initialModel } from "../../../ops/model/initialize.ts";
import { structureOf } from "../../../ops/model/model.ts";
import { cnn } from "../../../ops/model/zoo/cnn.ts";
import { withBlocks } from "../../../ops/replace/blocks.ts";
import type { ReplaceParams, With } from "../../../ops/replace/fields.ts";
import { separableFit } from "../../../ops/replace/fit.ts";
import { plannedBlocks } from "../../../ops/replace/planned_blocks.ts";
import { inPlace, replaced } from "../../../ops/replace/replaced.ts";
import { livelyModel } from "../lively_model.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";

const model = livelyModel(cnn.build([9, 9, 4], 3, { filters: [8, 8], dense: [], dropout: 0 }));
const params = (more: Partial<ReplaceParams> = {}): ReplaceParams => ({
  layers: ["conv2"],
  order: "together",
  init: "fitted",
  with: { use: "separable" },
  ...more,
});
function run(more: Partial<ReplaceParams> = {}, of = model) {
  const context = runContext();
  return { after: replaced(of, params(more), context), reported: context.reported };
}

Deno.test("fitted kernels stand in the block, the layer's bias at its end, all other weights as they were", () => {
  const { after, reported } = run();
  const { shape, data } = model.weights["conv2/kernel"]!;
  const { kernels, lost, whole } = separableFit(data as Float32Array, shape);
  assert.deepEqual(after.weights["conv2.depthwise/kernel"]!.data, kernels[0]);
  assert.deepEqual(after.weights["conv2.pointwise/kernel"]!.data, kernels[1]);
  assert.deepEqual(after.weights["conv2.depthwise/kernel"]!.shape, [3, 3, 8, 1]);
  assert.equal(after.weights["conv2.pointwise/bias"], model.weights["conv2/bias"]);
  assert.equal(after.weights["conv1/kernel"], model.weights["conv1/kernel"]);
  assert.ok(!("conv2/kernel" in after.weights) && !("conv2/bias" in after.weights));
  assert.deepEqual(reported.notes, { "fit_error": { conv2: Math.sqrt(lost / whole) } });
});

Deno.test("random weights are those of a fresh network with this structure; nothing is noted of their fit", () => {
  for (
    const more of [
      { init: "random", seed: 5 },
      { with: { use: "bottleneck", width: 0.25 } as With, seed: 5 },
    ] as const
  ) {
    const { after, reported } = run(more);
    const fresh = initialModel(structureOf(after), 5);
    const made = Object.keys(after.weights).filter((name) => name.startsWith("conv2."));
    assert.ok(made.length > 1);
    for (const name of made) assert.deepEqual(after.weights[name], fresh.weights[name]);
    assert.equal(after.weights["conv1/kernel"], model.weights["conv1/kernel"]);
    assert.deepEqual(reported.notes, {});
  }
});

Deno.test("without a seed fresh weights are drawn from 0; a bare layer has a block without a bias", () => {
  const { after } = run({ init: "random" });
  const fresh = initialModel(structureOf(after), 0);
  const made = "conv2.pointwise/kernel";
  assert.deepEqual(after.weights[made], fresh.weights[made]);
  const layers = model.layers.map((layer) =>
    layer.name === "conv2" ? { ...layer, bias: false } as typeof layer : layer
  );
  const { "conv2/bias": _, ...weights } = model.weights;
  const bare = run({}, { ...model, layers, weights }).after;
  assert.deepEqual(Object.keys(bare.weights).filter((name) => name.startsWith("conv2")), [
    "conv2.depthwise/kernel",
    "conv2.pointwise/kernel",
  ]);
});

Deno.test("what was replaced is established, with what had been before, in order of names", () => {
  const first = run({ layers: ["conv2"] }).after;
  assert.deepEqual(first.established.replaced, ["conv2"]);
  assert.deepEqual(run({ layers: ["conv1"] }, first).after.established.replaced, [
    "conv1",
    "conv2",
  ]);
});

Deno.test("in place: a part of the plan changes its own layers alone, and the structure is that with blocks", () => {
  const context = runContext();
  const { blocks, spectra } = plannedBlocks(model, params({ layers: ["*"] }), context);
  const one = new Map([["conv1", blocks.get("conv1")!]]);
  const { model: after, errors } = inPlace(model, { blocks: one, spectra }, params(), context);
  assert.deepEqual(structureOf(after), withBlocks(structureOf(model), one));
  assert.deepEqual(Object.keys(errors), ["conv1"]);
  assert.equal(after.weights["conv2/kernel"], model.weights["conv2/kernel"]);
});

Deno.test("a kernel of zeros is fitted without error", () => {
  const zeros = denseModel([{ kernel: Array.from({ length: 8 }, () => Array(8).fill(0)) }]);
  const { reported } = run({ layers: ["*"], with: { use: "svd", rank: 1 } }, zeros);
  assert.deepEqual(reported.notes, { "fit_error": { dense1: 0 } });
});

Deno.test("each layer's fit is a part of the progress, and a run that was stopped fits none", () => {
  const { reported } = run({ layers: ["*"] });
  assert.deepEqual(reported.fractions, [0.5, 1]);
  const said: string[] = [];
  const progress = (_: number, text: string) => void said.push(text);
  replaced(model, params({ layers: ["*"] }), { ...runContext(), progress });
  assert.deepEqual(said, ["conv1", "conv2"]);
  const stopped = runContext({ signal: AbortSignal.abort() });
  assert.throws(() => replaced(model, params(), stopped), { name: "AbortError" });
});
