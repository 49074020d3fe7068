/** Which ops a recipe means by what they declare, and the order of its stages. */
import assert from "node:assert/strict";
import { type AnyOp, opSet } from "../../../../engine/op.ts";
import {
  makesSeveral,
  recordingOp,
  stagesOf,
  taughtStage,
} from "../../../../engine/recipe/words/language.ts";
import { ops } from "../../../../ops/mod.ts";
import { assertListedInOrder } from "../../../listed.ts";
import { fakeOps } from "../fake_ops.ts";

const shipped = opSet(ops);
const some = shipped.get("part")!;
const stage = (name: string, after?: string): AnyOp => ({
  ...some,
  name,
  stage: after === undefined ? {} : { after },
});
const order = (...list: readonly AnyOp[]) => stagesOf(opSet(list)).map(({ name }) => name);

Deno.test("the stages that ship stand in the order in which they change a model", () => {
  const names = stagesOf(shipped).map(({ name }) => name);
  assertListedInOrder(names, ["replace", "distill", "mutual", "prune", "cluster", "quantize"]);
});

Deno.test("a stage stands directly behind the one that it names, wherever it is listed", () => {
  const list = [stage("c", "b"), stage("a"), stage("b", "a")];
  assert.deepEqual(order(...list), ["a", "b", "c"]);
  assert.deepEqual(order(...list, stage("late", "a")), ["a", "late", "b", "c"], "the last listed");
  assert.deepEqual(order(stage("a"), some, stage("b", "not-there")), ["a", "b"], "at the end");
});

Deno.test("stages that name one another in a circle are refused", () => {
  assert.throws(() => order(stage("a", "b"), stage("b", "a")), {
    name: "TypeError",
    message: 'Cannot order the stages: "a" stands behind itself',
  });
});

Deno.test("the stage of a taught student reads a teacher, and an op records what that says", () => {
  assert.equal(taughtStage(shipped)?.name, "distill");
  assert.equal(recordingOp(shipped)?.name, "predict");
  const untaught = opSet([...fakeOps.values()].filter(({ name }) => name !== "distill"));
  assert.equal(taughtStage(untaught), undefined);
  assert.equal(recordingOp(untaught), undefined);
});

Deno.test("of the stages one makes several models", () => {
  assert.deepEqual(stagesOf(shipped).filter(makesSeveral).map(({ name }) => name), ["mutual"]);
});
