/** Blocks whose ranks the weights decide, and what is warned of. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { type Model, structureOf } from "../../../ops/model/model.ts";
import { svd } from "../../../ops/model/svd.ts";
import { cnn } from "../../../ops/model/zoo/cnn.ts";
import type { ReplaceParams, With } from "../../../ops/replace/fields.ts";
import { knownBlocks } from "../../../ops/replace/plan.ts";
import { plannedBlocks } from "../../../ops/replace/planned_blocks.ts";
import { tuckerWeights, unfoldings } from "../../../ops/replace/tucker.ts";
import { livelyModel } from "../lively_model.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";

const params = (how: With): ReplaceParams => ({
  layers: ["*"],
  order: "together",
  init: "fitted",
  with: how,
});
function planned(model: Model, how: With) {
  const context = runContext();
  return { ...plannedBlocks(model, params(how), context), warnings: context.reported.warnings };
}

const diagonal = (values: readonly number[]) =>
  values.map((value, i) => values.map((_, j) => i === j ? value : 0));
const steep = [8, 4, 2, 1, 0.5, 0.25, 0.125, 0.0625];
const model = denseModel([
  { kernel: diagonal(steep) },
  { kernel: diagonal(steep.map(() => 1)) },
]);
const widthOf = (block: readonly unknown[]) => (block[0] as { units: number }).units;
const energy = (share: number) => ({ use: "energy", share }) as const;

Deno.test("by energy each layer has the rank of its own singular values; one too high stays, and is named", () => {
  const { blocks, warnings, spectra } = planned(model, { use: "svd", rank: energy(0.9) });
  // 64 + 16 of 85.3 are nine tenths; of eight equal values it takes all.
  assert.deepEqual([...blocks].map(([name, block]) => [name, widthOf(block)]), [["dense1", 2]]);
  assert.deepEqual(warnings, ["dense2 stays: at rank 8 its factors would not be smaller"]);
  const kernel = model.weights["dense1/kernel"]!.data;
  assert.deepEqual(spectra.get("dense1"), [svd(kernel, 8, 8)]);
});

Deno.test("a budget is spent where a value keeps most: on the steep layer's second before the flat one's", () => {
  const widths = (parameters: number) =>
    [...planned(model, { use: "svd", rank: { use: "budget", parameters } }).blocks.values()].map(
      widthOf,
    );
  assert.deepEqual(widths(32), [1, 1]);
  assert.deepEqual(widths(48), [2, 1]);
  assert.deepEqual(widths(64), [2, 2]);
});

Deno.test("a rank by number needs no decomposition; layers that it would not make smaller are named", () => {
  const narrow = denseModel([{ kernel: diagonal(steep) }, { kernel: steep.map((w) => [w, w]) }]);
  const { blocks, spectra, warnings } = planned(narrow, { use: "svd", rank: 2 });
  assert.deepEqual([...blocks.keys()], ["dense1"]);
  assert.equal(spectra.size, 0);
  assert.deepEqual(warnings, ["dense2 stays: at rank 2 its factors would not be smaller"]);
});

const convs = livelyModel(cnn.build([9, 9, 4], 3, { filters: [8, 8], dense: [], dropout: 0 }));

Deno.test("what structure decides is what is planned", () => {
  for (const how of [{ use: "separable" }, { use: "grouped", groups: 2 }] as const) {
    const { blocks, spectra, warnings } = planned(convs, how);
    assert.deepEqual(blocks, knownBlocks(structureOf(convs), params(how)));
    assert.deepEqual([spectra.size, warnings], [0, []]);
  }
});

Deno.test("Tucker ranks come from both unfoldings, which are kept; layers at too high ranks are named", () => {
  const { blocks, spectra } = planned(convs, { use: "tucker", rank: energy(0.3) });
  for (const [layer, block] of blocks) {
    const { shape, data } = convs.weights[`${layer}/kernel`]!;
    const known = unfoldings(data as Float32Array, shape);
    assert.deepEqual(spectra.get(layer), known);
    const ranks = block.slice(0, 2).map((each) => (each as { filters: number }).filters);
    known.forEach(({ values }, side) => {
      const kept = (rank: number) =>
        values.subarray(0, rank).reduce((sum, value) => sum + value * value, 0) /
        values.reduce((sum, value) => sum + value * value, 0);
      assert.ok(kept(ranks[side]!) >= 0.3 && kept(ranks[side]! - 1) < 0.3);
    });
    assert.ok(tuckerWeights(shape, ranks as [number, number]) < data.length);
  }
  assert.ok(blocks.size > 0);
  // A kernel of one value for each pair of channels needs all ranks; the other one needs few.
  const { shape, data, ...rest } = convs.weights["conv1/kernel"]!;
  const product = Float32Array.from(data, (_, at) => (at % 8 + 1) * (Math.floor(at / 8) % 4 + 1));
  const easy = { ...convs.weights, "conv1/kernel": { ...rest, shape, data: product } };
  const found = planned({ ...convs, weights: easy }, { use: "tucker", rank: energy(0.9999) });
  assert.deepEqual([...found.blocks.keys()], ["conv1"]);
  assert.deepEqual(found.warnings, [
    "conv2 stays: at rank 8 and 8 its factors would not be smaller",
  ]);
});

Deno.test("where all stay it is refused, and a run that was stopped decomposes nothing", () => {
  assert.throws(() => planned(convs, { use: "tucker", rank: energy(1) }), ParameterError);
  const stopped = runContext({ signal: AbortSignal.abort() });
  assert.throws(() => plannedBlocks(model, params({ use: "svd", rank: energy(0.5) }), stopped), {
    name: "AbortError",
  });
});
