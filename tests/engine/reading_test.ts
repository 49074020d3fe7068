import assert from "node:assert/strict";
import { ParameterError, type RunContext } from "../../engine/op.ts";
import { readApart } from "../../engine/reading.ts";
import { runContext } from "../ops/run_context.ts";
import { describe, pause, slow } from "./thread_work.ts";

const WORK = new URL("./thread_work.ts", import.meta.url).href;

const reader = (
  read: (name: string, context: RunContext) => Promise<unknown>,
  sources: string[],
) => ({
  module: WORK,
  read,
  sources,
  field: "from",
});

const files = {
  "small.csv": new TextEncoder().encode("a,b\n1,2\n"),
  "large.csv": new Uint8Array(70_000).fill(0x31),
  "tiny.png": new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
  "tiny.gz": new Uint8Array([0x1f, 0x8b, 8]),
  "good.bin": new Uint8Array(2_000_000),
};

Deno.test("small plain files are read in this thread; large ones and those that may hang, in another", async () => {
  for (
    const [name, main] of [
      ["small.csv", true],
      ["large.csv", false],
      ["tiny.png", false],
      ["tiny.gz", false],
    ] as const
  ) {
    const context = runContext({ files });
    const { length } = files[name];
    assert.deepEqual(await readApart(reader(describe, [name]), [name], context), {
      main,
      length,
      threads: 1,
    });
    assert.deepEqual([context.reported.warnings, context.reported.fractions], [[`read ${name}`], [
      1,
    ]]);
  }
});

Deno.test("several small files are together no larger than one may be", async () => {
  const halves = { "a.csv": new Uint8Array(40_000), "b.csv": new Uint8Array(40_000) };
  const about = await readApart(
    reader(describe, ["a.csv", "b.csv"]),
    ["b.csv"],
    runContext({ files: halves }),
  );
  assert.deepEqual(about, { main: false, length: 40_000, threads: 1 });
});

Deno.test("a large piece has its time: a second for every megabyte, unless it is finished with", async () => {
  const name = "good.bin";
  assert.equal(await readApart(reader(slow, [name]), [name], runContext({ files }), 300), "done");
});

// The loop goes on until the process ends: it has one of its own.
Deno.test("a reader that gets nowhere is stopped with a sentence that names the file", async () => {
  const script = `
    import { readApart } from ${
    JSON.stringify(new URL("../../engine/reading.ts", import.meta.url).href)
  };
    const read = (name) => Promise.resolve(new Uint8Array(name === "good.bin" ? 100 : 50));
    const list = () => Promise.resolve([""]);
    const context = { read, list, threads: 1, signal: new AbortController().signal };
    const hangAt = { name: "hangAt" };
    const reader = { module: ${JSON.stringify(WORK)}, read: hangAt, field: "from" };
    for (const own of [undefined, "the reader points"]) {
      await readApart({ ...reader, own }, ["bad.png"], context, 500).catch((error) => {
        const { name, code, path, message, help } = error;
        console.log(JSON.stringify({ name, code, path, message, help }));
      });
    }
    Deno.exit(0);`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--cached-only",
      `data:text/javascript,${encodeURIComponent(script)}`,
    ],
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const [ours, own] = text.trim().split("\n").map((line) => JSON.parse(line));
  const { name, path, message, help } = ours;
  assert.deepEqual([name, path], [ParameterError.name, "from"]);
  assert.match(
    message,
    /^Cannot read "bad\.png": for \d s its reader got nowhere, and was stopped$/,
  );
  assert.match(help, /get it again/);
  assert.match(
    own.message,
    /^Cannot read "bad\.png": for \d s the reader points got nowhere, and was stopped$/,
  );
  assert.match(own.help, /an endless loop; .* call `heartbeat\(\)` in the loop$/);
});

Deno.test("of many files, in one folder or several, none is looked at for being small", async () => {
  const byName = (count: number) => {
    const names = Array.from({ length: count }, (_, at) => `${at % 2}/${at}.csv`);
    return Object.fromEntries(names.map((name) => [name, new Uint8Array([0x31])]));
  };
  const main = async (count: number) => {
    const context = runContext({ files: byName(count) });
    const about = await readApart(reader(describe, ["0", "1"]), ["0/0.csv"], context);
    return (about as { readonly main: boolean }).main;
  };
  assert.deepEqual([await main(16), await main(18)], [true, false]);
});

Deno.test("files that unpack are read in another thread, those that only begin nearly like them in this one", async () => {
  const heads: readonly (readonly [bytes: readonly number[], main: boolean])[] = [
    [[0x1f, 0x8c], true],
    [[0x50, 0x4b], false],
    [[0x50, 0x4c], true],
    [[0x89, 0x51], true],
    [[0xff, 0xd8], false],
    [[0xff, 0xd9], true],
    [[0x50, 0x41, 0x52, 0x31], false],
    [[0x50, 0x41, 0x52, 0x32], true],
    [[0x50, 0x41], true],
    [[], true],
  ];
  for (const [bytes, main] of heads) {
    const context = runContext({ files: { file: Uint8Array.from(bytes) } });
    const about = await readApart(reader(describe, ["file"]), ["file"], context);
    assert.deepEqual(about, { main, length: bytes.length, threads: 1 }, `${bytes}`);
  }
});

Deno.test("64 KiB in 16 files are read in this thread, a byte or a file more are not", async () => {
  const main = async (sizes: readonly number[]) => {
    const files = Object.fromEntries(sizes.map((size, k) => [`${k}.csv`, new Uint8Array(size)]));
    const context = runContext({ files });
    const about = await readApart(reader(describe, Object.keys(files)), ["0.csv"], context);
    return (about as { main: boolean }).main;
  };
  assert.equal(await main([65_536]), true);
  assert.equal(await main([65_537]), false);
  assert.equal(await main(Array.from({ length: 16 }, () => 4096)), true);
  assert.equal(await main(Array.from({ length: 17 }, () => 1)), false);
});

Deno.test("a small file is read once, by who looks whether it is small", async () => {
  const context = runContext({ files });
  const asked: string[] = [];
  const read: RunContext["read"] = (source, beside) => {
    asked.push(source);
    return context.read(source, beside);
  };
  await readApart(reader(describe, ["small.csv"]), ["small.csv"], { ...context, read });
  assert.deepEqual(asked, ["small.csv"]);
});

Deno.test("a reader that nobody gives another limit has ten seconds, and not a millisecond more", async () => {
  const { setInterval } = globalThis;
  const { now } = performance;
  const state = new Int32Array(new SharedArrayBuffer(4));
  let [time, message, look] = [0, "", () => {}];
  performance.now = () => time;
  globalThis.setInterval = ((each: () => void) => {
    look = each;
    return 0;
  }) as unknown as typeof setInterval;
  const after = async (ms: number) => {
    time += ms;
    look();
    await new Promise((resolve) => setTimeout(resolve));
    return message;
  };
  try {
    const waits = { module: WORK, read: pause, field: "from" } as never;
    const reading = readApart(waits, [state.buffer, [0]], runContext({ files }));
    const ended = reading.catch((error) => void (message = error.message));
    while (Atomics.load(state, 0) !== 1) await new Promise((resolve) => setTimeout(resolve, 2));
    await after(0);
    for (let ms = 500; ms <= 10_000; ms += 500) assert.equal(await after(500), "");
    assert.match(await after(1), /: for 10 s its reader got nowhere, and was stopped$/);
    await ended;
  } finally {
    Atomics.store(state, 0, 2);
    Atomics.notify(state, 0);
    globalThis.setInterval = setInterval;
    performance.now = now;
  }
});
