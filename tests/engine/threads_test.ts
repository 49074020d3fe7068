import { ParameterError } from "../../engine/error.ts";
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setImmediate as immediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { run, StalledError, type ThreadTaskOptions } from "../../engine/threads.ts";

const module = new URL("./thread_work.ts", import.meta.url).href;
const work = (name: string, args: readonly unknown[] = [], options?: ThreadTaskOptions) =>
  run({ module, name, args }, options);

// The first of this file: no thread is there yet.
Deno.test("a task that is aborted while its thread starts does not wait for it, and the thread serves the next", async () => {
  const controller = new AbortController();
  let rejected = false;
  const aborted = work("sum", [Float64Array.of(1)], { signal: controller.signal })
    .catch(() => rejected = true);
  controller.abort(new Error("no more"));
  // No turn of the event loop, in which the thread could say that it is there.
  for (let i = 0; i < 100; i++) await Promise.resolve();
  assert.ok(rejected);
  await aborted;
  assert.equal(await work("sum", [Float64Array.of(1), 2]), 3);
});

Deno.test("a thread calls a function of a module with plain data, and arrays come back as they were", async () => {
  assert.equal(await work("sum", [Float64Array.of(1, 2), 3, 4]), 10);
  assert.deepEqual(await work("arrays"), {
    bytes: new Uint8Array([1, 2]),
    part: new Float32Array([2, 3]),
    list: [{ halves: new Float16Array([0.5]) }],
    nothing: undefined,
    text: "é",
  });
});

Deno.test("arguments are copied, or given away where that is asked for", async () => {
  const kept = new Uint8Array(8);
  await work("echo", [kept]);
  assert.equal(kept.byteLength, 8);
  const given = new Uint8Array(8);
  await run({ module, name: "echo", args: [given], transfer: [given.buffer] });
  assert.equal(given.byteLength, 0);
});

Deno.test("errors keep their class, their fields and their sentence", async () => {
  await assert.rejects(work("fail", ["parameter"]), (error) => {
    assert.ok(error instanceof ParameterError);
    const { name, message, code, path, help, stack } = error;
    assert.deepEqual(
      { name, message, code, path, help },
      {
        name: "ParameterError",
        message: "it is cut",
        code: "source",
        path: "from.train",
        help: "mend it",
      },
    );
    assert.match(stack!, /thread_work\.ts/);
    return true;
  });
  await assert.rejects(work("fail", ["range"]), new RangeError("too far"));
  await assert.rejects(work("fail", ["own"]), { name: "OddError", message: "odd", figure: 3 });
  await assert.rejects(work("fail", ["a word"]), { message: "a word" });
  await assert.rejects(work("missing"), TypeError);
});

Deno.test("a task may ask this thread, and what that throws comes back as it is", async () => {
  class OwnError extends Error {}
  const own = new OwnError("not there");
  const kept = new Uint8Array([7]);
  const host = {
    twice: (number: number) => 2 * number,
    bytes: () => Promise.resolve(kept),
    refuse: () => Promise.reject(own),
  };
  assert.deepEqual(await work("ask", [], { host }), [8, new Uint8Array([7])]);
  assert.equal(kept.length, 1);
  await assert.rejects(work("askInVain", [], { host }), (error) => error === own);
});

Deno.test("more tasks than processors wait for their turn, and one that is aborted gives it up", async () => {
  const count = 2 * navigator.hardwareConcurrency + 1;
  const sums = Array.from({ length: count }, (_, i) => work("sum", [Float64Array.of(i), 1]));
  const controller = new AbortController();
  const late = work("sum", [Float64Array.of(1)], { signal: controller.signal });
  controller.abort(new Error("no more"));
  await assert.rejects(late, { message: "no more" });
  assert.deepEqual(await Promise.all(sums), Array.from({ length: count }, (_, i) => i + 1));
});

Deno.test("a fault in a thread fails its task alone, and the next task finds another thread", async () => {
  await assert.rejects(work("dieWaiting"), /a fault nobody waits for/);
  assert.equal(await work("sum", [Float64Array.of(1)]), 1);
});

/** A pool of its own for so many processors, and what becomes of its threads. */
async function withPool(
  processors: number,
  body: (
    run: typeof import("../../engine/threads.ts").run,
    threads: { readonly all: Worker[]; readonly terminated: Worker[] },
  ) => Promise<void>,
  started: (worker: Worker) => void = () => {},
): Promise<void> {
  const all: Worker[] = [];
  const terminated: Worker[] = [];
  const { on, terminate } = Worker.prototype;
  const own = { value: processors, configurable: true };
  Object.defineProperty(navigator, "hardwareConcurrency", own);
  Worker.prototype.on = function (this: Worker, ...args: Parameters<typeof on>) {
    if (args[0] === "exit") queueMicrotask(() => started(this));
    if (!all.includes(this)) all.push(this);
    return on.apply(this, args);
  } as typeof on;
  Worker.prototype.terminate = function (this: Worker) {
    terminated.push(this);
    return terminate.call(this);
  };
  try {
    const pool = await import(`../../engine/threads.ts?pool=${crypto.randomUUID()}`);
    await body(pool.run, { all, terminated });
  } finally {
    Reflect.deleteProperty(Worker.prototype, "on");
    Worker.prototype.terminate = terminate;
    Reflect.deleteProperty(navigator, "hardwareConcurrency");
  }
}

/** Memory for `pause`: waits until a pause is reached, and ends it. */
function pauses() {
  const memory = new SharedArrayBuffer(4);
  const state = new Int32Array(memory);
  return {
    memory,
    task: (before = [0]) => ({ module, name: "pause", args: [memory, before] }),
    async reached(index = 0): Promise<void> {
      for (let at = 0; (at = Atomics.load(state, 0)) !== 2 * index + 1;) {
        await Atomics.waitAsync(state, 0, at).value;
      }
    },
    go(index = 0): void {
      Atomics.store(state, 0, 2 * index + 2);
      Atomics.notify(state, 0);
    },
  };
}

/** A host that is asked twice, and answers when it is told to. */
function slowHost() {
  const asked: PromiseWithResolvers<unknown>[] = [];
  const both = Promise.withResolvers<void>();
  const slow = () => {
    const answer = Promise.withResolvers<unknown>();
    if (asked.push(answer) === 2) both.resolve();
    return answer.promise;
  };
  return { host: { slow }, asked, both: both.promise };
}

const which = { module, name: "which", args: [] };

Deno.test("a task that is aborted while it waits lets the next one pass, in the thread that comes free", async () => {
  await withPool(1, async (run, { all, terminated }) => {
    const first = pauses();
    const controller = new AbortController();
    const holding = run(first.task());
    const aborted = run(which, { signal: controller.signal });
    const next = run(which);
    await first.reached();
    controller.abort(new Error("no more"));
    await assert.rejects(aborted, { message: "no more" });
    first.go();
    assert.equal(await next, await holding);
    assert.deepEqual([all.length, terminated.length], [1, 0]);
  });
});

Deno.test("threads of tasks that are aborted end, all at once, and who waits is given new ones", async () => {
  await withPool(2, async (run, { all, terminated }) => {
    const [first, second, third, fourth] = [pauses(), pauses(), pauses(), pauses()];
    const controller = new AbortController();
    const { signal } = controller;
    const tasks = [first.task(), second.task(), which].map((task) => run(task, { signal }));
    const late = run(which);
    await Promise.all([first.reached(), second.reached()]);
    controller.abort(new Error("no more"));
    const settled = await Promise.allSettled(tasks);
    assert.deepEqual(settled.map((each) => each.status === "rejected" && each.reason.message), [
      "no more",
      "no more",
      "no more",
    ]);
    await late;
    // Which of both came first depends on the machine.
    const ended = terminated.map((worker) => all.indexOf(worker)).sort();
    assert.deepEqual([all.length, ended], [3, [0, 1]]);
    const others = [third.task(), fourth.task(), which].map((task) => run<number>(task));
    await Promise.all([third.reached(), fourth.reached()]);
    assert.equal(all.length, 4);
    for (const each of [first, second, third, fourth]) each.go();
    assert.equal(new Set(await Promise.all(others)).size, 2);
  });
});

Deno.test("a task that is aborted while its thread starts leaves the thread to the next", async () => {
  await withPool(1, async (run, { all, terminated }) => {
    const controller = new AbortController();
    const aborted = run(which, { signal: controller.signal });
    controller.abort(new Error("no more"));
    await assert.rejects(aborted, { message: "no more" });
    await run(which);
    assert.deepEqual([all.length, terminated.length], [1, 0]);
  });
});

Deno.test("a task that throws leaves its thread to the next", async () => {
  await withPool(1, async (run, { all, terminated }) => {
    await assert.rejects(run({ module, name: "fail", args: ["range"] }), RangeError);
    await run(which);
    assert.deepEqual([all.length, terminated.length], [1, 0]);
  });
});

Deno.test("a signal keeps nothing of a task that is over", async () => {
  await withPool(1, async (run) => {
    const first = pauses();
    const { signal } = new AbortController();
    const tasks = [run(first.task(), { signal }), run(which, { signal })];
    await first.reached();
    first.go();
    await Promise.all(tasks);
    assert.deepEqual(getEventListeners(signal, "abort"), []);
  });
});

Deno.test("of unused threads the last one is used again, with what it has imported", async () => {
  await withPool(2, async (run, { all }) => {
    const [first, second] = [pauses(), pauses()];
    const tasks = [run(first.task()), run(second.task())];
    await Promise.all([first.reached(), second.reached()]);
    first.go();
    const one = await tasks[0];
    second.go();
    const other = await tasks[1];
    assert.notEqual(one, other);
    assert.deepEqual([await run(which), await run(which)], [other, other]);
    assert.equal(all.length, 2);
  });
});

Deno.test("an unused thread that fails is replaced by one thread, not two", async () => {
  await withPool(1, async (run, { all, terminated }) => {
    const before = await run(which);
    all[0]!.emit("error", new Error("a fault"));
    all[0]!.emit("exit", 1);
    assert.deepEqual(terminated, [all[0]]);
    const first = pauses();
    const tasks = [run(first.task()), run(which)];
    await first.reached();
    first.go();
    const [one, other] = await Promise.all(tasks);
    assert.deepEqual([one === before, other === one, all.length], [false, true, 2]);
  });
});

Deno.test("a thread that cannot start fails its task, and the one that waits starts another", async () => {
  let left = 1;
  const fail = (worker: Worker) => {
    if (left-- > 0) worker.emit("error", new Error("cannot start"));
  };
  await withPool(1, async (run, { all, terminated }) => {
    const [failed, next] = [run(which), run(which)];
    await assert.rejects(failed, { message: "cannot start" });
    await next;
    assert.deepEqual([all.length, terminated], [2, [all[0]]]);
  }, fail);
});

Deno.test("what the host still does for a task that was aborted goes nowhere", async () => {
  await withPool(1, async (run) => {
    const controller = new AbortController();
    const { host, asked, both } = slowHost();
    const task = { module, name: "askTwice", args: [new SharedArrayBuffer(4)] };
    const aborted = run(task, { signal: controller.signal, host });
    await both;
    controller.abort(new Error("no more"));
    await assert.rejects(aborted, { message: "no more" });
    asked[0]!.resolve(new Uint8Array(1));
    asked[1]!.reject(new Error("too late"));
    await run(which);
  });
});

for (const name of ["leave", "leaveAndFail"]) {
  Deno.test(`what a task left behind does not reach the host of the next one: ${name}`, async () => {
    await withPool(1, async (run, { all }) => {
      const called: string[] = [];
      const first = Promise.withResolvers<void>();
      const left = { first: () => first.promise, second: () => called.push("of its own task") };
      await run({ module, name, args: [] }, { host: left }).catch(() => {});
      const host = {
        async twice(number: number) {
          // The answer that the former task waits for arrives before that of this one.
          first.resolve();
          await immediate();
          return 2 * number;
        },
        bytes: () => [...called],
        second: () => called.push("of another task"),
      };
      assert.deepEqual(await run({ module, name: "ask", args: [] }, { host }), [8, []]);
      assert.deepEqual([called, all.length], [[], 1]);
    });
  });
}

Deno.test("a thread that ends by itself fails its task; none sees the environment", async () => {
  await assert.rejects(work("quit"), { message: "internal: a thread ended by itself" });
  assert.deepEqual(await work("environment"), []);
});

Deno.test({
  name: "where threads may not read the modules a task runs here, unless it is aborted already",
  permissions: { read: false },
  async fn() {
    const own = {
      module: "data:text/javascript,export const all = (...args) => args",
      name: "all",
    };
    const [array, host] = [new Uint8Array(1), { ask: () => 1 }];
    const given = await run<unknown[]>({ ...own, args: [array, 2] }, { host });
    assert.deepEqual(given, [array, 2, host]);
    assert.ok(given[0] === array);
    assert.deepEqual(await run({ ...own, args: [] }), [{}]);
    const signal = AbortSignal.abort(new Error("no more"));
    await assert.rejects(run({ ...own, args: [] }, { signal }), { message: "no more" });
  },
});

/** A task under a clock that goes as it is told. */
async function watched(
  task: Parameters<typeof run>[0],
  options: ThreadTaskOptions,
  body: (look: (ms: number) => Promise<string>) => Promise<void>,
): Promise<void> {
  const { setInterval, clearInterval } = globalThis;
  const now = performance.now;
  let [time, state] = [7, "goes on"];
  let tick = () => {};
  const cleared = Promise.withResolvers<void>();
  const look = async (ms: number) => {
    time += ms;
    tick();
    await immediate();
    return state;
  };
  performance.now = () => time;
  Object.assign(globalThis, {
    setInterval: (each: () => void, ms: number) => {
      assert.equal(ms, 250);
      tick = each;
      // Nothing runs in the thread yet, and none of this counts.
      for (let i = 0; i < 9; i++, time += 500) tick();
      return 5;
    },
    clearInterval: (id: number) => id === 5 && cleared.resolve(),
  });
  try {
    const running = run(task, options).catch((error) => state = `${error.name}: ${error.message}`);
    await body(look);
    await running;
    await cleared.promise;
  } finally {
    Object.assign(globalThis, { setInterval, clearInterval });
    performance.now = now;
  }
}

const stalled = (seconds: number) =>
  `StalledError: it went on for ${seconds} s without getting anywhere, and was stopped`;

Deno.test("a task is stopped once it has not gone on for longer than it may; a late look counts for two", async () => {
  const held = pauses();
  await watched(held.task(), { idle: 1499 }, async (look) => {
    await held.reached();
    assert.equal(await look(9000), "goes on");
    assert.equal(await look(9000), "goes on");
    assert.equal(await look(500), "goes on");
    assert.equal(await look(499), "goes on");
    assert.equal(await look(1), stalled(2));
  });
  held.go();
});

Deno.test("who says that it goes on is left alone; a large piece has its time until it is finished with", async () => {
  const held = pauses();
  await watched(held.task([0, 2_000_000, -1]), { idle: 300 }, async (look) => {
    await held.reached();
    assert.equal(await look(300), "goes on");
    assert.equal(await look(300), "goes on");
    held.go();
    await held.reached(1);
    assert.equal(await look(300), "goes on");
    for (let ms = 0; ms < 2250; ms += 250) assert.equal(await look(250), "goes on");
    assert.equal(await look(50), "goes on");
    held.go(1);
    await held.reached(2);
    assert.equal(await look(300), "goes on");
    assert.equal(await look(300), "goes on");
    assert.equal(await look(1), stalled(0));
  });
  held.go(2);
});

Deno.test("while the host is asked for something no time passes, and once it has answered it does", async () => {
  const held = pauses();
  const { host, asked, both } = slowHost();
  const task = { module, name: "askTwice", args: [held.memory] };
  await watched(task, { idle: 300, host }, async (look) => {
    await both;
    for (const each of asked) {
      for (let i = 0; i < 4; i++) assert.equal(await look(500), "goes on");
      each.resolve(1);
    }
    await held.reached();
    assert.equal(await look(500), "goes on");
    assert.equal(await look(300), "goes on");
    assert.equal(await look(1), stalled(0));
  });
  held.go();
});

Deno.test("what is called beside the work stops no time", async () => {
  const held = pauses();
  const { host, both } = slowHost();
  const task = { module, name: "askTwice", args: [held.memory] };
  await watched(task, { idle: 300, host, beside: Object.keys(host) }, async (look) => {
    await both;
    assert.equal(await look(500), "goes on");
    assert.equal(await look(300), "goes on");
    assert.equal(await look(1), stalled(0));
  });
  held.go();
});

// Nothing ends the loops of these in a process that goes on.
for (
  const [what, ending] of [["it is stopped", "idle: 500"], [
    "it is aborted",
    "signal: AbortSignal.timeout(500)",
  ]]
) {
  Deno.test(`a task that hangs: ${what}, another thread works, and the process ends`, async () => {
    const script = `
      import { run } from ${
      JSON.stringify(new URL("../../engine/threads.ts", import.meta.url).href)
    };
      const module = ${JSON.stringify(module)};
      await run({ module, name: "hang", args: [] }, { ${ending} }).catch((e) => console.log(e.name));
      console.log(await run({ module, name: "echo", args: ["alive"] }));
      console.log(await run({ module, name: "echo", args: ["again"] }));`;
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--cached-only",
        `data:text/javascript,${encodeURIComponent(script)}`,
      ],
    }).output();
    assert.equal(code, 0);
    const name = what === "it is stopped" ? StalledError.name : "TimeoutError";
    assert.equal(new TextDecoder().decode(stdout), `${name}\nalive\nagain\n`);
  });
}
