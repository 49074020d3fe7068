/** The steps of several points as one list. */
import assert from "node:assert/strict";
import type { Json } from "../../../../engine/digest.ts";
import { metricsOf } from "../../../../engine/metrics.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { readClaims } from "../../../../engine/recipe/claims/read_claims.ts";
import { mergePoints } from "../../../../engine/recipe/expand/merge_points.ts";
import type { Step } from "../../../../engine/recipe/recipe.ts";
import { fc } from "../../../deps.ts";
import { fakeOps } from "../fake_ops.ts";
import { treeOf } from "../trees.ts";
import { stepOf } from "./written.ts";

type Values = Readonly<Record<string, Json>>;

const claimsOf = (text: string) => {
  const at = { tree: treeOf(text), path: "expect" };
  return readClaims({ metrics: metricsOf(fakeOps.values()), problems: problemList() }, at, [text]);
};
/** A point: a model, its training for some epochs, its pruning by some ratio. */
const pointOf = (
  values: Values,
  { epochs = 1, ratio = 0.5 }: { epochs?: Json; ratio?: Json } = {},
) => ({
  values,
  steps: [
    stepOf("init", "model", { params: { use: "lenet5" } }),
    stepOf("model", "train", { inputs: { model: "init" }, params: { epochs } }),
    stepOf("pruned", "prune", { inputs: { model: "model" }, params: { ratio } }),
  ],
  result: "pruned",
  reference: "model",
  expect: claimsOf("result.accuracy >= model.accuracy"),
});
const merged = (...points: readonly ReturnType<typeof pointOf>[]) => mergePoints(points, fakeOps);
const names = ({ steps }: { readonly steps: readonly Step[] }) => steps.map(({ name }) => name);

Deno.test("what differs by no value is there once, the rest is named by what differs", () => {
  const both = merged(pointOf({ r: 0.3 }, { ratio: 0.3 }), pointOf({ r: 0.5 }));
  assert.deepEqual(names(both), ["init", "model", "pruned[r=0.3]", "pruned[r=0.5]"]);
  assert.deepEqual(both.steps[3]!.inputs, { model: "model" });
});

Deno.test("a step is another where what it reads is another", () => {
  const both = merged(pointOf({ e: 1 }), pointOf({ e: 2 }, { epochs: 2 }));
  assert.deepEqual(names(both), [
    ...["init", "model[e=1]", "pruned[e=1]", "model[e=2]", "pruned[e=2]"],
  ]);
  assert.deepEqual(both.steps.map(({ inputs }) => inputs.model), [
    ...[undefined, "init", "model[e=1]", "init", "model[e=2]"],
  ]);
});

Deno.test("of values that tell the same apart the last is in the name", () => {
  const both = merged(pointOf({ a: 1, b: 2 }, { ratio: 0.3 }), pointOf({ a: 3, b: 4 }));
  assert.deepEqual(names(both).slice(2), ["pruned[b=2]", "pruned[b=4]"]);
});

Deno.test("a value in a name has no sign that means something there, and is short", () => {
  const odd = [[1, 2], { use: "a b" }, "x".repeat(50)];
  const all = merged(...odd.map((v, index) => pointOf({ v }, { ratio: index / 10 })));
  assert.deepEqual(names(all).slice(2), [
    "pruned[v=_1_2_]",
    'pruned[v={"use":"a_b"}]',
    `pruned[v=${"x".repeat(40)}]`,
  ]);
});

Deno.test("claims are about the point's own models, and what is equal is claimed once", () => {
  const same = merged(pointOf({ r: 1 }), pointOf({ r: 2 }));
  assert.deepEqual(same.expect.map(({ text }) => text), ["pruned.accuracy >= model.accuracy"]);
  const both = merged(pointOf({ r: 0.3 }, { ratio: 0.3 }), pointOf({ r: 0.5 }));
  assert.deepEqual(both.expect.map(({ text }) => text), [
    "pruned[r=0.3].accuracy >= model.accuracy",
    "pruned[r=0.5].accuracy >= model.accuracy",
  ]);
  assert.deepEqual(both.points.map(({ result, reference }) => [result, reference]), [
    ["pruned[r=0.3]", "model"],
    ["pruned[r=0.5]", "model"],
  ]);
});

Deno.test("a name among the parameters is renamed with the step that it means", () => {
  const point = (epochs: number) => ({
    ...pointOf({ e: epochs }, { epochs }),
    steps: [
      stepOf("init", "model", { params: { use: "lenet5" } }),
      stepOf("teacher", "train", { inputs: { model: "init" }, params: { epochs } }),
      stepOf("taught", "distill", {
        inputs: { model: "init" },
        params: { loss: [{ use: "labels" }, { use: "soft-targets", teacher: "teacher" }] },
      }),
    ],
    result: "taught",
    reference: "teacher",
    expect: [],
  });
  const { steps } = merged(point(1), point(2));
  const told = steps.filter(({ op }) => op === "distill").map(({ params }) => params.loss);
  assert.deepEqual(
    told,
    [1, 2].map((epochs) => [
      { use: "labels" },
      { use: "soft-targets", teacher: `teacher[e=${epochs}]` },
    ]),
  );
});

Deno.test("a broken step is not the same as a sound one", () => {
  const sound = pointOf({ r: 1 });
  const broken = pointOf({ r: 2 });
  broken.steps[2] = { ...broken.steps[2]!, broken: true };
  assert.deepEqual(names(merged(sound, broken)).slice(2), ["pruned[r=1]", "pruned[r=2]"]);
});

Deno.test("names are unique, and every step reads what stands above it", () => {
  const value = fc.integer({ min: 0, max: 3 });
  fc.assert(fc.property(
    fc.uniqueArray(fc.tuple(value, value), { minLength: 1, selector: ([a, b]) => `${a} ${b}` }),
    (values) => {
      const all = merged(
        ...values.map(([epochs, ratio]) => pointOf({ epochs, ratio }, { epochs, ratio })),
      );
      assert.equal(new Set(names(all)).size, all.steps.length);
      const above = new Set<string>();
      for (const { name, inputs } of all.steps) {
        if (inputs.model !== undefined) assert.ok(above.has(String(inputs.model)), name);
        above.add(name);
      }
      for (const [index, { names: own }] of all.points.entries()) {
        const { params } = all.steps.find(({ name }) => name === own.pruned)!;
        assert.equal(params.ratio, values[index]![1]);
      }
    },
  ));
});

Deno.test("of an input that is a list every name is renamed", () => {
  const point = (epochs: number) => {
    const one = pointOf({ e: epochs }, { epochs });
    return {
      ...one,
      steps: [...one.steps, stepOf("all", "choose", { inputs: { models: ["init", "pruned"] } })],
    };
  };
  const lists = merged(point(1), point(2)).steps.flatMap(({ op, inputs }) =>
    op === "choose" ? [inputs.models] : []
  );
  assert.deepEqual(lists, [["init", "pruned[e=1]"], ["init", "pruned[e=2]"]]);
});

Deno.test("a value stands in a name without what means something there, forty letters at most", () => {
  const name = (value: Json) =>
    names(merged(pointOf({ r: value }, { ratio: 1 }), pointOf({ r: 0 })))[2];
  assert.equal(name("a, [b]"), "pruned[r=a_b_]");
  assert.equal(name([1, 2]), "pruned[r=_1_2_]");
  assert.equal(name({ use: "x y" }), 'pruned[r={"use":"x_y"}]');
  assert.equal(name("x".repeat(41)), `pruned[r=${"x".repeat(40)}]`);
});
