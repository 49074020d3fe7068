import assert from "node:assert/strict";
import { opsCommand } from "../../../engine/cli/ops_command.ts";
import { typing } from "./typed.ts";

Deno.test("the ops are listed with what they do, names beside one another", async () => {
  await using here = await typing();
  const { code, out } = await here.decant("ops");
  assert.equal(code, 0);
  assert.match(out, /^constant {2}Is a number\nadd {7}Adds\n/);
  assert.equal(opsCommand.name, "ops");
});

Deno.test("of one op its inputs, parameters and an example are told", async () => {
  await using here = await typing();
  const { out } = await here.decant("ops", "add");
  assert.match(out, /^add \(version 1\): Adds\.\nMakes: model\.\n/);
  assert.match(out, /^inputs\n {2}number +model +Grows$/m);
  assert.match(out, /^parameters \(\* must be written\)\n {2}amount\* .*How much$/m);
  assert.match(out, /^Example: \{ op: add, amount: 1 \}\n$/m);
  const sum = (await here.decant("ops", "sum")).out;
  assert.match(sum, /numbers +models +Are added/);
  assert.doesNotMatch(sum, /parameters/);
  assert.match((await here.decant("ops", "fail")).out, /number +model, may be left out +Is lost/);
});

Deno.test("as JSON every input and parameter has its fields", async () => {
  await using here = await typing();
  const { ops: [add] } = JSON.parse((await here.decant("ops", "add", "--json")).out);
  assert.deepEqual([add.name, add.version, add.output, add.changes, add.example], [
    "add",
    1,
    "model",
    "number",
    { amount: 1 },
  ]);
  assert.deepEqual(add.inputs, [
    { name: "number", kind: "model", many: false, optional: false, description: "Grows" },
  ]);
  assert.deepEqual(
    add.params.map((
      { name, required }: { name: string; required: boolean },
    ) => [name, required])[0],
    [
      "amount",
      true,
    ],
  );
});

Deno.test("an op that is not there is a mistake, with those that are", async () => {
  await using here = await typing();
  const { code, err } = await here.decant("ops", "subtract");
  assert.equal(code, 2);
  assert.match(err, /there is no op "subtract"/);
  assert.match(err, /the ops are constant, add,/);
});
