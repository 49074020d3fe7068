import assert from "node:assert/strict";

const MOD = new URL("../../../mod.ts", import.meta.url).pathname;

const RECIPE = `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: 100000 } }
`;

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} ends a run in order: exit code ${code}, what is done is kept, the rest is said`, async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/petals.yaml`, RECIPE);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--cached-only", MOD, "run", "petals.yaml"],
      cwd: folder,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const [out, rest] = child.stdout.tee();
    void rest.cancel();
    let said = "";
    let asked = false;
    const decoder = new TextDecoder();
    for await (const bytes of child.stderr) {
      said += decoder.decode(bytes);
      // The model is made; what follows is the long training.
      if (asked || !/✓ model-init/.test(said)) continue;
      asked = true;
      await new Promise((resolve) => setTimeout(resolve, 300));
      child.kill(signal);
    }
    assert.equal((await child.status).code, code);
    assert.match(said, /✓ data/);
    assert.match(said, /· model +train .* +interrupted; the next run goes on from there/);
    assert.match(said, /· model-test +evaluate +not started: the run was interrupted/);
    const text = await new Response(out).text();
    assert.match(text, /2 of 4 steps ran in .*\. 2 not done\.\n$/);
    const { code: planned, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--cached-only", MOD, "plan", "petals.yaml", "--json"],
      cwd: folder,
    }).output();
    assert.equal(planned, 0);
    const states = JSON.parse(decoder.decode(stdout)).steps.map((step: { state: string }) =>
      step.state
    );
    assert.deepEqual(states, ["hit", "hit", "run", "unknown"]);
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("SIGINT ends a search with what is finished: the trials in a table, the best of them written", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/petals.yaml`,
    `decant: 1
name: petals
variables: { epochs: 1 }
data: iris
model: { use: mlp, hidden: [4], train: { epochs: $epochs } }
export: tfjs
search:
  over: { epochs: [1, 2, 100000] }
  maximize: result.accuracy
  budget: { trials: 3 }
  strategy: grid
`,
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", MOD, "run", "petals.yaml"],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const out = new Response(child.stdout).text();
  let said = "";
  let asked = false;
  const decoder = new TextDecoder();
  for await (const bytes of child.stderr) {
    said += decoder.decode(bytes);
    if (asked || !/^trial 3/m.test(said)) continue;
    asked = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill("SIGINT");
  }
  assert.equal((await child.status).code, 130);
  assert.match(said, /· model +train .* +interrupted; the next run goes on from there/);
  const text = await out;
  assert.match(
    text,
    /^2 trials of 3 points by grid \(interrupted after 2 of at most 3 trials\); the best is trial \d: /,
  );
  assert.match(text, /\n[◆ ] +1 +1 .*\n[◆ ] +2 +2 .*\n/, "both trials in a table");
  assert.match(text, /\nmodel +result +/, "the best, measured");
  const report = JSON.parse(await Deno.readTextFile(`${folder}/out/petals/report.json`));
  assert.deepEqual(
    [report.ok, report.search.ended, report.search.trials.length, report.search.most],
    [false, "interrupted", 2, 3],
  );
  assert.ok((await Deno.stat(`${folder}/out/petals/tfjs/model.json`)).isFile);
  await assert.rejects(Deno.stat(`${folder}/out/petals/recipe.lock.json`), Deno.errors.NotFound);
  await Deno.remove(folder, { recursive: true });
});
