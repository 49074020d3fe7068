/** How far what a group computes is from the layer whose place it took, by hand. */
import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { insideError } from "../../../ops/replace/inside_error.ts";
import { tableData } from "../learn/small_trainings.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

const data = tableData([[1, 2], [3, -1]], [[0], [0]]);
const chain = (first: number[][], second = [[1], [1]]) =>
  denseModel([{ kernel: first }, { kernel: second }]);
const before = chain([[1, 0], [0, 1]]);

const between = (after: typeof before, name: string, samples = data) =>
  insideError({ before, after, name }, samples, runContext());

Deno.test("the error is the root of the lost squares over those of what the layer gave", async () => {
  // Values 1, 2 and 3, −1; the second column is doubled: 2² + 1² of 15 are lost.
  assertClose(await between(chain([[1, 0], [0, 2]]), "dense1"), Math.sqrt(5 / 15));
  assertClose(await between(before, "dense1"), 0);
  assertClose(await between(chain([[0, 0], [0, 0]]), "dense1"), 1);
});

Deno.test("each model reads what stands before the layer in itself; what follows does not matter", async () => {
  // Sums 3 and 2 became 5 and 1.
  assertClose(await between(chain([[1, 0], [0, 2]]), "dense2"), Math.sqrt((4 + 1) / 13));
  assertClose(await between(chain([[1, 0], [0, 1]], [[7], [9]]), "dense1"), 0);
});

Deno.test("a layer that gives nothing but zeros has no error", async () => {
  const zeros = tableData([[0, 0]], [[0]]);
  assertClose(await between(chain([[5, 0], [0, 5]]), "dense1", zeros), 0);
});

Deno.test("the last of a group with the layer's name stands for it", async () => {
  const group = {
    ...chain([[1, 0], [0, 2]]),
    layers: [
      { ...before.layers[0]!, name: "dense1.reduce" },
      { ...before.layers[1]!, name: "dense1.expand", units: 2, inputs: ["dense1.reduce"] },
    ] as typeof before.layers,
    outputs: ["dense1.expand"],
    weights: {
      "dense1.reduce/kernel": before.weights["dense1/kernel"]!,
      "dense1.expand/kernel": chain([[1, 0], [0, 2]]).weights["dense1/kernel"]!,
    },
  };
  assertClose(await between(group, "dense1"), Math.sqrt(5 / 15));
});

Deno.test("the first 256 samples are looked at, no others", async () => {
  const rows = (last: number) => [...Array.from({ length: 256 }, () => [1, 2]), [last, last]];
  const after = chain([[1, 0], [0, 2]]);
  const found = (last: number) =>
    between(after, "dense1", tableData(rows(last), rows(last).map(() => [0])));
  assert.equal(await found(1000), await found(0));
  assertClose(await found(0), Math.sqrt(4 / 5));
});

Deno.test("models infer: what they drop while they learn stays", async () => {
  const dropping = (model: typeof before): typeof before => ({
    ...model,
    layers: [
      model.layers[0]!,
      { name: "dropout", kind: "dropout", inputs: ["dense1"], rate: 0.5 },
      { ...model.layers[1]!, inputs: ["dropout"] } as (typeof model.layers)[number],
    ],
  });
  const sides = { before: dropping(before), after: dropping(chain([[1, 0], [0, 2]])) };
  assertClose(
    await insideError({ ...sides, name: "dropout" }, data, runContext()),
    Math.sqrt(5 / 15),
  );
});

Deno.test("it stops where the run is stopped, and leaves its progress alone", async () => {
  const context = runContext();
  await insideError({ before, after: before, name: "dense1" }, data, context);
  assert.deepEqual(context.reported.fractions, []);
  const stopped = runContext({ signal: AbortSignal.abort() });
  await assert.rejects(insideError({ before, after: before, name: "dense1" }, data, stopped));
  const idle = { ...runContext(), threads: 0 };
  await assert.rejects(
    insideError({ before, after: before, name: "dense1" }, data, idle),
    /with 0 threads/,
  );
});
