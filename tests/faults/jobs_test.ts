/** A sweep whose points run side by side, killed and interrupted: what is made in the end is what one job makes. */
import assert from "node:assert/strict";
import { load } from "../../mod.ts";
import { filesUnder } from "./small_cache.ts";

const MOD = new URL("../../mod.ts", import.meta.url).pathname;

const SWEEP = `decant: 1
name: widths
data: iris
variables: { width: 4 }
model: { use: mlp, hidden: [$width], train: { epochs: 40 } }
sweep: { over: { width: [3, 4, 5, 6, 7, 8, 9, 10] } }
`;

/** A folder with the sweep, and the lock that it has where nobody disturbs it. */
async function place() {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/widths.yaml`, SWEEP);
  const sweep = await load(`${folder}/widths.yaml`);
  const { lock } = await sweep.run({ cache: `${folder}/one`, threads: 1 });
  return {
    folder,
    sweep,
    lock,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Runs it two steps at a time in a process, which `end` ends after so many ms; how it ended. */
async function ended(folder: string, ms: number, end: Deno.Signal): Promise<Deno.CommandStatus> {
  const words = ["run", "widths.yaml", "--cache", "two", "--threads", "1", "--jobs", "2"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", MOD, ...words],
    cwd: folder,
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => {
    try {
      child.kill(end);
    } catch {
      // It has ended by itself.
    }
  }, ms);
  const status = await child.status;
  clearTimeout(timer);
  return status;
}

Deno.test("killed again and again while its points run side by side, a sweep ends with the lock of one job", async () => {
  await using it = await place();
  for (const ms of [700, 1100, 1500, 1900]) await ended(it.folder, ms, "SIGKILL");
  const run = await it.sweep.run({ cache: `${it.folder}/two`, threads: 1, jobs: 2 });
  assert.deepEqual(run.lock, it.lock);
  const left = (await filesUnder(`${it.folder}/two`)).filter((path) => path.includes("quarantine"));
  assert.deepEqual(left, []);
});

Deno.test("interrupted while its points run side by side, a sweep ends by its exit code, and goes on later", async () => {
  await using it = await place();
  for (const [ms, signal, code] of [[1500, "SIGINT", 130], [2200, "SIGTERM", 143]] as const) {
    const status = await ended(it.folder, ms, signal);
    assert.ok(status.code === code || status.code === 0, `${signal} gave ${status.code}`);
  }
  const run = await it.sweep.run({ cache: `${it.folder}/two`, threads: 1, jobs: 2 });
  assert.deepEqual(run.lock, it.lock);
});
