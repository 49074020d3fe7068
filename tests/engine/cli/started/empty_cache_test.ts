/** Somebody with an empty package cache downloads nothing before anything is computed. */
import assert from "node:assert/strict";

const MOD = new URL("../../../../mod.ts", import.meta.url).pathname;

const RECIPE = `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
quantize: { scheme: int8 }
export: tfjs
`;

/** Runs a command with no package in the cache, and none to be had. */
async function decant(denoDir: string, folder: string, ...words: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-lock", "--cached-only", MOD, ...words],
    cwd: folder,
    env: { DENO_DIR: denoDir, NO_COLOR: "1" },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

Deno.test("with an empty package cache help, check, plan and a cached run need no package", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/petals.yaml`, RECIPE);
    // The run that fills the cache of results has the packages of this machine.
    const filled = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-lock", MOD, "run", "petals.yaml", "--quiet"],
      cwd: folder,
    }).output();
    assert.equal(filled.code, 0, new TextDecoder().decode(filled.stderr));
    for (const command of ["help", "check", "plan", "run"]) {
      const denoDir = `${folder}/deno-${command}`;
      const recipe = command === "help" ? [] : ["petals.yaml"];
      await decant(denoDir, folder, command, ...recipe);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the README's demo is no task of Deno's: on an empty cache a task fetches every package of the lock first", async () => {
  const readme = await Deno.readTextFile(new URL("../../../../README.md", import.meta.url));
  const [commands] = /^## Try it$[\s\S]*?```sh\n([\s\S]*?)```/m.exec(readme)!.slice(1);
  const [demo, tests] = commands!.trim().split("\n");
  assert.match(demo!, /^npx --yes deno@[\d.]+ run -A mod\.ts run recipes\/digits\.yaml /);
  assert.match(tests!, /^npx --yes deno@[\d.]+ task test /);
});
