/** SIGINT while something is fetched: the run ends in order, long before the host's silence would end it. */
import assert from "node:assert/strict";
import { filesUnder } from "../faults/small_cache.ts";
import { type Answer, head, loopback, silence } from "./loopback.ts";

const MOD = new URL("../../mod.ts", import.meta.url).pathname;

const recipeFrom = (from: string): string =>
  `decant: 1
name: far
data: { from: "${from}" }
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
`;

const half: Answer = async (say) => {
  await say(head("200 OK", "Content-Length: 99"));
  await say("a,b\n");
  await silence();
};

for (const [name, answer] of [["no answer", silence], ["half an answer", half]] as const) {
  Deno.test(`SIGINT ends a run that waits for a host: ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    await using host = loopback({ "/d.csv": answer });
    await Deno.writeTextFile(`${folder}/far.yaml`, recipeFrom(`${host.root}/d.csv`));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--cached-only", MOD, "run", "far.yaml"],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = child.output();
    let ended = false;
    void output.then(() => ended = true);
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    while (host.asked("/d.csv") === 0 && !ended) await pause(50);
    await pause(200);
    if (!ended) child.kill("SIGINT");
    // The host's silence would end the run after 90 seconds.
    for (let waited = 0; !ended && waited < 20_000; waited += 100) await pause(100);
    if (!ended) child.kill("SIGKILL");
    const { code, stderr } = await output;
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 130, said);
    assert.match(said, /· data +data +not started: the run was interrupted/);
    assert.doesNotMatch(said, /error|internal/);
    const left = await filesUnder(`${folder}/.decant`);
    assert.deepEqual(
      left.filter((path) => !/^(VERSION|CACHEDIR\.TAG|runs\/|locks\/)/.test(path)),
      [],
    );
    await Deno.remove(folder, { recursive: true });
  });
}
