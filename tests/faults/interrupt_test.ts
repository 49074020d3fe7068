/**
 * SIGINT and SIGTERM in each phase of a run, and in commands beside it: the process ends by the exit code of the
 * signal, and leaves nothing but checkpoints, records and the journal. Every process has a limit.
 */
import assert from "node:assert/strict";
import { load, memoryStore } from "../../mod.ts";
import { lockPath, lockText } from "../../engine/run/lock.ts";
import { filesUnder } from "./small_cache.ts";

const MOD = new URL("../../mod.ts", import.meta.url).pathname;
const DRIVER = new URL("./interrupt_driver.ts", import.meta.url).pathname;

/** A process that has not ended by then is killed, and its exit code is another. */
const LIMIT_MS = 120_000;

/** What is there before a process begins, and for as long as it runs. */
interface Stage extends AsyncDisposable {
  /** Settles when the process has come so far, where it does not say so itself. */
  readonly reached?: Promise<void>;
}

interface Phase {
  /** Prepares a folder. */
  readonly stage?: (folder: string) => Promise<Stage>;
  readonly words: readonly string[];
  /** What the process says on standard error when it has come so far. */
  readonly until?: RegExp;
  /** What it says of its end. */
  readonly end?: RegExp;
}

const IN_ORDER = /interrupted; the next run goes on from there/;
const LEFT = /what was running did not stop in time and was left; the next run goes on/;

const phases: Readonly<Record<string, Phase>> = {
  "the compiling of a recipe": { words: [DRIVER, "compile", "run"], until: /hangs/ },
  "a check": { words: [DRIVER, "compile", "check"], until: /hangs/ },
  "a plan": { words: [DRIVER, "compile", "plan"], until: /hangs/ },
  "a fetch from a host that says nothing": { stage: mute, words: [MOD, "run", "petals.yaml"] },
  "the decoding of a file": { words: [DRIVER, "decode", "run"], until: /hangs/, end: IN_ORDER },
  "a computation without a pause": {
    words: [DRIVER, "compute", "run"],
    until: /hangs/,
    end: /did not stop in time [^]*it was in `hang`, which runs code of your own: hang\n/,
  },
  "a reader of one's own in a module": {
    stage: (folder) => written(folder, "read by it"),
    words: [DRIVER, "exported", "run"],
    until: /hangs/,
    end: IN_ORDER,
  },
  "a reader of one's own without a module": {
    stage: (folder) => written(folder, "read by it"),
    words: [DRIVER, "alone", "run"],
    until: /hangs/,
    end: /did not stop in time [^]*it was in `data`, which runs code of your own: alone\n/,
  },
  "a computation without a pause in another thread": {
    words: [DRIVER, "compute", "run", "--jobs", "2"],
    until: /hangs/,
    end: IN_ORDER,
  },
  "an export": { words: [DRIVER, "export", "run"], until: /hangs/, end: LEFT },
  "a training": {
    stage: (folder) => written(folder, petals(100_000)),
    words: [MOD, "run", "petals.yaml"],
    until: /✓ model-init/,
    end: IN_ORDER,
  },
  "a training in another thread": {
    stage: (folder) => written(folder, petals(100_000)),
    words: [MOD, "run", "petals.yaml", "--jobs", "2"],
    until: /✓ (?:model-init|data) [^]*✓ (?:model-init|data) /,
    end: IN_ORDER,
  },
  "a verification against a lock": {
    stage: locked,
    words: [MOD, "verify", "petals.yaml"],
    until: /✓ model-init/,
    end: IN_ORDER,
  },
  "a collection that waits": {
    stage: held,
    words: [MOD, "cache", "gc"],
    until: /waiting for runs/,
  },
};

for (const [name, phase] of Object.entries(phases)) {
  Deno.test(`SIGINT and SIGTERM end ${name} and leave nothing behind`, async () => {
    await Promise.all([interrupted(phase, ["SIGINT"], 130), interrupted(phase, ["SIGTERM"], 143)]);
  });
}

Deno.test("the second signal ends at once what ignores the first", async () => {
  const { end: _end, ...phase } = phases["a computation without a pause"]!;
  const said = await interrupted(phase, ["SIGTERM", "SIGINT"], 130);
  assert.doesNotMatch(said, LEFT);
});

/** Interrupts a process when it has come so far; returns what it said. */
async function interrupted(
  { stage, words, until, end = /(?:)/ }: Phase,
  signals: readonly Deno.Signal[],
  code: number,
): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/temp`);
  await using staged = await stage?.(folder);
  const before = await filesUnder(folder);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", ...words],
    cwd: folder,
    env: { NO_COLOR: "1", TMPDIR: `${folder}/temp` },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const output = collected(child.stderr, until);
  await Promise.race([staged?.reached ?? output.reached, output.closed]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const [i, signal] of signals.entries()) {
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    try {
      child.kill(signal);
    } catch {
      // It has ended by itself; its exit code is not that of the signal.
    }
  }
  const ended = await child.status;
  clearTimeout(limit);
  await output.closed;
  const said = output.said();
  assert.equal(ended.code, code, said);
  assert.match(said, end);
  const left = (await filesUnder(folder)).filter((path) => !before.includes(path));
  assert.deepEqual(left.filter((path) => !LASTING.test(path)), []);
  await Deno.remove(folder, { recursive: true });
  return said;
}

/** What may be there that was not: of the cache what is the store's, of the results whole reports. */
const LASTING =
  /^(?:\.decant\/(?:VERSION|(?:checkpoints|outcomes|blobs|memo|runs|locks)\/.*)|out\/[^/]+\/report\.(?:html|md|json))$/;

/** Collects what a process says; `reached` resolves when that matches. */
function collected(stream: ReadableStream<Uint8Array>, until: RegExp = /(?!)/) {
  let said = "";
  const reached = Promise.withResolvers<void>();
  const closed = (async () => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      said += decoder.decode(bytes);
      if (until.test(said)) reached.resolve();
    }
  })();
  return { reached: reached.promise, closed, said: () => said };
}

function petals(epochs: number): string {
  return `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: ${epochs} } }
`;
}

async function written(folder: string, text: string): Promise<Stage> {
  await Deno.writeTextFile(`${folder}/petals.yaml`, text);
  return { [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** A recipe whose data lie with a host that takes a connection and says nothing. */
async function mute(folder: string): Promise<Stage> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const from = `http://127.0.0.1:${listener.addr.port}/petals.csv`;
  await written(folder, petals(1).replace("data: iris", `data: { from: "${from}" }`));
  const connections: Deno.Conn[] = [];
  const reached = (async () => void connections.push(await listener.accept()))();
  return {
    reached,
    [Symbol.asyncDispose]() {
      for (const each of [listener, ...connections]) each.close();
      return Promise.resolve();
    },
  };
}

/** A recipe beside the lock of a shorter one: what is made takes long enough to be interrupted. */
async function locked(folder: string): Promise<Stage> {
  const path = `${folder}/petals.yaml`;
  await Deno.writeTextFile(path, petals(1));
  const { lock } = await (await load(path)).run({ cache: memoryStore() });
  await Deno.writeTextFile(lockPath(path), lockText(lock!));
  return await written(folder, petals(100_000));
}

/** A cache that another process writes to. */
async function held(folder: string): Promise<Stage> {
  const path = `${folder}/petals.yaml`;
  await Deno.writeTextFile(path, petals(1));
  await (await load(path)).run({ cache: `${folder}/.decant` });
  const file = await Deno.open(`${folder}/.decant/locks/collector`, { read: true, write: true });
  await file.lock();
  return {
    [Symbol.asyncDispose]() {
      file.close();
      return Promise.resolve();
    },
  };
}
