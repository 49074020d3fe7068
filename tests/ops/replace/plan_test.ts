/** What stands in whose place, as far as structure alone tells. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Architecture, LayerOf } from "../../../ops/model/model.ts";
import { cnn } from "../../../ops/model/zoo/cnn.ts";
import { type LayerBlock, separableBlock, withBlocks } from "../../../ops/replace/blocks.ts";
import { lowRankLayers } from "../../../ops/replace/candidates.ts";
import type { ReplaceParams, With } from "../../../ops/replace/fields.ts";
import {
  bottleneckBlock,
  ghostBlock,
  groupedBlock,
  tuckerBlock,
} from "../../../ops/replace/narrow_blocks.ts";
import {
  knownBlocks,
  lowRankBlocks,
  tuckerBlocks,
  tuckerLayers,
} from "../../../ops/replace/plan.ts";
import { fc } from "../../deps.ts";

const network = cnn.build([12, 12, 2], 3, { filters: [8, 16, 16], dense: [12], dropout: 0 });
const params = (how: With, more: Partial<ReplaceParams> = {}): ReplaceParams => ({
  layers: ["*"],
  order: "together",
  init: "fitted",
  with: how,
  ...more,
});
const known = (how: With, more: Partial<ReplaceParams> = {}) =>
  knownBlocks(network, params(how, more));
const names = (blocks: ReadonlyMap<string, unknown> | undefined) => blocks && [...blocks.keys()];

function refused(work: () => unknown): ParameterError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ParameterError, String(error));
    return error;
  }
  throw new Error("nothing was refused");
}

const parameters = (of: Architecture) =>
  modelFacts(of, { learned: true, established: {} }).parameters!;

Deno.test("every planned block has fewer weights than the layer it stands for", () => {
  const hows: readonly With[] = [
    { use: "separable" },
    { use: "svd", rank: 2 },
    { use: "tucker", rank: 3 },
    { use: "bottleneck", width: 0.25 },
    { use: "grouped", groups: 2 },
    { use: "ghost", parts: 2, kernel: 3 },
  ];
  for (const how of hows) {
    const blocks = known(how)!;
    assert.ok(blocks.size > 0, how.use);
    for (const [name, block] of blocks) {
      const after = withBlocks(network, new Map([[name, block]]));
      assert.ok(parameters(after) < parameters(network), `${how.use} ${name}`);
    }
  }
});

Deno.test("blocks of windows stand for convolutions, factors for dense layers", () => {
  const convs = ["conv1", "conv2", "conv3"];
  assert.deepEqual(names(known({ use: "separable" })), convs);
  assert.deepEqual(names(known({ use: "svd", rank: 1 })), ["dense1", "head.dense"]);
  assert.deepEqual(names(known({ use: "separable" }, { layers: ["conv2"] })), ["conv2"]);
  assert.deepEqual(names(known({ use: "separable" }, { exclude: ["conv2"] })), ["conv1", "conv3"]);
});

Deno.test("channels that cannot be divided so leave a convolution as it is", () => {
  // conv1 has two inputs, which make no four groups.
  assert.deepEqual(names(known({ use: "grouped", groups: 4 })), ["conv2", "conv3"]);
  assert.deepEqual(names(known({ use: "ghost", parts: 16, kernel: 3 })), ["conv2", "conv3"]);
  assert.equal(refused(() => known({ use: "grouped", groups: 3 })).path, "layers");
});

Deno.test("a bottleneck has its share of the filters, at least one", () => {
  const filters = (width: number) => {
    const [reduce] = known({ use: "bottleneck", width })!.get("conv3")!;
    return (reduce as { filters: number }).filters;
  };
  assert.deepEqual([0.01, 0.3, 0.5].map(filters), [1, 5, 8]);
});

Deno.test("a window of ghosts without a middle is refused with the next that has one", () => {
  assert.throws(
    () => known({ use: "ghost", parts: 2, kernel: 4 }),
    new ParameterError(
      ...["out-of-range", "with.kernel"] as const,
      "the window of cheap filters has a middle, so its side is odd; this is 4",
      "kernel: 5",
    ),
  );
});

Deno.test("where a rule finds the ranks nothing is known before; a budget that cannot do is refused", () => {
  for (const use of ["svd", "tucker"] as const) {
    assert.equal(known({ use, rank: { use: "energy", share: 0.5 } }), undefined);
    assert.equal(known({ use, rank: { use: "budget", parameters: 5000 } }), undefined);
    const error = refused(() => known({ use, rank: { use: "budget", parameters: 1 } }));
    assert.equal(error.path, "with.rank.parameters");
  }
});

Deno.test("a layer that its rank would not make smaller stays; where all stay, the highest ranks are told", () => {
  const candidates = lowRankLayers(network, {} as never);
  // head.dense is 12 × 3: at rank 2 it saves 6 weights, at rank 3 none.
  const ranks = (rank: number) => names(lowRankBlocks(candidates, () => rank));
  assert.deepEqual(ranks(2), ["dense1", "head.dense"]);
  assert.deepEqual(ranks(3), ["dense1"]);
  const each = lowRankBlocks(candidates, (layer) => layer === "dense1" ? 5 : 1);
  assert.deepEqual([...each.values()].map(([reduce]) => (reduce as { units: number }).units), [
    5,
    1,
  ]);
  // dense1 is 16 × 12.
  assert.throws(
    () => lowRankBlocks(candidates, () => 1000),
    new ParameterError(
      ...["out-of-range", "with.rank", "no layer would be smaller at this rank"] as const,
      "the highest that is worth it: dense1 6, head.dense 2",
    ),
  );
});

Deno.test("Tucker blocks too: a layer stays at ranks that would not make it smaller", () => {
  const candidates = tuckerLayers(network, {} as never);
  const at = (ranksOf: (layer: string) => readonly [number, number]) =>
    names(tuckerBlocks(candidates, ranksOf));
  assert.deepEqual(at(() => [1, 1]), ["conv1", "conv2", "conv3"]);
  assert.deepEqual(at((layer) => layer === "conv2" ? [8, 16] : [1, 1]), ["conv1", "conv3"]);
  assert.throws(
    () => at(() => [16, 16]),
    new ParameterError(
      ...["out-of-range", "with.rank", "no layer would be smaller at this rank"] as const,
      "a lower rank, or larger layers",
    ),
  );
});

/** One convolution as a network. */
const single = (layer: LayerOf<"conv">, channels: number): Architecture => ({
  ...{ family: "test", inputs: [{ name: "input", shape: [8, 8, channels] }], layers: [layer] },
  ...{ outputs: [layer.name], head: "none" },
});

Deno.test("a convolution is replaced where its channels can be divided so and the network has fewer parameters", () => {
  const side = fc.integer({ min: 1, max: 3 });
  const channels = fc.integer({ min: 1, max: 8 });
  const many = fc.integer({ min: 2, max: 4 });
  const kinds = fc.constantFrom("separable", "tucker", "bottleneck", "grouped", "ghost");
  fc.assert(
    fc.property(kinds, side, side, channels, channels, many, (use, h, w, inputs, filters, n) => {
      fc.pre(h * w > 1);
      const layer: LayerOf<"conv"> = {
        ...{ name: "c", kind: "conv", inputs: ["input"], filters, kernel: [h, w] },
        ...{ strides: [1, 1], padding: "same", dilations: [1, 1], bias: true, activation: "relu" },
      };
      const width = Math.max(1, Math.round(filters / n));
      const [how, block, divided]: [With, () => LayerBlock, boolean] = {
        separable: [{ use: "separable" }, () => separableBlock(layer), true],
        tucker: [
          { use: "tucker", rank: n },
          () => tuckerBlock(layer, [Math.min(n, inputs), Math.min(n, filters)]),
          true,
        ],
        bottleneck: [
          { use: "bottleneck", width: 1 / n },
          () => bottleneckBlock(layer, width),
          true,
        ],
        grouped: [
          { use: "grouped", groups: n },
          () => groupedBlock(layer, n),
          inputs % n === 0 && filters % n === 0,
        ],
        ghost: [
          { use: "ghost", parts: n, kernel: 3 },
          () => ghostBlock(layer, n, 3),
          filters % n === 0,
        ],
      }[use] as never;
      const before = single(layer, inputs);
      const after = (blocks: ReadonlyMap<string, LayerBlock>) => withBlocks(before, blocks);
      const smaller = divided &&
        parameters(after(new Map([["c", block()]]))) < parameters(before);
      const found = () => knownBlocks(before, params(how));
      if (smaller) assert.deepEqual(found(), new Map([["c", block()]]));
      else assert.throws(found, ParameterError);
    }),
    { numRuns: 400 },
  );
});
