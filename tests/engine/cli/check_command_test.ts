import assert from "node:assert/strict";
import { checkCommand } from "../../../engine/cli/check_command.ts";
import { NUMBERS, typing } from "./typed.ts";

Deno.test("a sound recipe passes, a wrong one says where and what with its exit code", async () => {
  const wrong = NUMBERS.replace("number: one", "number: two");
  await using here = await typing({ "a.yaml": NUMBERS, "b.yaml": wrong });
  const sound = await here.decant("check", "DIR/a.yaml");
  assert.deepEqual([sound.code, sound.err], [0, ""]);
  const { code, err } = await here.decant("check", "DIR/b.yaml");
  assert.equal(code, 2);
  assert.match(err, /b\.yaml:5:/);
  assert.match(err, /there is no model `two` above this step/);
  assert.equal(checkCommand.name, "check");
});
