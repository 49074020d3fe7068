import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { quantile, timed as timesIn, timesOf } from "../../../ops/evaluate/latency.ts";
import { denseModel } from "../prune/dense_model.ts";
import { livelyModel } from "../lively_model.ts";
import { runContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { assertStopsMeanwhile } from "../stops_meanwhile.ts";

refuseLeaks(true);

const model = denseModel([{ kernel: [[1, 0], [0, 1]], bias: [0, 0] }]);

/**
 * Runs with a clock that moves on by one of these steps, the inference's, whenever it is read. How often an inference
 * reads it is the same for all, so times are to one another as their steps.
 */
async function timed(steps: readonly number[]): Promise<number> {
  const real = performance.now;
  // Before the timed ones there are three to warm up.
  const all = [1000, 1000, 1000, ...steps, 0];
  let [inference, at] = [0, 0];
  performance.now = () => at += all[inference]!;
  const context = runContext({ progress: () => void inference++ });
  try {
    return quantile(await timesOf(model, 1, steps.length, context), 0.5);
  } finally {
    performance.now = real;
  }
}

Deno.test("the middle time counts, of an even number the mean of the two in the middle", async () => {
  const one = await timed([1]);
  assert.ok(one > 0);
  assert.equal(await timed([7, 1, 100]), 7 * one);
  assert.equal(await timed([7, 1, 100, 8]), 7.5 * one);
  assert.equal(await timed([4]), 4 * one);
});

Deno.test("warming up takes as long as is asked for, and three inferences at least", async () => {
  const real = performance.now;
  const rounds = async (warmUp: number) => {
    let [at, count] = [0, 0];
    performance.now = () => at += 10;
    const infer = () => void count++;
    const times = await timesIn(infer, 2, { context: runContext(), rest: async () => {}, warmUp });
    assert.deepEqual(times, [10, 10]);
    return count - times.length;
  };
  try {
    // The n-th inference ends at 20 n milliseconds after the first reading.
    assert.deepEqual([await rounds(0), await rounds(60), await rounds(61)], [3, 3, 4]);
    assert.deepEqual([await rounds(200), await rounds(1000)], [10, 50]);
  } finally {
    performance.now = real;
  }
});

Deno.test("a quantile lies on the line through the two times around its place", () => {
  // As numpy.quantile has it: of 10, 20, 30, 40, 50 the tenth part lies 0.4 of the way from 10 to 20.
  const times = [10, 20, 30, 40, 50];
  assert.deepEqual([0, 0.1, 0.5, 0.9, 1].map((part) => quantile(times, part)), [
    10,
    14,
    30,
    46,
    50,
  ]);
  assert.deepEqual([0, 0.1, 1].map((part) => quantile([7], part)), [7, 7, 7]);
});

Deno.test("times come in the order of their length", async () => {
  const times = await timesOf(model, 1, 20, runContext());
  assert.equal(times.length, 20);
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
});

Deno.test("what is timed computes: a model without its weights has no latency", async () => {
  await assert.rejects(timesOf({ ...model, weights: {} }, 1, 1, runContext()));
});

Deno.test("warm-up inferences are part of the progress, which ends with the last one", async () => {
  const context = runContext();
  await timesOf(model, 2, 2, context);
  assert.deepEqual(context.reported.fractions, [1 / 5, 2 / 5, 3 / 5, 4 / 5, 1]);
});

Deno.test("each inference is told of, and the threads of the step compute", async () => {
  const said: string[] = [];
  const progress = (_: number, text?: string) => void said.push(text!);
  await timesOf(model, 1, 1, { ...runContext(), progress });
  assert.deepEqual(said, Array(4).fill("1 inferences"));
  await assert.rejects(timesOf(model, 1, 1, { ...runContext(), threads: 0 }), /with 0 threads/);
});

Deno.test("between inferences other work goes on, and a signal that comes meanwhile stops it", async () => {
  await assertStopsMeanwhile((signal, progress) =>
    timesOf(model, 1, 50, runContext({ signal, progress }))
  );
});

Deno.test("networks that read text, and several inputs, are timed too", async () => {
  for (const name of ["bert", "cvae"]) {
    const [time] = await timesOf(livelyModel(zooNetworks[name]!), 2, 1, runContext());
    assert.ok(time! > 0, name);
  }
});

Deno.test("who is stopped stops between two inferences", async () => {
  const stop = new AbortController();
  const context = runContext({
    signal: stop.signal,
    progress: (fraction) => fraction > 0.3 && stop.abort(new Error("enough")),
  });
  await assert.rejects(timesOf(model, 1, 7, context), /enough/);
  assert.deepEqual(context.reported.fractions, [0.1, 0.2, 0.3, 0.4]);
});
