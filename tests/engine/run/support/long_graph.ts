/** A graph that has every phase: data from a file, a long step with checkpoints, what follows, measurements. */
import type { Graph } from "../../../../engine/graph/graph.ts";
import { type AnyOp, defineOp, input, Type } from "../../../../engine/op.ts";
import { fakeOps, graphOf, numberKind } from "./fake.ts";

/** Milliseconds that each epoch of the long steps takes: in no key, and seen by every thread of the process. */
export const PAUSE = "LONG_GRAPH_PAUSE";

const train = defineOp({
  name: "train",
  version: 1,
  summary: "Adds up squares, one an epoch",
  inputs: { number: input(numberKind, "Is where it starts") },
  output: numberKind,
  changes: "number",
  numerics: "none",
  params: Type.Object({ epochs: Type.Integer() }),
  example: { epochs: 1 },
  async run({ number }, { epochs }, { checkpoints, signal, progress }) {
    const pause = Number(Deno.env.get(PAUSE) ?? 0);
    const saved = await checkpoints.load();
    let [epoch, total] = saved === undefined
      ? [0, number]
      : JSON.parse(new TextDecoder().decode(saved)) as [number, number];
    while (epoch < epochs) {
      signal.throwIfAborted();
      total += ++epoch * epoch;
      await checkpoints.save(new TextEncoder().encode(JSON.stringify([epoch, total])));
      progress(epoch / epochs, `epoch ${epoch}`);
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return total;
  },
});

const here = <O extends AnyOp>(op: O): O => ({ ...op, module: import.meta.url });
const { file, add, sum, score } = fakeOps();
const ops = {
  file: here(file),
  add: here(add),
  sum: here(sum),
  score: here(score),
  train: here(train),
};

/** The ops as another thread finds them. */
export const list: readonly AnyOp[] = Object.values(ops);

/** The graph; `base` is the folder with `number.txt`. */
export function longGraph(base: string): Graph {
  const { file, add, sum, score, train } = ops;
  return graphOf([
    { name: "data", op: file, params: { from: "./number.txt" } },
    { name: "teacher", op: train, inputs: { number: "data" }, params: { epochs: 6 } },
    { name: "student", op: train, inputs: { number: "data" }, params: { epochs: 4 } },
    { name: "both", op: sum, inputs: { numbers: ["teacher", "student"] } },
    { name: "result", op: add, inputs: { number: "both" }, params: { amount: 1 } },
    { name: "teacher-test", op: score, inputs: { model: "teacher" } },
    { name: "result-test", op: score, inputs: { model: "result" } },
  ], { base });
}

/** What the graph's `result` is for the number 5: 2 · 5 + Σ_{1…6} k² + Σ_{1…4} k² + 1. */
export const RESULT = 10 + 91 + 30 + 1;
