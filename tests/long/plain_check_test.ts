/** A recipe in a folder without settings is type-checked with Deno's own, and with it all of Decant. */
import assert from "node:assert/strict";
import { ownCodeExamples } from "../recipes/support/own_code_examples.ts";

const MOD = new URL("../../mod.ts", import.meta.url).href;

Deno.test("code of one's own is checked without errors in a folder without a deno.json", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const examples = await ownCodeExamples();
    for (const [name, text] of examples) {
      await Deno.writeTextFile(`${folder}/${name}`, text.replace("../mod.ts", MOD));
    }
    const check = async (...files: string[]) => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["check", ...files],
        cwd: folder,
        env: { NO_COLOR: "1" },
      }).output();
      return { code, said: new TextDecoder().decode(stderr) };
    };
    const { code, said } = await check(...examples.keys());
    assert.equal(code, 0, said);
    const wrong = examples.get("focal.ts")!.replace("{ gamma })", "{ gama })");
    await Deno.writeTextFile(`${folder}/wrong.ts`, wrong.replace("../mod.ts", MOD));
    assert.match((await check("wrong.ts")).said, /Property 'gama' does not exist/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a recipe in TypeScript is checked without errors in a folder without a deno.json", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/petals.ts`,
      `import { main, recipe } from ${JSON.stringify(MOD)};
if (import.meta.main) await main(recipe(import.meta, { name: "petals", data: "iris", model: "mlp" }));
`,
    );
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "petals.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
