import assert from "node:assert/strict";
import { keyCommand } from "../../../../engine/cli/shared/key_command.ts";
import { setVariable } from "../../../variable.ts";
import { typing } from "../typed.ts";

Deno.test("a key is made and shown; what else is asked for is refused", async () => {
  await using here = await typing();
  const unset = setVariable("XDG_CONFIG_HOME", `${here.path}/config`);
  try {
    assert.deepEqual(keyCommand.operands, ["ACTION", "[NAME]"]);
    const none = await here.decant("key", "show");
    assert.deepEqual([none.code, none.err], [
      2,
      "decant: there is no key\n     help: decant key new NAME makes one\n",
    ]);
    const made = await here.decant("key", "new", "anna");
    assert.match(made.out, /^anna:.{44}\n$/);
    assert.equal((await here.decant("key", "show")).out, made.out);
    const other = "decant: key needs new NAME, or show\n     help: decant key new anna\n";
    for (const words of [["new"], ["show", "anna"], ["burn"], ["burn", "anna"]]) {
      assert.deepEqual(await here.decant("key", ...words), { code: 2, out: "", err: other });
    }
    for (const words of [["new", "anna"], ["new", "a:b"]]) {
      const { code, out } = await here.decant("key", ...words);
      assert.deepEqual([code, out], [2, ""], words.join(" "));
    }
    const secret = await Deno.readTextFile(`${here.path}/config/decant/key`);
    assert.ok(!made.out.includes(secret.slice("anna:".length, 40)));
  } finally {
    unset();
  }
});
