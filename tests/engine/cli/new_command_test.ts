import assert from "node:assert/strict";
import { newCommand } from "../../../engine/cli/new_command.ts";
import { typing } from "./typed.ts";

Deno.test("a first recipe is named after its file, and no file is written over", async () => {
  await using here = await typing({});
  const write = (name: string) => here.decant("new", `DIR/${name}`);
  const { code, out } = await write("My First.yaml");
  assert.deepEqual([code, out], [
    0,
    "DIR/My First.yaml is written. Next: decant check DIR/My First.yaml, decant run DIR/My First.yaml\n",
  ]);
  assert.match(await Deno.readTextFile(`${here.path}/My First.yaml`), /^name: my-first$/m);
  await write("12.yml");
  assert.match(await Deno.readTextFile(`${here.path}/12.yml`), /^name: recipe$/m);
  const again = await write("12.yml");
  assert.equal(again.code, 2);
  assert.match(again.err, /"DIR\/12\.yml" is there already/);
  assert.match((await write("none/a.yaml")).err, /the folder of "DIR\/none\/a\.yaml" is not there/);
  assert.equal(newCommand.name, "new");
});
