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
