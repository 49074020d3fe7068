import assert from "node:assert/strict";
import { heldValues } from "../../../../ops/data/dataset.ts";
import { stream } from "../../../../engine/tensor/random.ts";
import { conditionNames, latent } from "../../../../ops/data/embedded/latent.ts";
import { drawLatent } from "../../../../ops/data/embedded/draw_latent.ts";
import { loadData } from "../../../../ops/data/load_data.ts";
import { data } from "../../../../ops/data/data.ts";
import { recordingContext } from "../../run_context.ts";
import { told } from "../../told.ts";

const split = { validation: 0.1, test: 0.2, by: "label" } as const;
const task = "generation" as const;
const made = (count: number) =>
  loadData(
    { use: "latent", size: 3, conditions: 4, count, task, split, seed: 5 },
    recordingContext().context,
  );

Deno.test("latent numbers are standard normal, and every condition is equally frequent in every part", async () => {
  const { meta, parts } = await made(4000);
  assert.deepEqual(meta, {
    input: [3],
    type: "float32",
    task: "generation",
    classes: ["0", "1", "2", "3"],
    outputs: 4,
    normalize: { scale: [1], offset: [0] },
  });
  assert.deepEqual(
    Object.values(parts).map(({ count }) => count),
    [2800, 400, 800],
  );
  for (const { count, x, y } of Object.values(parts)) {
    assert.equal(x.length, 3 * count);
    for (let condition = 0; condition < 4; condition++) {
      assert.equal((y as Int32Array).filter((each) => each === condition).length, count / 4);
    }
  }
  // Of 8,400 draws the mean has deviation 0.011, the variance 0.015.
  const values = [...heldValues(parts.train!.x)];
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length;
  assert.ok(Math.abs(mean) < 0.05 && Math.abs(variance - 1) < 0.06, `${mean} ${variance}`);
});

Deno.test("the same seed draws the same, and a longer draw begins with the shorter one", () => {
  const draw = (count: number, seed = 5) =>
    drawLatent({ size: 3, conditions: 2, count, seed }, []).train.x;
  assert.deepEqual(draw(10), draw(10));
  assert.deepEqual(draw(20).slice(0, 30), draw(10));
  assert.notDeepEqual(draw(10, 6), draw(10));
});

Deno.test("what is known of latents before they are drawn", () => {
  const params = {
    use: "latent",
    size: 2,
    conditions: 10,
    count: 100,
    task,
    split,
    seed: 0,
  } as const;
  assert.deepEqual(data.facts({}, params), {
    kind: "dataset",
    task: "generation",
    input: [2],
    outputs: 10,
    classes: Array.from({ length: 10 }, (_, i) => `${i}`),
  });
});

Deno.test("digits can be asked for as they are: classes condition, the sample is the answer", async () => {
  const { digits } = {
    digits: { use: "digits", split, seed: 0, normalize: { use: "unit" }, limit: 50 },
  } as const;
  const context = recordingContext().context;
  const known = await loadData(digits, context);
  const asked = await loadData({ ...digits, task: "reconstruction" }, context);
  assert.equal(asked.meta.task, "reconstruction");
  assert.deepEqual({ ...asked.meta, task: "classification" }, known.meta);
  assert.deepEqual(asked.parts, known.parts);
});

Deno.test("conditions are called by their numbers, and vectors tell the memory that they take", () => {
  assert.deepEqual(conditionNames(3), ["0", "1", "2"]);
  const wishes = { size: 3, conditions: 1, count: 10, task, split, seed: 0 } as const;
  const { bytes, what, path } = latent.needs!(wishes)!;
  assert.deepEqual([bytes, what, path], [10 * 3 * 4 * 3, "10 vectors of 3 numbers", "count"]);
});

Deno.test("vectors are the first numbers of the stream `latent`, their conditions one after another", () => {
  const { train, classes } = drawLatent({ size: 2, conditions: 3, count: 4, seed: 5 }, ["a"]);
  assert.deepEqual([train.count, train.input, classes], [4, [2], ["a"]]);
  assert.deepEqual(train.x, stream(5, "latent").normals(0, 8));
  assert.deepEqual(train.y, Int32Array.of(0, 1, 2, 0));
});

Deno.test("what recipes say of latents: one to so many numbers, conditions and vectors", () => {
  const { split, seed, ...own } = told(latent.fields) as Record<string, unknown>;
  assert.deepEqual(own, {
    size: "integer ≥ 1 ≤ 1000000",
    conditions: "integer ≥ 1 ≤ 1000000 = 1",
    count: "integer ≥ 1 ≤ 2147483647",
    task: 'generation = "generation"',
  });
  assert.ok(split !== undefined && seed !== undefined);
  assert.match(latent.fields.description!, /^Standard normal vectors/);
});
