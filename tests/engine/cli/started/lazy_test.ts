import assert from "node:assert/strict";

const LANGUAGE = new URL("../../../../engine/api/language.ts", import.meta.url).href;
const CLI = new URL("../../../../engine/cli/command_line.ts", import.meta.url).href;

const RECIPE = `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
quantize: { scheme: int8 }
export: tfjs
`;

/** Libraries that a process loaded. */
interface Loaded {
  /** The whole parser of YAML, which `fmt` needs. */
  readonly yaml: boolean;
  readonly tensors: boolean;
  readonly validation: boolean;
  /** Deno's timers, or a module of Node's that is asked for where it is needed. */
  readonly node: boolean;
}

/** What a process says that makes native kernels first, and tests them with tensors. */
const MAKES_KERNELS = /are compiled and tested/;

/** Makes of native kernels that a test bears with: a compiler may fail, and a moved machine has another processor. */
const MOST_MAKES = 5;

/** Runs a command line in a process of its own, which says at its end which libraries are there; again where it made kernels. */
async function loads(folder: string, ...words: string[]): Promise<Loaded> {
  for (let made = 0; made < MOST_MAKES; made++) {
    const { loaded, said } = await loadsOnce(folder, words);
    if (!MAKES_KERNELS.test(said)) return loaded;
  }
  return assert.fail(`native kernels are made anew by each ${words[0]}`);
}

async function loadsOnce(
  folder: string,
  words: readonly string[],
): Promise<{ readonly loaded: Loaded; readonly said: string }> {
  const script = `
    import { shippedOps } from ${JSON.stringify(LANGUAGE)};
    import { Module } from "node:module";
    import { commandLine } from ${JSON.stringify(CLI)};
    let node = false;
    const watch = (object, name) => {
      const { get, value } = Object.getOwnPropertyDescriptor(object, name);
      Object.defineProperty(object, name, { get: () => (node = true, get?.call(object) ?? value) });
    };
    for (const name of ["setTimeout", "clearTimeout", "setInterval"]) watch(globalThis, name);
    watch(process, "getBuiltinModule");
    const code = await commandLine(${JSON.stringify(words)}, { ops: async () => shippedOps() });
    if (code !== 0) Deno.exit(code);
    const paths = Object.keys(Module._cache);
    const found = (name) => paths.some((path) => path.includes("/" + name + "/"));
    // tfjs-core keeps its engine in a global of this name; the others are CommonJS.
    const tensors = "_tfengine" in globalThis;
    const yaml = found("yaml");
    console.log(JSON.stringify({ yaml, tensors, validation: found("ajv"), node }));
    Deno.exit(0);`;
  const path = `${folder}/script.ts`;
  await Deno.writeTextFile(path, script);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", path],
    cwd: folder,
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert.equal(code, 0, said);
  return { loaded: JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!), said };
}

Deno.test("check, plan and a run that is all hits load no parser, no tensor library and nothing that validates by schema", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/petals.yaml`, RECIPE);
  const light: Loaded = { yaml: false, tensors: false, validation: false, node: false };
  // A plan says which permissions a run needs, with paths as Node has them.
  const planned: Loaded = { ...light, node: true };
  assert.deepEqual(await loads(folder, "check", "petals.yaml"), light);
  assert.deepEqual(await loads(folder, "fmt", "petals.yaml"), { ...light, yaml: true });
  assert.deepEqual(await loads(folder, "plan", "petals.yaml"), planned);
  // Whether it uses a timer depends on how long it computes at a stretch.
  const { node: _, ...first } = (await loadsOnce(folder, ["run", "petals.yaml"])).loaded;
  assert.deepEqual(first, { yaml: false, tensors: true, validation: true });
  assert.deepEqual(await loads(folder, "plan", "petals.yaml"), planned);
  assert.deepEqual(await loads(folder, "run", "petals.yaml"), light);
  await Deno.remove(folder, { recursive: true });
});
