import assert from "node:assert/strict";

const MOD = new URL("../../../mod.ts", import.meta.url).href;
const CLI = new URL("../../../engine/cli/command_line.ts", import.meta.url).href;
const OP = new URL("../../../engine/op.ts", import.meta.url).href;

const RECIPE = `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
quantize: { scheme: int8 }
export: tfjs
`;

/** Runs a command line in a process of its own, which says at its end whether the tensor library is there. */
async function loads(folder: string, ...words: string[]): Promise<boolean> {
  const script = `
    import { ops } from ${JSON.stringify(MOD)};
    import { opSet } from ${JSON.stringify(OP)};
    import { commandLine } from ${JSON.stringify(CLI)};
    const code = await commandLine(${JSON.stringify(words)}, { ops: opSet(ops) });
    if (code !== 0) Deno.exit(code);
    // tfjs-core keeps its engine in a global of this name.
    console.log("tensor library:", "_tfengine" in globalThis);
    Deno.exit(0);`;
  const path = `${folder}/script.ts`;
  await Deno.writeTextFile(path, script);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", path],
    cwd: folder,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const last = /tensor library: (true|false)\n$/.exec(new TextDecoder().decode(stdout));
  return last![1] === "true";
}

Deno.test("check, plan and a run that is all hits load no tensor library", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/petals.yaml`, RECIPE);
  assert.equal(await loads(folder, "check", "petals.yaml"), false);
  assert.equal(await loads(folder, "plan", "petals.yaml"), false);
  assert.equal(await loads(folder, "run", "petals.yaml", "--quiet"), true);
  assert.equal(await loads(folder, "plan", "petals.yaml"), false);
  assert.equal(await loads(folder, "run", "petals.yaml", "--quiet"), false);
  await Deno.remove(folder, { recursive: true });
});
