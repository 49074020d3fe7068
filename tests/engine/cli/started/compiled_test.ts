/**
 * The command as one program, by `deno compile`. That needs `denort`, which Deno fetches from its own host: where
 * `DENORT_BIN` names one, as for Deno itself, the test runs; else it is skipped, and counted among those.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const denort = Deno.env.get("DENORT_BIN");

/** Runs a program; its exit code and what it printed. */
async function run(program: string, args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd })
    .output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

Deno.test({
  name: "compiled, decant is one program that helps and checks a recipe in any folder",
  ignore: denort === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const module = fileURLToPath(new URL("../../../../mod.ts", import.meta.url));
      const program = `${folder}/decant`;
      const made = ["compile", "-A", "--no-check", "--output", program, module];
      const compiled = await run(Deno.execPath(), made, folder);
      assert.equal(compiled.code, 0, compiled.err);
      const help = await run(program, ["--help"], folder);
      assert.deepEqual([help.code, /^ {2}run RECIPE/m.test(help.out)], [0, true], help.err);
      const recipe =
        "decant: 1\nname: tiny\ndata: digits\nmodel: { use: mlp, hidden: [4], train: { epochs: 1 } }\n";
      await Deno.writeTextFile(`${folder}/tiny.yaml`, recipe);
      const checked = await run(program, ["check", "tiny.yaml"], folder);
      assert.equal(checked.code, 0, checked.err);
      await Deno.writeTextFile(`${folder}/odd.yaml`, recipe.replace("digits", "digit"));
      const refused = await run(program, ["check", "odd.yaml"], folder);
      assert.notEqual(refused.code, 0);
      assert.match(refused.out + refused.err, /odd\.yaml:3/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
