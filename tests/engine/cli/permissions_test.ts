import assert from "node:assert/strict";

const MOD = new URL("../../../mod.ts", import.meta.url).pathname;

const RECIPE = `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
quantize: { scheme: int8 }
export: [tfjs, onnx, packed, safetensors]
`;

/** The command line in a folder with a recipe in it. */
async function beside(recipe: string) {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/petals.yaml`, recipe);
  return {
    async decant(flags: readonly string[], ...words: string[]) {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", "--no-check", "--cached-only", ...flags, MOD, ...words],
        cwd: folder,
        env: { NO_COLOR: "1" },
      }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, out: text(stdout), err: text(stderr) };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("a run needs the flags that plan prints, and no others", async () => {
  await using place = await beside(RECIPE);
  const { decant } = place;
  const planned = await decant(["-A"], "plan", "petals.yaml", "--json");
  assert.deepEqual([planned.code, planned.err], [0, ""]);
  const { flags } = JSON.parse(planned.out) as { flags: string[] };
  const run = await decant(flags, "run", "petals.yaml", "--quiet");
  assert.deepEqual([run.code, run.err], [0, ""]);
  assert.match(run.out, /\d+ of \d+ steps ran/);
  for (const without of flags.filter((flag) => !flag.startsWith("--allow-sys"))) {
    const denied = await decant(flags.filter((flag) => flag !== without), "run", "petals.yaml");
    assert.notEqual(denied.code, 0, `${without} is not needed`);
    assert.doesNotMatch(denied.err, /\bat .*\.ts:\d+/, "a sentence, not a stack trace");
  }
});

for (const use of ["digits", "names", "spam"]) {
  Deno.test(`${use}, which come with the package, are read with the flags that plan prints`, async () => {
    const model = use === "digits" ? "lenet5" : "text-cnn, embedding: 2, filters: 2";
    await using place = await beside(
      `decant: 1\nname: embedded\ndata: { use: ${use}, limit: 9 }\nmodel: { use: ${model}, train: { epochs: 1 } }\n`,
    );
    const { decant } = place;
    const planned = await decant(["-A"], "plan", "petals.yaml", "--json");
    assert.deepEqual([planned.code, planned.err], [0, ""]);
    const { flags } = JSON.parse(planned.out) as { flags: string[] };
    const run = await decant(flags, "run", "petals.yaml", "--until", "data", "--quiet");
    assert.deepEqual([run.code, run.err], [0, ""]);
  });
}
