/** `decant verify`, stopped and killed: it leaves nothing behind. */
import assert from "node:assert/strict";

const MOD = new URL("../../mod.ts", import.meta.url).pathname;

const recipe = (epochs: number) =>
  `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: ${epochs} } }
export: tfjs
`;

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("signals end a verification in order and leave no folder; what SIGKILL leaves goes with the next", async () => {
  const home = await Deno.makeTempDir();
  const temporary = `${home}/tmp`;
  await Deno.mkdir(temporary);
  const foreign = ["decant-verify-mine.txt", "decant-verify-notes", "other"];
  await Deno.writeTextFile(`${temporary}/${foreign[0]}`, "mine");
  for (const name of foreign.slice(1)) await Deno.mkdir(`${temporary}/${name}`);
  await Deno.writeTextFile(`${temporary}/${foreign[1]}/mine.txt`, "mine");
  await Deno.writeTextFile(`${home}/petals.yaml`, recipe(100_000));
  const lock = { format: 1, recipe: "petals", numerics: 0, sources: [], steps: [] };
  await Deno.writeTextFile(`${home}/petals.lock.json`, JSON.stringify(lock));
  /** A verification that has come to its long training. */
  const training = async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--cached-only", MOD, "verify", `${home}/petals.yaml`],
      env: { NO_COLOR: "1", TMPDIR: temporary },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    while (!/✓ model-init/.test(said)) {
      const { value, done } = await reader.read();
      assert.ok(!done, said);
      said += value;
    }
    const drained = (async () => {
      while (!(await reader.read()).done);
    })();
    return {
      async end(signal: Deno.Signal) {
        child.kill(signal);
        const { code } = await child.status;
        await drained;
        return code;
      },
    };
  };
  const killed = await training();
  assert.equal(await killed.end("SIGKILL"), 137);
  assert.equal((await names(temporary)).length, foreign.length + 1);
  const [one, other] = [await training(), await training()];
  const held = (await names(temporary)).filter((name) => !foreign.includes(name));
  assert.equal(held.length, 2, "what the killed one left is gone, what lives has its own");
  assert.equal(await one.end("SIGTERM"), 143);
  assert.equal((await names(temporary)).length, foreign.length + 1);
  assert.equal(await other.end("SIGINT"), 130);
  assert.deepEqual(await names(temporary), foreign);
  assert.equal(await Deno.readTextFile(`${temporary}/${foreign[1]}/mine.txt`), "mine");
  await Deno.remove(home, { recursive: true });
});
