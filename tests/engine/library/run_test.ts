/** The models of a run: which there are, what they answer, how they are saved. */
import assert from "node:assert/strict";
import { modelOf } from "../../../engine/library/run.ts";
import { type AnyOp, defineOp, filesKind, input, type Kind, Type } from "../../../mod.ts";
import type { Execution } from "../../../engine/run/execute.ts";
import { filesUnder } from "../../faults/small_cache.ts";
import { fakeOps, graphOf, nowhere, numberKind } from "../run/support/fake.ts";

const ops = fakeOps();
const facts = { kind: "model", learned: true, layers: [], established: [] } as const;

/** Two numbers, of which the second is the result, and what is measured of it. */
function executed(kind: Kind<number> = numberKind, done = ["one", "two", "two-test"]): Execution {
  const constant = { ...ops.constant, output: kind } as AnyOp;
  const graph = graphOf([
    { name: "one", op: constant, params: { value: 1 }, facts },
    { name: "two", op: constant, params: { value: 2 }, facts: { ...facts, layers: [] } },
    { name: "two-test", op: ops.score, inputs: { model: "two" } },
  ], { result: "two" });
  const value = (name: string) => Promise.resolve(name === "one" ? 1 : 2);
  return { graph, outcomes: new Map(done.map((name) => [name, {}])), value } as never;
}

const options = { environment: { ...nowhere, threads: 3 } };

Deno.test("a model is found by the name of its step, and the result by that word", async () => {
  const one = modelOf(executed(), "one", options);
  assert.deepEqual([one.name, await one.value(), one.layers], ["one", 1, []]);
  const result = modelOf(executed(), "result", options);
  assert.deepEqual([result.name, await result.value()], ["two", 2]);
});

Deno.test("what is no model, not done or not there is refused with those that there are", () => {
  const refused = (name: string, execution = executed()) => () => modelOf(execution, name, options);
  assert.throws(
    refused("three"),
    new RangeError('This run has no model "three"; it has one, two'),
  );
  assert.throws(refused("two-test"), /no model "two-test"; it has one, two$/);
  assert.throws(
    refused("result", executed(numberKind, ["one"])),
    new RangeError('This run has no model "result"; it has one'),
  );
  assert.throws(
    refused("one", executed(numberKind, [])),
    new RangeError('This run has no model "one"; it has none'),
  );
});

Deno.test("a model answers by its kind, with the threads of the run; a kind that cannot be asked says so", async () => {
  const asked: unknown[] = [];
  const predict = (...given: unknown[]) => {
    asked.push(given);
    return Promise.resolve([new Float32Array([7])]);
  };
  const model = modelOf(executed({ ...numberKind, predict }), "two", options);
  assert.deepEqual(await model.predict([[1, 2]]), [new Float32Array([7])]);
  assert.deepEqual(asked, [[2, [[1, 2]], { threads: 3 }]]);
  await assert.rejects(
    modelOf(executed(), "two", options).predict([[1]]),
    new TypeError("A model cannot be asked"),
  );
});

Deno.test("a model is saved by the op whose first input is of its kind, or refused", async () => {
  const common = {
    version: 1,
    summary: "Writes",
    output: filesKind,
    numerics: "none",
    params: Type.Object({}),
    example: {},
    run: () => ({}),
  } as const;
  const saves = (value: number) =>
    Promise.resolve({ "sub/value": new TextEncoder().encode(`${value}`) });
  const model = input(numberKind, "Is written");
  const other = input({ ...numberKind }, "Is of another kind");
  const wrong = () => assert.fail("it takes another kind");
  const known = new Map<string, AnyOp>(
    [
      defineOp({ ...common, name: "none", inputs: { model } }),
      defineOp({ ...common, name: "other", inputs: { other, model }, saves: wrong }),
      defineOp({ ...common, name: "right", inputs: { model, other }, saves }),
    ].map((op) => [op.name, op]),
  );
  const folder = await Deno.makeTempDir();
  const saved = modelOf(executed(), "two", { ...options, ops: known });
  assert.deepEqual(await saved.save(`${folder}/out`), ["sub/value"]);
  assert.deepEqual(await filesUnder(folder), ["out/sub/value"]);
  assert.equal(await Deno.readTextFile(`${folder}/out/sub/value`), "2");
  await Deno.remove(folder, { recursive: true });
  const none = new TypeError("A model has no form as files");
  await assert.rejects(modelOf(executed(), "two", options).save(folder), none);
  known.delete("right");
  await assert.rejects(modelOf(executed(), "two", { ...options, ops: known }).save(folder), none);
});
