import assert from "node:assert/strict";
import { kernelInstance } from "../../../../engine/tensor/instance.ts";
import { KERNEL_SOURCES, kernelsIn, PROBE } from "../../../../engine/tensor/native/sources.ts";

const folder = new URL("../../../../engine/tensor/native/c/", import.meta.url);

Deno.test("every file of C in the folder is among the sources, as it is", async () => {
  const files: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    if (/\.[ch]$/.test(name)) files[name] = await Deno.readTextFile(new URL(name, folder));
  }
  assert.deepEqual({ ...KERNEL_SOURCES, ...PROBE }, files);
});

Deno.test("the kernels are those that the sources define, each for one of WebAssembly", () => {
  const names = kernelsIn(KERNEL_SOURCES);
  assert.ok(names.length > 5);
  assert.equal(new Set(names).size, names.length);
  const known = Object.keys(kernelInstance().kernels);
  assert.deepEqual(names.filter((name) => !known.includes(name)), []);
  assert.deepEqual(kernelsIn({ "a.c": "KERNEL(b) {\n}\n KERNEL(c)\nKERNEL(d) {", "e.h": "" }), [
    "b",
    "d",
  ]);
});
