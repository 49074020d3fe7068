/** `keep` of every `of`, against vectors and against a definition written another way. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { type Model, structureOf } from "../../../ops/model/model.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import {
  maskPattern,
  patternLayers,
  patternMask,
  type PatternParams,
  rowLength,
} from "../../../ops/prune/pattern.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { fc } from "../../deps.ts";
import { livelyModel } from "../lively_model.ts";
import { runContext } from "../run_context.ts";
import { sgd, tableData, training } from "../learn/small_trainings.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { denseModel } from "./dense_model.ts";

refuseLeaks(true);

const twoOfFour: PatternParams = { keep: 2, of: 4, criterion: "magnitude" };
const column = (values: readonly number[]) => values.map((value) => [value]);
const magnitudes = (values: readonly number[]) => Float32Array.from(values, Math.abs);

Deno.test("two of four stay; of equals the lower input goes", () => {
  const w = [.1, -.9, .5, .2, .3, .31, -.31, .1, .3, .3, -.3, .1];
  const mask = patternMask({ scores: magnitudes(w) }, [12, 1], twoOfFour);
  assert.deepEqual([...mask], [0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0]);
});

Deno.test("groups lie along the inputs of one output, not along outputs or a window's places", () => {
  // Two outputs side by side: the first keeps its last two inputs, the second its first two.
  const dense = [1, 8, 2, 7, 3, 6, 4, 5];
  const kept = (
    shape: number[],
  ) => [...patternMask({ scores: magnitudes(dense) }, shape, twoOfFour)];
  assert.deepEqual(kept([4, 2]), [0, 1, 0, 1, 1, 0, 1, 0]);
  // A window of two places with four inputs each.
  assert.deepEqual(kept([1, 2, 4, 1]), [0, 1, 0, 1, 0, 1, 0, 1]);
  // Two inputs are no group of four.
  assert.deepEqual(kept([2, 2, 2, 1]), dense.map(() => 1));
});

Deno.test("of every whole group exactly the largest stay, and what had gone stays gone", () => {
  const shapes = fc.record({
    places: fc.integer({ min: 1, max: 3 }),
    inputs: fc.integer({ min: 1, max: 11 }),
    outputs: fc.integer({ min: 1, max: 3 }),
    of: fc.integer({ min: 2, max: 5 }),
    keep: fc.integer({ min: 1, max: 4 }),
    seed: fc.array(fc.nat(9), { minLength: 99, maxLength: 99 }),
    gone: fc.array(fc.boolean(), { minLength: 99, maxLength: 99 }),
  }).filter(({ keep, of }) => keep < of);
  fc.assert(fc.property(shapes, ({ places, inputs, outputs, of, keep, seed, gone }) => {
    const count = places * inputs * outputs;
    const scores = Float32Array.from(seed.slice(0, count));
    const before = Uint8Array.from(gone.slice(0, count), (each) => each ? 0 : 1);
    const mask = patternMask({ scores, mask: before }, [places, inputs, outputs], { keep, of });
    for (let i = 0; i < count; i++) {
      const input = Math.floor(i / outputs) % inputs;
      const first = input - input % of;
      const whole = first + of <= inputs;
      // Those of its group that are in front of it: larger, or equal and of a higher input, unless gone.
      let better = 0;
      for (let k = 0; k < of && whole; k++) {
        const other = i + (first + k - input) * outputs;
        const larger = scores[other]! > scores[i]! || scores[other] === scores[i] && other > i;
        if (before[other] === 1 && larger) better++;
      }
      assert.equal(mask[i], before[i] === 1 && (!whole || better < keep) ? 1 : 0);
    }
  }));
});

Deno.test("a model has the pattern in every kernel with rows long enough; doing it again changes nothing", () => {
  const model = livelyModel(zooNetworks["resnet"]!);
  const once = maskPattern(model, twoOfFour, 0);
  for (const [name, weight] of Object.entries(once.weights)) {
    if (weight.mask === undefined) {
      assert.equal(weight, model.weights[name]);
      continue;
    }
    const [inputs, outputs] = weight.shape.slice(-2) as [number, number];
    const values = decodeWeight(weight);
    values.forEach((_, at) => {
      const input = Math.floor(at / outputs) % inputs;
      if (input % 4 > 0 || input + 4 > inputs) return;
      const left = [0, 1, 2, 3].filter((k) => values[at + k * outputs] !== 0).length;
      assert.ok(left <= 2);
    });
  }
  assert.ok(Object.values(once.weights).some(({ mask }) => mask !== undefined));
  assert.equal(once.established.zeros, true);
  assert.deepEqual(maskPattern(once, twoOfFour, 0), once);
});

const narrow = denseModel([
  { kernel: column([1, -4, 3, 2]) },
  { kernel: [[1, 2, 3]] },
]);
const facts = (model: Model) => ({ model: modelFacts(structureOf(model), model) });

Deno.test("through the op: what went is told, layers with short rows are noted, masks hold while it trains", async () => {
  const params = { granularity: "pattern", ...twoOfFour } as const;
  assert.deepEqual(prune.inputs.data.parts!(params), []);
  const context = runContext();
  const data = tableData([[1, 2, 3, 4], [4, 3, -2, 1]], [[1, 2, 3], [0, 1, 0]]);
  const inputs = { model: narrow, data };
  const cut = await prune.run(inputs, params, context);
  assert.deepEqual([...cut.weights["dense1/kernel"]!.data], [0, -4, 3, 0]);
  assert.deepEqual(prune.effect!(inputs, cut), {
    weights: { "dense1/kernel": { zeros: 2, of: 4, newly: 2 } },
  });
  assert.deepEqual(context.reported.notes["skipped"], {
    dense2: "no output of it reads that many inputs",
  });
  const finetune = training({ epochs: 2, optimizer: sgd(0.01) });
  const learned = await prune.run(
    inputs,
    { ...params, finetune, seed: 1 },
    runContext(),
  );
  const values = [...learned.weights["dense1/kernel"]!.data];
  assert.deepEqual(values.map((value) => value === 0), [true, false, false, true]);
  assert.notDeepEqual(values, [0, -4, 3, 0]);
});

Deno.test("a pattern that keeps everything is refused", () => {
  const params = { granularity: "pattern", ...twoOfFour, keep: 4 } as const;
  assert.throws(() => prune.facts!(facts(narrow), params), /4 of every 4 weights are all of them/);
});

const layersOf = (family: string) =>
  modelFacts(zooNetworks[family]!, { learned: true, established: {} }).layers!;

Deno.test("a pattern is cut out of layers that sum over inputs: depthwise ones are left out", () => {
  const layers = layersOf("mobilenet-v1");
  const chosen = patternLayers(layers, twoOfFour);
  const expected = layers.filter(({ kind }) => kind === "conv" || kind === "dense");
  assert.deepEqual([...chosen], expected.map(({ name }) => name));
  assert.ok(layers.some(({ kind }) => kind === "depthwise"));
});

Deno.test("`layers` and `exclude` choose among them; what has no sums is refused by its selector", () => {
  const layers = layersOf("cnn");
  assert.deepEqual([...patternLayers(layers, { ...twoOfFour, layers: ["conv*"] })], [
    "conv1",
    "conv2",
  ]);
  assert.deepEqual(
    [...patternLayers(layers, { ...twoOfFour, layers: ["conv*"], exclude: ["conv1"] })],
    ["conv2"],
  );
  assert.throws(
    () => patternLayers(layers, { ...twoOfFour, layers: ["conv1.pool"] }),
    (error) => error instanceof ParameterError && error.code === "selector-empty",
  );
});

Deno.test("a pattern under which nothing goes is refused, one under which one goes is not", () => {
  const layers = layersOf("cnn");
  for (const keep of [4, 5]) {
    assert.throws(
      () => patternLayers(layers, { ...twoOfFour, keep }),
      (error) =>
        error instanceof ParameterError && error.path === "keep" &&
        error.code === "out-of-range" && error.help === "keep: 3 at most" &&
        error.message === `${keep} of every 4 weights are all of them, so nothing would go`,
    );
  }
  assert.ok(patternLayers(layers, { ...twoOfFour, keep: 3 }).size > 0);
});

Deno.test("a row is the inputs of one output at one place of the window", () => {
  assert.equal(rowLength([7, 5]), 7);
  assert.equal(rowLength([3, 3, 8, 16]), 8);
});

Deno.test("the mask that was there before is not written into", () => {
  const mask = Uint8Array.of(1, 0, 1, 1);
  const scores = Float32Array.of(1, 2, 3, 4);
  assert.deepEqual([...patternMask({ scores, mask }, [4, 1], { keep: 2, of: 4 })], [0, 0, 1, 1]);
  assert.deepEqual([...mask], [1, 0, 1, 1]);
});
