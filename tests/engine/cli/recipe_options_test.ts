import assert from "node:assert/strict";
import * as all from "../../../engine/cli/recipe_options.ts";

const { byteCount, recipeOptions, UNLIMITED } = all;

const read = (options: Record<string, readonly string[]>) => recipeOptions({ options });

const usage = (message: string, help: string) => ({ code: "usage", message, help });

Deno.test("options that are not given are absent, the others are read", () => {
  assert.deepEqual(read({}), {});
  const all = {
    memory: ["2GB"],
    cache: ["there"],
    offline: [""],
    "trust-host": ["example.org", "localhost:8080"],
    threads: ["3"],
    jobs: ["2"],
  };
  assert.deepEqual(read(all), {
    memory: 2e9,
    cache: "there",
    offline: true,
    trustHosts: ["example.org", "localhost:8080"],
    threads: 3,
    jobs: 2,
  });
  assert.deepEqual(UNLIMITED, { memory: Infinity });
});

Deno.test("--kernels takes one of its names; any other is refused with their list", () => {
  for (const kernels of ["auto", "native", "avx2", "avx512", "wasm"]) {
    assert.deepEqual(read({ kernels: [kernels] }), { kernels });
  }
  assert.throws(() => read({ kernels: ["sse"] }), {
    code: "usage",
    message: '--kernels is one of auto, native, avx2, avx512, wasm; this is "sse"',
    help: "--kernels auto",
  });
});

Deno.test("threads and jobs are whole numbers from 1 to 1024", () => {
  for (const count of ["1", "1024"]) {
    assert.deepEqual(read({ threads: [count] }), { threads: Number(count) });
  }
  for (const name of ["threads", "jobs"]) {
    for (const count of ["0", "1025", "1.5", "-1", "many", ""]) {
      assert.throws(
        () => read({ [name]: [count] }),
        usage(`--${name} needs a number from 1 to 1024; this is "${count}"`, `--${name} 2`),
      );
    }
  }
});

Deno.test("a size is a number with a unit, or is refused by the name of its option", () => {
  assert.equal(byteCount("max-size", "4KiB"), 4096);
  const refused = (name: string) => usage(`--${name} needs a size; this is "big"`, `--${name} 2GB`);
  assert.throws(() => byteCount("max-size", "big"), refused("max-size"));
  assert.throws(() => read({ memory: ["big"] }), refused("memory"));
});

Deno.test("what is no host is refused", () => {
  assert.throws(
    () => read({ "trust-host": ["example.org", "http://x/"] }),
    usage('--trust-host needs a host; this is "http://x/"', "--trust-host example.org"),
  );
});

Deno.test("what stands for the values of options that commands share, and which may come again", () => {
  const { recipeOptions: _read, byteCount: _size, UNLIMITED: _none, ...options } = all;
  const shown = Object.entries(options).map(([name, { value = "-", many, description }]) => {
    assert.ok(description.length > 20);
    return `${name} ${value}${many ? " …" : ""}`;
  });
  assert.deepEqual(shown.sort(), [
    ...["cache DIR", "jobs N", "json -", "kernels KIND", "memory SIZE", "offline -", "quiet -"],
    ...["set NAME=VALUE …", "threads N", "trustHost HOST …"],
  ]);
});
