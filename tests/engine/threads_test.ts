import { ParameterError } from "../../engine/error.ts";
import assert from "node:assert/strict";
import { run, StalledError, type ThreadTaskOptions } from "../../engine/threads.ts";

const module = new URL("./thread_work.ts", import.meta.url).href;
const work = (name: string, args: readonly unknown[] = [], options?: ThreadTaskOptions) =>
  run({ module, name, args }, options);

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
  const host = {
    twice: (number: number) => 2 * number,
    bytes: () => Promise.resolve(new Uint8Array([7])),
    refuse: () => Promise.reject(own),
  };
  assert.deepEqual(await work("ask", [], { host }), [8, new Uint8Array([7])]);
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

Deno.test("who says that it goes on is left alone; a large piece has its time", async () => {
  assert.equal(await work("work", [8, 100, 0], { idle: 300 }), "done");
  assert.equal(await work("work", [8, 100, 2_000_000], { idle: 300 }), "done");
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
      console.log(await run({ module, name: "echo", args: ["alive"] }));`;
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
    assert.equal(new TextDecoder().decode(stdout), `${name}\nalive\n`);
  });
}
