/** Blocks that are narrow inside, or see few channels: counts by hand, and functions that stay where they can. */
import assert from "node:assert/strict";
import { memoryStore, type Recipe, recipe as typed } from "../../../mod.ts";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Architecture, LayerOf, Model } from "../../../ops/model/model.ts";
import { assertSound } from "../../../ops/model/sound.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import type { ReplaceParams } from "../../../ops/replace/fields.ts";
import {
  bottleneckBlock,
  ghostBlock,
  groupedBlock,
  tuckerBlock,
} from "../../../ops/replace/narrow_blocks.ts";
import { replace } from "../../../ops/replace/replace.ts";
import { tuckerWeights } from "../../../ops/replace/tucker.ts";
import { fc } from "../../deps.ts";
import { livelyModel, noise } from "../lively_model.ts";
import { assertClose } from "../../close.ts";
import { plainLogits } from "../plain_forward.ts";
import { recordingContext } from "../run_context.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

type With = ReplaceParams["with"];

const conv = (
  filters: number,
  more: Partial<LayerOf<"conv">> = {},
): LayerOf<"conv"> => ({
  ...{ name: "conv", kind: "conv", inputs: ["input"], filters, kernel: [3, 3] },
  ...{ strides: [1, 1], padding: "same", dilations: [1, 1], bias: false, activation: "relu" },
  ...more,
});
const network = (layer: LayerOf<"conv">, channels: number, side = 6): Architecture => ({
  ...{ family: "test", inputs: [{ name: "input", shape: [side, side, channels] }] },
  ...{ layers: [layer], outputs: ["conv"], head: "none" },
});
const params = (how: With, more: Partial<ReplaceParams> = {}): ReplaceParams => ({
  ...{ layers: ["*"], order: "together", init: "fitted", with: how },
  ...more,
});
const known = (model: Architecture) => modelFacts(model, { learned: true, established: {} });
const run = async (model: Model, how: With, more: Partial<ReplaceParams> = {}) => {
  const { context, notes, warnings } = recordingContext();
  const after = await replace.run({ model, data: undefined as never }, params(how, more), context);
  assertSound(after);
  return { after, notes, warnings, error: (notes.fit_error as Record<string, number>)?.conv };
};
const same = (before: Model, after: Model) => {
  for (let sample = 0; sample < 3; sample++) {
    const x = noise(before, 2, sample);
    const expected = plainLogits(before, x);
    const scale = Math.max(...expected.map(Math.abs));
    assertClose(plainLogits(after, x), expected, 2e-5 * scale);
  }
};
/** The model with another kernel. */
const withKernel = (model: Model, data: (at: number, kernel: Float32Array) => number): Model => {
  const { shape, data: before, ...rest } = model.weights["conv/kernel"]!;
  const kernel = before as Float32Array;
  const changed = Float32Array.from(kernel, (_, at) => data(at, kernel));
  return {
    ...model,
    weights: { ...model.weights, "conv/kernel": { ...rest, shape, data: changed } },
  };
};

Deno.test("narrow blocks, layer by layer: the window stands once, bias and activation behind it", () => {
  const layer = conv(6, { bias: true, strides: [2, 1], dilations: [1, 2] });
  const plain = { ...layer, bias: false, activation: "linear" };
  const point = { kernel: [1, 1], strides: [1, 1], padding: "valid", dilations: [1, 1] };
  assert.deepEqual(tuckerBlock(layer, [2, 3]), [
    { ...plain, ...point, name: "conv.reduce", filters: 2 },
    { ...plain, name: "conv.core", inputs: ["conv.reduce"], filters: 3 },
    { ...layer, ...point, name: "conv.expand", inputs: ["conv.core"] },
  ]);
  const inside = { ...layer, bias: true, activation: "relu", filters: 4 };
  assert.deepEqual(bottleneckBlock({ ...layer, bias: false, activation: "gelu" }, 4), [
    { ...inside, ...point, name: "conv.reduce" },
    { ...inside, name: "conv.conv", inputs: ["conv.reduce"] },
    {
      ...layer,
      ...point,
      ...{ name: "conv.expand", inputs: ["conv.conv"], bias: false, activation: "gelu" },
    },
  ]);
  const split = (part: number) => ({
    ...{ name: `conv.split${part + 1}`, kind: "split", inputs: ["input"], parts: 2, part },
  });
  assert.deepEqual(groupedBlock(layer, 2), [
    split(0),
    { ...layer, name: "conv.conv1", inputs: ["conv.split1"], filters: 3 },
    split(1),
    { ...layer, name: "conv.conv2", inputs: ["conv.split2"], filters: 3 },
    { name: "conv.concat", kind: "concat", inputs: ["conv.conv1", "conv.conv2"] },
  ]);
});

Deno.test("ghosts: few filters, cheap ones behind them, both joined before the activation", () => {
  const layer = conv(6, { bias: true, strides: [2, 2], padding: "valid" });
  const ghosts = [
    { ...layer, name: "conv.primary", filters: 2, activation: "linear" },
    {
      ...{ name: "conv.cheap", kind: "depthwise", inputs: ["conv.primary"], kernel: [5, 5] },
      ...{ multiplier: 2, strides: [1, 1], padding: "same", dilations: [1, 1] },
      ...{ bias: true, activation: "linear" },
    },
    { name: "conv.concat", kind: "concat", inputs: ["conv.primary", "conv.cheap"] },
  ];
  assert.deepEqual(ghostBlock({ ...layer, activation: "linear" }, 3, 5), ghosts);
  assert.deepEqual(ghostBlock(layer, 3, 5), [
    ...ghosts,
    {
      ...{ name: "conv.activation", kind: "activation", inputs: ["conv.concat"] },
      activation: "relu",
    },
  ]);
});

Deno.test("parameters of 64 → 128 channels, 3×3, as Tucker-2 (16, 32), four groups, ghosts and a bottleneck", () => {
  // 64 · 16 + 9 · 16 · 32 + 32 · 128.
  assert.equal(tuckerWeights([3, 3, 64, 128], [16, 32]), 9_728);
  const layer = conv(128);
  const tucker = { ...network(layer, 64), layers: tuckerBlock(layer, [16, 32]) };
  assert.equal(known({ ...tucker, outputs: ["conv.expand"] }).parameters, 9_728);
  const parametersOf = (how: With, more: Partial<LayerOf<"conv">> = {}) =>
    replace.facts(
      { model: known(network(conv(128, more), 64, 14)) },
      params(how),
    ) as ModelFacts;
  // 9 · 64 / 4 · 128.
  assert.equal(parametersOf({ use: "grouped", groups: 4 }).parameters, 18_432);
  const ghosts = parametersOf({ use: "ghost", parts: 2, kernel: 3 });
  // 9 · 64 · 64 of the first half of the channels, 9 · 64 of the cheap ones behind them.
  assert.equal(ghosts.parameters, 37_440);
  // The ratio of work is that of weights: 14 · 14 places each.
  assert.equal(ghosts.macs, 37_440 * 196);
  // 64 · 32 + 9 · 32 · 32 + 32 · 128 weights, 32 + 32 biases.
  assert.equal(parametersOf({ use: "bottleneck", width: 0.25 }).parameters, 15_424);
  // 64 · 8 + 9 · 8 · 8 + 8 · 128.
  assert.equal(parametersOf({ use: "tucker", rank: 8 }).parameters, 2_112);
});

for (
  const [name, more] of Object.entries({
    "with bias and relu": { bias: true },
    "with strides, and nothing at its edge": { strides: [2, 2], padding: "valid" },
    "dilated": { dilations: [2, 2], activation: "linear" },
  }) as [string, Partial<LayerOf<"conv">>][]
) {
  Deno.test(`a kernel of low rank on both sides is replaced without a change of function, ${name}`, async () => {
    const [channels, filters, rank] = [8, 10, 3];
    const model = livelyModel(network(conv(filters, more), channels));
    const core = stream(1, "core").normals(0, 9 * rank * rank);
    const enter = stream(1, "enter").normals(0, channels * rank);
    const leave = stream(1, "leave").normals(0, rank * filters);
    const low = withKernel(model, (at) => {
      const [n, row] = [at % filters, Math.floor(at / filters)];
      const [m, place] = [row % channels, Math.floor(row / channels)];
      let sum = 0;
      for (let r = 0; r < rank; r++) {
        for (let s = 0; s < rank; s++) {
          sum += enter[m * rank + r]! * core[(place * rank + r) * rank + s]! *
            leave[s * filters + n]!;
        }
      }
      return sum;
    });
    const { after, error } = await run(low, { use: "tucker", rank });
    assert.deepEqual(after.layers.map(({ name }) => name), [
      "conv.reduce",
      "conv.core",
      "conv.expand",
    ]);
    assert.ok(error! < 1e-3, `${error}`);
    same(low, after);
    // A rule finds the ranks: all energy is in three values of each side.
    const found = await run(low, { use: "tucker", rank: { use: "energy", share: 0.999_999 } });
    assert.deepEqual(found.after.weights["conv.core/kernel"]!.shape, [3, 3, 3, 3]);
    same(low, found.after);
  });

  Deno.test(`a kernel without weights between groups is replaced without a change of function, ${name}`, async () => {
    const model = livelyModel(network(conv(9, more), 6));
    const apart = withKernel(model, (at, kernel) => {
      const [n, m] = [at % 9, Math.floor(at / 9) % 6];
      return Math.floor(n / 3) === Math.floor(m / 2) ? kernel[at]! : 0;
    });
    const { after, error } = await run(apart, { use: "grouped", groups: 3 });
    assert.equal(error, 0);
    same(apart, after);
  });

  Deno.test(`filters that are multiples of the first become their ghosts without a change of function, ${name}`, async () => {
    const model = livelyModel(network(conv(9, more), 4));
    // Filter 3 + 2c + j is −(j + 1) / 2 times filter c.
    const doubled = withKernel(model, (at, kernel) => {
      const [n, row] = [at % 9, Math.floor(at / 9)];
      const made = n - 3;
      return n < 3 ? kernel[at]! : -(made % 2 + 1) / 2 * kernel[row * 9 + Math.floor(made / 2)]!;
    });
    for (const kernel of [1, 3]) {
      const { after, error } = await run(doubled, { use: "ghost", parts: 3, kernel });
      assert.ok(error! < 1e-3);
      same(doubled, after);
    }
  });
}

Deno.test("the error of a Tucker block is what its kernels differ by, and at most both sides' tails", async () => {
  const [channels, filters] = [6, 8];
  const model = livelyModel(network(conv(filters), channels));
  for (const rank of [1, 2, 4]) {
    const { after, error } = await run(model, { use: "tucker", rank });
    const values = (layer: string) => after.weights[`conv.${layer}/kernel`]!.data;
    const [reduce, core, expand] = [values("reduce"), values("core"), values("expand")];
    const kernel = model.weights["conv/kernel"]!.data;
    let [lost, whole] = [0, 0];
    kernel.forEach((value, at) => {
      const [n, row] = [at % filters, Math.floor(at / filters)];
      const [m, place] = [row % channels, Math.floor(row / channels)];
      let sum = 0;
      for (let r = 0; r < rank; r++) {
        for (let s = 0; s < rank; s++) {
          sum += reduce[m * rank + r]! * core[(place * rank + r) * rank + s]! *
            expand[s * filters + n]!;
        }
      }
      lost += (value - sum) ** 2;
      whole += value ** 2;
    });
    assert.ok(Math.abs(error! - Math.sqrt(lost / whole)) < 1e-5);
    // The tails by eigenvalues: the trace of the Gram matrix less its largest, found by deflation.
    const gram = (side: "in" | "out") => {
      const size = side === "in" ? channels : filters;
      const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
      for (let a = 0; a < size; a++) {
        for (let b = 0; b < size; b++) {
          for (let i = 0; i < kernel.length / size; i++) {
            const at = (index: number) =>
              side === "out"
                ? kernel[i * filters + index]!
                : kernel[(Math.floor(i / filters) * channels + index) * filters + i % filters]!;
            matrix[a]![b]! += at(a) * at(b);
          }
        }
      }
      return matrix;
    };
    const tail = (matrix: number[][]) => {
      for (let r = 0; r < rank; r++) {
        let v = matrix.map((_, i) => 1 + i / 10);
        for (let step = 0; step < 3000; step++) {
          const next = matrix.map((row) => row.reduce((sum, x, i) => sum + x * v[i]!, 0));
          const length = Math.hypot(...next);
          v = next.map((x) => x / length);
        }
        const value = matrix.reduce(
          (sum, row, i) => sum + v[i]! * row.reduce((all, x, j) => all + x * v[j]!, 0),
          0,
        );
        matrix = matrix.map((row, i) => row.map((x, j) => x - value * v[i]! * v[j]!));
      }
      return matrix.reduce((sum, row, i) => sum + row[i]!, 0);
    };
    assert.ok(lost <= tail(gram("in")) + tail(gram("out")) + 1e-6);
  }
});

Deno.test("a budget of Tucker ranks is kept, and used up to where nothing more fits", async () => {
  const model = livelyModel(resnet.build([8, 8, 3], 3, { depth: 8, width: 0.5 }));
  const used = async (parameters: number) => {
    const how: With = { use: "tucker", rank: { use: "budget", parameters } };
    const { after } = await run(model, how, { layers: ["stage*"] });
    return Object.entries(after.weights)
      .filter(([name]) => /\.(reduce|core|expand)\/kernel$/.test(name))
      .reduce((sum, [, { data }]) => sum + data.length, 0);
  };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 300, max: 1800 }), async (parameters) => {
      const weights = await used(parameters);
      // One more on a side costs at most 32 + 9 · 32.
      assert.ok(weights <= parameters && weights > parameters - 320, `${weights} of ${parameters}`);
    }),
    { numRuns: 5 },
  );
  assert.throws(
    () =>
      replace.facts(
        { model: known(model) },
        params({ use: "tucker", rank: { use: "budget", parameters: 20 } }),
      ),
    (error) => error instanceof ParameterError && error.path === "with.rank.parameters",
  );
});

Deno.test("facts are those of the model that is made; a bottleneck draws, whatever `init`", async () => {
  const model = livelyModel(resnet.build([8, 8, 3], 3, { depth: 8, width: 1 }));
  const hows: With[] = [
    { use: "tucker", rank: 4 },
    { use: "bottleneck", width: 0.25 },
    { use: "grouped", groups: 4 },
    { use: "ghost", parts: 2, kernel: 3 },
  ];
  for (const how of hows) {
    const more = { layers: ["type:conv"], exclude: ["stem"] };
    const { after, notes } = await run(model, how, { ...more, seed: 2 });
    const facts = replace.facts({ model: modelFacts(model, model) }, params(how, more));
    assert.deepEqual(facts, modelFacts(after, after), how.use);
    const draws = how.use === "bottleneck";
    assert.equal(replace.random(params(how)), draws);
    assert.equal(notes.fit_error === undefined, draws);
    plainLogits(after, noise(after));
  }
});

Deno.test("what cannot be divided so is no candidate, and said where nothing is left", () => {
  const refused = (how: With, path: string) =>
    assert.throws(
      () => replace.facts({ model: known(network(conv(9), 6)) }, params(how)),
      (error) => error instanceof ParameterError && error.path === path,
      how.use,
    );
  refused({ use: "grouped", groups: 2 }, "layers");
  refused({ use: "ghost", parts: 2, kernel: 3 }, "layers");
  refused({ use: "ghost", parts: 3, kernel: 2 }, "with.kernel");
  refused({ use: "bottleneck", width: 1 }, "layers");
  refused({ use: "tucker", rank: 8 }, "with.rank");
});

Deno.test("every block learns, is pruned, quantized and exported like any layer", async () => {
  for (
    const how of [
      { use: "tucker", rank: 3 },
      { use: "bottleneck", width: 0.25 },
      { use: "grouped", groups: 2 },
      { use: "ghost" },
    ]
  ) {
    const run = await recipe({
      name: "blocks",
      data: { use: "digits", limit: 150, split: { validation: 0.1, test: 0.1 } },
      model: { use: "cnn", filters: [4, 8, 16], dense: [], train: { epochs: 1 } },
      replace: { layers: ["conv2", "conv3"], with: how, finetune: { epochs: 1 } },
      prune: { granularity: "channel", ratio: 0.25 },
      quantize: { scheme: "int8" },
      export: ["tfjs", "onnx", "packed"],
    }).run({ cache: memoryStore() });
    assert.deepEqual(run.problems.filter(({ code }) => code !== "at-chance"), [], how.use);
    assert.ok(
      run.steps.some(({ name, status }) => name === "export-onnx" && status === "ran"),
      how.use,
    );
  }
});
