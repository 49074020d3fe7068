/** Sweeps: all points in one list of steps, equal ones once. */
import assert from "node:assert/strict";
import { compile } from "../../../../engine/graph/compile.ts";
import { metricsOf } from "../../../../engine/metrics.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { readSweep } from "../../../../engine/recipe/expand/sweep.ts";
import { parseYaml } from "../../../../engine/recipe/parse/parse_yaml.ts";
import { expandedYaml } from "../../../../engine/recipe/expanded_yaml.ts";
import { parseRecipe, recipeFromValue } from "../../../../engine/recipe/parse_recipe.ts";
import type { ExpandedRecipe } from "../../../../engine/recipe/recipe.ts";
import { fakeOps } from "../fake_ops.ts";
import { mapOf, told } from "../trees.ts";
import { MOST_POINTS } from "../../../../engine/recipe/words/points_schema.ts";

const swept = (over: string) =>
  `decant: 1
name: frontier
seed: 7
variables: { ratio: 0.5, scheme: int8 }
data: digits
model: { use: lenet5, train: { epochs: 1 } }
prune: { granularity: weight, ratio: $ratio }
quantize: { scheme: $scheme, activations: none }
expect: result.accuracy >= model.accuracy - 1 point
sweep:
  over: ${over}
  pareto: [result.accuracy, result.bytes]
`;

function read(text: string): ExpandedRecipe {
  const recipe = parseRecipe(text, "x.yaml", fakeOps);
  assert.deepEqual(compile(recipe, fakeOps).diagnostics, []);
  return recipe;
}

const models = ({ steps }: ExpandedRecipe) =>
  steps.filter(({ op }) => !["evaluate", "data"].includes(op)).map(({ name }) => name);

const codes = (over: string) =>
  parseRecipe(swept(over), "x.yaml", fakeOps).diagnostics.map(({ code, path }) =>
    `${code} ${path}`
  );

Deno.test("steps that are equal at all points are there once; others are named by what tells them apart", () => {
  const recipe = read(swept("{ ratio: [0.3, 0.5], scheme: [int8, int4] }"));
  assert.deepEqual(models(recipe), [
    "model-init",
    "model",
    "pruned[ratio=0.3]",
    "quantized[ratio=0.3,scheme=int8]",
    "quantized[ratio=0.3,scheme=int4]",
    "pruned[ratio=0.5]",
    "quantized[ratio=0.5,scheme=int8]",
    "quantized[ratio=0.5,scheme=int4]",
  ]);
  assert.equal(recipe.result, undefined, "a sweep has a result at each point");
  assert.equal(recipe.reference, "model");
});

Deno.test("each point knows its values and what its names became", () => {
  const { points, pareto } = read(swept("{ ratio: [0.3, 0.5], scheme: [int8, int4] }")).sweep!;
  assert.deepEqual(pareto, ["result.accuracy", "result.bytes"]);
  assert.deepEqual(points.map(({ values, result }) => [values, result]), [
    [{ ratio: 0.3, scheme: "int8" }, "quantized[ratio=0.3,scheme=int8]"],
    [{ ratio: 0.3, scheme: "int4" }, "quantized[ratio=0.3,scheme=int4]"],
    [{ ratio: 0.5, scheme: "int8" }, "quantized[ratio=0.5,scheme=int8]"],
    [{ ratio: 0.5, scheme: "int4" }, "quantized[ratio=0.5,scheme=int4]"],
  ]);
  assert.equal(points[1]!.names.pruned, "pruned[ratio=0.3]");
  assert.equal(points[1]!.names.model, "model");
});

Deno.test("claims are made at every point, about that point's models", () => {
  assert.deepEqual(
    read(swept("{ ratio: [0.3, 0.5] }")).expect.map(({ text }) => text),
    [
      "quantized[ratio=0.3].accuracy >= model.accuracy - 1 point",
      "quantized[ratio=0.5].accuracy >= model.accuracy - 1 point",
    ],
  );
});

Deno.test("the seed may be varied: everything that draws is made anew, data stay", () => {
  const recipe = read(swept("{ seed: [1, 2] }"));
  assert.deepEqual(models(recipe).slice(0, 4), [
    "model-init[seed=1]",
    "model[seed=1]",
    "pruned[seed=1]",
    "quantized[seed=1]",
  ]);
  assert.equal(recipe.steps.filter(({ op }) => op === "data").length, 1);
});

Deno.test("a range has its values in decimal steps, a logarithmic one in factors", () => {
  const values = (over: string) =>
    read(swept(over)).sweep!.points.map(({ values }) => values.ratio);
  assert.deepEqual(values("{ ratio: { min: 0.1, max: 0.25, step: 0.05 } }"), [
    0.1,
    0.15,
    0.2,
    0.25,
  ]);
  assert.deepEqual(values("{ ratio: { min: 0.1, max: 0.9, step: 2, spacing: log } }"), [
    0.1,
    0.2,
    0.4,
    0.8,
  ]);
});

Deno.test("a list of maps is exactly these points", () => {
  const recipe = read(swept("[{ ratio: 0.3, scheme: int8 }, { ratio: 0.5, scheme: int4 }]"));
  assert.deepEqual(models(recipe).slice(2), [
    "pruned[scheme=int8]",
    "quantized[scheme=int8]",
    "pruned[scheme=int4]",
    "quantized[scheme=int4]",
  ]);
});

Deno.test("points with the same values are one", () => {
  assert.deepEqual(models(read(swept("{ ratio: [0.3, 0.3] }"))), [
    "model-init",
    "model",
    "pruned",
    "quantized",
  ]);
});

Deno.test("expanding a sweep is a fixed point", () => {
  const recipe = read(swept("{ ratio: [0.3, 0.5], seed: [1, 2] }"));
  const again = read(expandedYaml(recipe));
  assert.equal(expandedYaml(again), expandedYaml(recipe));
});

Deno.test("what a sweep cannot vary is reported, and a mistake at all points is reported once", () => {
  assert.deepEqual(codes("{ ratoi: [0.3] }"), ["unknown-name sweep.over.ratoi"]);
  assert.deepEqual(codes("{ ratio: 0.3 }"), ["wrong-type sweep.over.ratio"]);
  assert.deepEqual(codes("{ ratio: [] }"), ["out-of-range sweep.over.ratio"]);
  assert.deepEqual(codes("{ ratio: { min: 0, max: 1, step: 0 } }"), [
    "out-of-range sweep.over.ratio.step",
  ]);
  assert.deepEqual(codes("{ ratio: { min: 0.1, max: 0.9, step: 0.00001 } }"), [
    "too-large sweep.over.ratio",
  ]);
  assert.deepEqual(codes("{ ratio: [0.3, 50, 60] }"), [
    "out-of-range prune.ratio",
    "out-of-range prune.ratio",
  ]);
  const text = swept("{ ratio: [0.3, 0.5] }").replace("epochs: 1", "epochs: 0");
  assert.deepEqual(parseRecipe(text, "x.yaml", fakeOps).diagnostics.map(({ path }) => path), [
    "model.train.epochs",
  ]);
});

Deno.test("a sweep of a recipe that is an object has all its points, and no diagnostic", () => {
  const recipe = recipeFromValue(
    {
      name: "omitted",
      data: "digits",
      model: { use: "lenet5", train: { epochs: 1 } },
      sweep: { over: { seed: [1, 2, 3] } },
      expect: "model.accuracy >= 90 %",
    },
    "./",
    fakeOps,
  );
  assert.deepEqual(compile(recipe, fakeOps).diagnostics, []);
  assert.equal(recipe.sweep!.points.length, 3);
});

/** The sweep of a document with two variables, and what is wrong with it. */
function pointsOf(block: string) {
  const problems = problemList();
  const root = parseYaml({ source: "x.yaml", base: "", text: `decant: 1\n${block}` }, problems.add);
  assert.ok(root?.type === "map");
  const variables = new Map([["a", 1], ["b", 1]]);
  const sweep = readSweep(root, variables, metricsOf(fakeOps.values()), problems);
  return {
    points: sweep?.points.map(({ values }) => values),
    codes: problems.list.map(({ code, path }) => `${code} ${path}`),
  };
}

Deno.test("every combination is a point, the last variable changing fastest", () => {
  assert.deepEqual(pointsOf("sweep: { over: { a: [1, 2], b: [x, [y], 3] } }").points, [
    ...[{ a: 1, b: "x" }, { a: 1, b: ["y"] }, { a: 1, b: 3 }],
    ...[{ a: 2, b: "x" }, { a: 2, b: ["y"] }, { a: 2, b: 3 }],
  ]);
});

Deno.test("a recipe without a sweep has none, and one of too many points neither", () => {
  assert.deepEqual(pointsOf("name: mine"), { points: undefined, codes: [] });
  const range = (max: number) => `{ min: 1, max: ${max}, step: 1 }`;
  const over = (most: number) =>
    pointsOf(`sweep: { over: { a: ${range(100)}, b: ${range(most)} } }`);
  assert.equal(over(MOST_POINTS / 100).points!.length, MOST_POINTS);
  assert.deepEqual(over(MOST_POINTS / 100 + 1), {
    points: undefined,
    codes: ["too-large sweep.over.b"],
  });
});

Deno.test("a block in which something is wrong has no points, and each mistake is said once", () => {
  assert.deepEqual(pointsOf("sweep: 3"), { points: undefined, codes: ["wrong-type sweep"] });
  assert.deepEqual(pointsOf("sweep: {}"), { points: undefined, codes: ["missing-field sweep"] });
  assert.deepEqual(pointsOf("sweep: { over: { a: [1], z: [2] } }"), {
    points: undefined,
    codes: ["unknown-name sweep.over.z"],
  });
  assert.deepEqual(pointsOf("sweep: { over: [{ a: 1 }, { z: 2 }] }"), {
    points: undefined,
    codes: ["unknown-name sweep.over.1.z"],
  });
  assert.deepEqual(pointsOf("sweep: { over: { a: [1] }, pareto: result.acuracy }"), {
    points: undefined,
    codes: ["claim sweep.pareto"],
  });
});

Deno.test("written points are taken as they are, one at least", () => {
  assert.deepEqual(pointsOf("sweep: { over: [{ a: 1 }, { b: [x], a: 1 }] }").points, [
    { a: 1 },
    { b: ["x"], a: 1 },
  ]);
  assert.deepEqual(pointsOf("sweep: { over: [] }"), {
    points: undefined,
    codes: ["out-of-range sweep.over"],
  });
});

Deno.test("a sweep has ten thousand points and no more", () => {
  const said = (max: number) =>
    told((problems) =>
      readSweep(
        mapOf(`sweep: { over: { n: { min: 1, max: ${max}, step: 1 }, m: [1, 2] } }\n`),
        new Map([["n", 1], ["m", 1]]),
        metricsOf(fakeOps.values()),
        problems,
      )
    );
  assert.deepEqual(said(5001), [
    "too-large sweep.over.m: a sweep may have 10000 points and no more",
  ]);
  assert.deepEqual(said(5000), []);
});
