/** The models in a role as drafts. */
import assert from "node:assert/strict";
import { roleDrafts, roleOp, soundPart } from "../../../../engine/recipe/expand/role_drafts.ts";
import { child } from "../../../../engine/recipe/parse/tree.ts";
import { opSet, Type } from "../../../../engine/op.ts";
import { fakeOps } from "../fake_ops.ts";
import { said, written } from "./written.ts";

const roles = (text: string) =>
  roleDrafts("teacher", written(`decant: 1\nname: mine\nseed: 4\n${text}\n`));

Deno.test("a model with a training is built under a name of its own, so that the trained one has the role's", () => {
  const { drafts, names } = roles("teacher: { use: lenet5, train: { epochs: 1, data: few } }");
  assert.deepEqual(names, ["teacher"]);
  assert.deepEqual(drafts.map(({ op, name, path, model }) => [op, name, path, model]), [
    ["model", "teacher-init", "teacher", undefined],
    ["train", "teacher", "teacher.train", "teacher-init"],
  ]);
  assert.equal("train" in drafts[0]!.fields, false);
  assert.equal(drafts[1]!.fields.data, "few");
});

Deno.test("a model without a training has the role's name", () => {
  const { drafts } = roles("teacher: lenet5");
  assert.deepEqual(drafts.map(({ op, name }) => [op, name]), [["model", "teacher"]]);
});

Deno.test("of several trainings each goes on from the one before, and the last makes the role's model", () => {
  const { drafts } = roles("teacher: { use: lenet5, train: [{ epochs: 1 }, { epochs: 2 }] }");
  assert.deepEqual(drafts.map(({ op, name, path, model }) => [op, name, path, model]), [
    ["model", "teacher-init", "teacher", undefined],
    ["train", "teacher-train-1", "teacher.train.0", "teacher-init"],
    ["train", "teacher", "teacher.train.1", "teacher-train-1"],
  ]);
  assert.deepEqual(drafts.map(({ fields }) => fields.epochs), [undefined, 1, 2]);
  const [, alone] = roles("teacher: { use: lenet5, train: [{ epochs: 1 }] }").drafts;
  assert.deepEqual([alone!.name, alone!.path], ["teacher", "teacher.train.0"]);
});

Deno.test("a head is put on what is read, and trained or not it is the role's model", () => {
  const outputs = Type.Optional(Type.Integer({ description: "Classes" }));
  const head = {
    ...fakeOps.get("prune")!,
    ...{ name: "head", stage: undefined, params: Type.Object({ outputs }) },
  };
  const ops = opSet([...fakeOps.values(), head]);
  const drafts = (text: string) =>
    roleDrafts("teacher", written(`decant: 1\nname: mine\nteacher: ${text}\n`, ops)).drafts
      .map(({ op, name, path, model, fields }) => [op, name, path, model, fields.outputs]);
  assert.deepEqual(drafts("{ from: ./a.json, head: { outputs: 3 }, train: { epochs: 1 } }"), [
    ["load", "teacher-base", "teacher", undefined, undefined],
    ["head", "teacher-init", "teacher.head", "teacher-base", 3],
    ["train", "teacher", "teacher.train", "teacher-init", undefined],
  ]);
  assert.deepEqual(drafts("{ from: ./a.json, head: {} }"), [
    ["load", "teacher-base", "teacher", undefined, undefined],
    ["head", "teacher", "teacher.head", "teacher-base", undefined],
  ]);
});

Deno.test("of several each has a number or its own name, and the k-th the seed plus k", () => {
  const { drafts, names } = roles("teacher: [lenet5, { as: own, from: ./a.json }, lenet5]");
  assert.deepEqual(names, ["teacher-1", "own", "teacher-3"]);
  assert.deepEqual(drafts.map(({ op, path, seed }) => [op, path, seed]), [
    ["model", "teacher.0", 4],
    ["load", "teacher.1", 5],
    ["model", "teacher.2", 6],
  ]);
});

Deno.test("a model with a mistake keeps its names, and what is made of it is broken", () => {
  const { drafts, names } = roles("teacher: { as: own, use: unheard, train: { epochs: 1 } }");
  assert.deepEqual(names, ["own"]);
  assert.deepEqual(drafts.map(({ name, broken }) => [name, broken]), [
    ["own-init", true],
    ["own", true],
  ]);
});

Deno.test("a model with `from` is read, any other is built", () => {
  assert.equal(roleOp({ from: "./model.json" }), "load");
  assert.equal(roleOp({ use: "lenet5" }), "model");
});

Deno.test("of an unsound model a name counts only where it is one", () => {
  const part = (text: string) => {
    const document = written(`decant: 1\nname: mine\nteacher: ${text}\n`);
    assert.notDeepEqual(said(document), []);
    return soundPart(child(document.root, "teacher")!);
  };
  assert.deepEqual(part("{ as: own, use: 3, train: 3 }"), { as: "own", train: {} });
  assert.deepEqual(part("{ as: own, from: 3, head: 3 }"), { as: "own", head: {} });
  assert.deepEqual(part("{ as: 3, use: 3 }"), {});
  assert.deepEqual(part("3"), {});
});

Deno.test("each draft knows the block that it is written in", () => {
  const document = written(
    "decant: 1\nname: mine\nteacher: { use: lenet5, train: { epochs: 1 } }\n",
  );
  const [init, train] = roleDrafts("teacher", document).drafts;
  const block = child(document.root, "teacher");
  assert.ok(block !== undefined && init!.tree === block);
  assert.ok(train!.tree !== undefined && train!.tree === child(block, "train"));
});
