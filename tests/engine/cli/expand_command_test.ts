import assert from "node:assert/strict";
import { expandCommand } from "../../../engine/cli/expand_command.ts";
import { typing } from "./typed.ts";

Deno.test("a recipe is written as its steps, which expand to themselves", async () => {
  await using here = await typing();
  const { code, out } = await here.decant("expand", "DIR/a.yaml");
  assert.equal(code, 0);
  assert.match(out, /op: constant/);
  await Deno.writeTextFile(`${here.path}/b.yaml`, out);
  assert.equal((await here.decant("expand", "DIR/b.yaml")).out, out);
  assert.equal(expandCommand.name, "expand");
});
