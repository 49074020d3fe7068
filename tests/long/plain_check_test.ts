/** A recipe in a folder without settings is type-checked with Deno's own, and with it all of Decant. */
import assert from "node:assert/strict";

const MOD = new URL("../../mod.ts", import.meta.url).href;

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
