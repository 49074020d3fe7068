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

/** Libraries that a process loaded. */
interface Loaded {
  /** The parser of every recipe: that it is seen shows that the others would be. */
  readonly yaml: boolean;
  readonly tensors: boolean;
  readonly validation: boolean;
}

/** Runs a command line in a process of its own, which says at its end which libraries are there. */
async function loads(folder: string, ...words: string[]): Promise<Loaded> {
  const script = `
    import { ops } from ${JSON.stringify(MOD)};
    import { opSet } from ${JSON.stringify(OP)};
    import { Module } from "node:module";
    import { commandLine } from ${JSON.stringify(CLI)};
    const code = await commandLine(${JSON.stringify(words)}, { ops: opSet(ops) });
    if (code !== 0) Deno.exit(code);
    const paths = Object.keys(Module._cache);
    const found = (name) => paths.some((path) => path.includes("/" + name + "/"));
    // tfjs-core keeps its engine in a global of this name; the others are CommonJS.
    const tensors = "_tfengine" in globalThis;
    console.log(JSON.stringify({ yaml: found("yaml"), tensors, validation: found("ajv") }));
    Deno.exit(0);`;
  const path = `${folder}/script.ts`;
  await Deno.writeTextFile(path, script);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", path],
    cwd: folder,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

Deno.test("check, plan and a run that is all hits load no tensor library and validate nothing by schema", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/petals.yaml`, RECIPE);
  const light: Loaded = { yaml: true, tensors: false, validation: false };
  assert.deepEqual(await loads(folder, "check", "petals.yaml"), light);
  assert.deepEqual(await loads(folder, "plan", "petals.yaml"), light);
  const whole: Loaded = { yaml: true, tensors: true, validation: true };
  assert.deepEqual(await loads(folder, "run", "petals.yaml", "--quiet"), whole);
  assert.deepEqual(await loads(folder, "plan", "petals.yaml"), light);
  assert.deepEqual(await loads(folder, "run", "petals.yaml", "--quiet"), light);
  await Deno.remove(folder, { recursive: true });
});
