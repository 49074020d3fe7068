/** Signals that a process handles, and a process that is told to end. */
import assert from "node:assert/strict";
import { signalled } from "../../../engine/cli/signalled.ts";
import type { Graph } from "../../../engine/graph/graph.ts";
import type { RunEvent, RunListener } from "../../../engine/run/event.ts";
import { Interruption } from "../../../engine/run/problem.ts";

const SIGNALS = [["SIGINT", "interrupted", 130], ["SIGTERM", "terminated", 143]] as const;

const DRIVER = new URL("signalled_driver.ts", import.meta.url).pathname;

/** What a process would receive and do meanwhile. The signals themselves would reach the runner of tests. */
interface Process {
  /** Once the listeners are added: until the body first waits, nobody listens. */
  deliver(name: Deno.Signal): Promise<void>;
  /** The codes with which it would have ended. */
  readonly exits: readonly number[];
}

/** Thrown where the process would end. */
const END = new Error("the process ends");

/** Runs a body; which signals are listened to afterwards, and what was said on standard error. */
async function watched(body: (process: Process) => Promise<void>) {
  const { addSignalListener, removeSignalListener, exit } = Deno;
  const { writeSync } = Deno.stderr;
  const listeners = new Map<Deno.Signal, () => void>();
  const exits: number[] = [];
  let said = "";
  try {
    Deno.exit = (code) => {
      exits.push(code!);
      throw END;
    };
    Deno.stderr.writeSync = (bytes) => {
      said += new TextDecoder().decode(bytes);
      return bytes.length;
    };
    Deno.addSignalListener = (name, handler) => void listeners.set(name, handler);
    Deno.removeSignalListener = (name, handler) => {
      if (listeners.get(name) === handler) listeners.delete(name);
    };
    const deliver = async (name: Deno.Signal) => {
      await Promise.resolve();
      try {
        listeners.get(name)!();
      } catch (error) {
        if (error !== END) throw error;
      }
    };
    await body({ deliver, exits });
  } finally {
    Object.assign(Deno, { addSignalListener, removeSignalListener, exit });
    Object.assign(Deno.stderr, { writeSync });
  }
  return { listeners: [...listeners.keys()], exits, said };
}

for (const [name, ending, code] of SIGNALS) {
  Deno.test(`${name} asks what runs to end, and a second one ends the process with ${code}`, async () => {
    const { listeners, exits } = await watched(async ({ deliver, exits }) => {
      const found = await signalled(async (signal) => {
        assert.equal(signal.aborted, false);
        await deliver(name);
        assert.deepEqual(exits, []);
        await deliver(name);
        return signal.reason;
      });
      assert.ok(found instanceof Interruption);
      assert.equal(found.ending, ending);
    });
    assert.deepEqual([listeners, exits], [[], [code]]);
  });
}

/** What is said when the body is left that was told these events. */
async function leftAfter(tell: (onEvent: RunListener) => void) {
  const { setTimeout: later } = globalThis;
  const timers: [() => void, number][] = [];
  const { exits, said } = await watched(async ({ deliver, exits }) => {
    await signalled(async (_signal, onEvent) => {
      tell(onEvent);
      const noted = (body: () => void, time: number) => timers.push([body, time]);
      globalThis.setTimeout = noted as unknown as typeof setTimeout;
      try {
        await deliver("SIGTERM");
      } finally {
        globalThis.setTimeout = later;
      }
      assert.deepEqual(timers.map(([, time]) => time), [800]);
      assert.deepEqual(exits, []);
      assert.throws(timers[0]![0], END);
    });
  });
  assert.deepEqual(exits, [143]);
  return said;
}

const LEFT =
  "what was running did not stop in time and was left; the next run goes on from what is recorded\n";

Deno.test("what does not end in its time is left, and the process ends", async () => {
  assert.equal(await leftAfter(() => {}), LEFT);
});

Deno.test("where code of one's own was running, its step and name are said", async () => {
  const ops = {
    data: { name: "data", own: () => [{ name: "points" }, { name: "lines" }] },
    mine: { name: "halve", code: "0" },
    model: { name: "train" },
    ended: { name: "halve", code: "0" },
    failed: { name: "halve", code: "0" },
  };
  const graph = {
    node: (name: keyof typeof ops) => ({ step: { name, params: {} }, op: ops[name] }),
  } as unknown as Graph;
  const said = await leftAfter((onEvent) => {
    const tell = (type: string, step: string) => onEvent({ type, step } as RunEvent, graph);
    for (const step of Object.keys(ops)) tell("started", step);
    tell("progress", "data");
    tell("ran", "ended");
    tell("failed", "failed");
  });
  assert.equal(
    said,
    LEFT + "it was in `data`, which runs code of your own: points, lines\n" +
      "it was in `mine`, which runs code of your own: halve\n",
  );
});

Deno.test("from the first step that is computed on a thread of its own handles the signals", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", DRIVER],
    stdout: "piped",
  }).spawn();
  let said = "";
  for await (const bytes of child.stdout) {
    said += new TextDecoder().decode(bytes);
    if (said === "ready\n") child.kill("SIGTERM");
  }
  assert.equal(said, "ready\nterminated\n");
  assert.equal((await child.status).code, 0);
});

Deno.test("what runs gives what it gives, and throws what it throws; nobody listens any more", async () => {
  const wrong = new Error("no");
  const { listeners } = await watched(async () => {
    assert.equal(await signalled(() => Promise.resolve(3)), 3);
    await assert.rejects(signalled(() => Promise.reject(wrong)), wrong);
  });
  assert.deepEqual(listeners, []);
});

Deno.test("each event of a run reaches the listener, with its graph", async () => {
  const graph = {} as Graph;
  const event = { type: "noticed", sentence: "slow" } as const;
  const received: unknown[] = [];
  await watched(async () => {
    await signalled(
      (_signal, onEvent) => Promise.resolve(onEvent(event, graph)),
      (...told) => void received.push(told),
    );
    await signalled((_signal, onEvent) => Promise.resolve(onEvent(event, graph)));
  });
  assert.deepEqual(received, [[event, graph]]);
});

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
