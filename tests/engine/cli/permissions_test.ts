import assert from "node:assert/strict";

const MOD = new URL("../../../mod.ts", import.meta.url).pathname;

const RECIPE = `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
export: tfjs
`;

Deno.test("a run needs the flags that plan prints, and no others", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/petals.yaml`, RECIPE);
  const decant = async (flags: readonly string[], ...words: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "--cached-only", ...flags, MOD, ...words],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  };
  const planned = await decant(["-A"], "plan", "petals.yaml", "--json");
  const { flags } = JSON.parse(planned.out) as { flags: string[] };
  const run = await decant(flags, "run", "petals.yaml", "--quiet");
  assert.deepEqual([run.code, run.err], [0, ""]);
  assert.match(run.out, /\d+ of \d+ steps ran/);
  for (const without of flags.filter((flag) => !flag.startsWith("--allow-sys"))) {
    const denied = await decant(flags.filter((flag) => flag !== without), "run", "petals.yaml");
    assert.notEqual(denied.code, 0, `${without} is not needed`);
    assert.doesNotMatch(denied.err, /\bat .*\.ts:\d+/, "a sentence, not a stack trace");
  }
  await Deno.remove(folder, { recursive: true });
});
