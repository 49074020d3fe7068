import assert from "node:assert/strict";
import { opsCommand } from "../../../../engine/cli/words/ops_command.ts";
import type { Terminal } from "../../../../engine/cli/terminal.ts";
import { defineOp, opSet, ownOp, Type } from "../../../../engine/op.ts";
import { vocabularyOf } from "../../../../engine/recipe/words/vocabulary.ts";
import { ops } from "../../../../ops/mod.ts";
import { numberKind } from "../../run/support/fake.ts";
import { typing } from "../typed.ts";

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
  assert.match(sum, /^Example: \{ op: sum \}\n$/m);
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

Deno.test("a word that is not there is a mistake, with those near it", async () => {
  await using here = await typing();
  const { code, err } = await here.decant("ops", "ad");
  assert.equal(code, 2);
  assert.match(err, /there is no word "ad" in recipes/);
  assert.match(
    err,
    /near it are add, [^,]+, [^,;]+; --search ad looks through descriptions too/,
  );
  assert.match((await here.decant("ops", "lr")).err, /it is `learning_rate` here/);
});

Deno.test("of a word that is no op its meanings are told, as text and as data", async () => {
  await using here = await typing();
  const { code, out } = await here.decant("ops", "amount");
  assert.equal(code, 0);
  assert.match(
    out,
    /^amount \(a field\): How much\.\nIn: steps\[add\]\.amount.*\nTakes: number\.\n/,
  );
  const { ops, words: [amount] } = JSON.parse((await here.decant("ops", "amount", "--json")).out);
  assert.deepEqual(ops, []);
  assert.deepEqual([amount.word, amount.role, amount.values, amount.default, amount.example], [
    "amount",
    "field",
    "number",
    null,
    "amount: 1",
  ]);
});

Deno.test("words are searched for by text, not beside a name", async () => {
  await using here = await typing();
  const { code, out } = await here.decant("ops", "--search", "HOW MUCH");
  assert.equal(code, 0);
  assert.match(out, /^ {2}amount {2}a field: How much$/m);
  const { words } = JSON.parse((await here.decant("ops", "--search", "how much", "--json")).out);
  assert.deepEqual(words[0], { word: "amount", about: "a field: How much" });
  const none = await here.decant("ops", "--search", "zebra");
  assert.equal(none.code, 0);
  assert.match(none.err, /nothing/);
  const both = await here.decant("ops", "add", "--search", "x");
  assert.equal(both.code, 2);
  assert.match(both.err, /a word is named or searched for, not both/);
});

Deno.test("all about an op stands in columns, and what it lacks is not said", async () => {
  await using here = await typing();
  assert.equal(
    (await here.decant("ops", "add")).out,
    `add (version 1): Adds.
Makes: model.

inputs
  number  model  Grows

parameters (* must be written)
  amount*  number        How much
  seed     whole number  Changes nothing but the key
  epochs   whole number  Changes nothing but the key

Example: { op: add, amount: 1 }
`,
  );
  assert.equal(
    (await here.decant("ops", "constant")).out,
    `constant (version 1): Is a number.
Makes: model.

parameters (* must be written)
  value*  number  The number

Example: { op: constant, value: 1 }
`,
  );
});

Deno.test("meanings of a word are told one after another, and as data where there are any", async () => {
  await using here = await typing({}, ops);
  const { out } = await here.decant("ops", "random");
  const meanings = vocabularyOf(opSet(ops)).get("random")!;
  assert.ok(meanings.length > 1 && out.startsWith("random (of "));
  assert.equal(out.split("\n\nrandom (of ").length, meanings.length);
  assert.deepEqual(Object.keys(JSON.parse((await here.decant("ops", "export", "--json")).out)), [
    "format",
    "ops",
  ]);
  const { words } = JSON.parse((await here.decant("ops", "train", "--json")).out);
  const roles = new Set(words.map(({ role }: { role: string }) => role));
  assert.deepEqual([...roles], ["value"]);
});

Deno.test("a list of ops has a line for each, and as JSON a document for each", async () => {
  await using here = await typing();
  const { out } = await here.decant("ops");
  assert.deepEqual(out.split("\n").map((line) => line.split(/ {2,}/)[0]), [
    ...["constant", "add", "whole", "sum", "like", "fail", "file", "evaluate", "measure", ""],
  ]);
  const { format, ops } = JSON.parse((await here.decant("ops", "--json")).out);
  assert.deepEqual([format, ops.length], [1, 9]);
  assert.deepEqual(ops[0], {
    name: "constant",
    version: 1,
    summary: "Is a number",
    inputs: [],
    output: "model",
    changes: null,
    params: [{
      name: "value",
      required: true,
      values: "number",
      default: null,
      description: "The number",
    }],
    example: { value: 1 },
  });
  assert.equal(ops[3].inputs[0].many, true);
  assert.equal(ops[5].inputs[0].optional, true);
});

Deno.test("of an op that did not come with Decant it is said what recalls it; defaults and several fields are told", async () => {
  const own = ownOp(defineOp({
    name: "grow",
    version: 3,
    summary: "Grows",
    inputs: {},
    output: numberKind,
    numerics: "none",
    params: Type.Object({
      by: Type.Number({ description: "How much", default: 2 }),
      "a-name-of-more-than-forty-characters-in-all": Type.Optional(
        Type.String({ description: "Why" }),
      ),
    }),
    example: { by: 1, why: "so" },
    run: () => 1,
  }));
  let out = "";
  const terminal = { out: (text: string) => void (out += text) } as Terminal;
  await opsCommand.run({ ops: opSet([own]), terminal, operands: ["grow"], options: {} } as never);
  const lines = out.split("\n");
  assert.equal(lines[0], "grow (version 3): Grows.");
  assert.equal(
    lines[2],
    "What it made is recalled while its version and the text of its functions are the same; a change behind " +
      "an import needs another version.",
  );
  assert.equal(lines[5], `  by${" ".repeat(38)}  number; default 2  How much`);
  assert.equal(lines[6], `  a-name-of-more-than-forty-characters-in-all  text               Why`);
  assert.equal(lines[8], 'Example: { op: grow, by: 1, why: "so" }');
});
