/** The kernels' instance: what it refuses to compute with, and how its memory grows. */
import assert from "node:assert/strict";
import { type Instance, kernelInstance } from "../../../engine/tensor/instance.ts";
import { PAGE, sizeClass } from "../../../engine/tensor/memory.ts";

let copies = 0;

/** An instance of a module that is loaded anew, in a WebAssembly some of whose parts are others. */
async function instanceWith(parts: Partial<typeof WebAssembly>): Promise<Instance> {
  const url = new URL(
    `../../../engine/tensor/instance.ts?copy=${copies++}`,
    import.meta.url,
  ).href;
  const fresh: { kernelInstance: typeof kernelInstance } = await import(url);
  const before = globalThis.WebAssembly;
  const all = Object.fromEntries(
    (["Module", "Instance", "Memory"] as const).map((name) => [name, before[name]]),
  );
  globalThis.WebAssembly = { ...all, ...parts } as typeof WebAssembly;
  try {
    return fresh.kernelInstance();
  } finally {
    globalThis.WebAssembly = before;
  }
}

/** WebAssembly instances with some exports in place of theirs. */
const exporting = (others: (exports: Record<string, unknown>) => object) =>
  function (module: WebAssembly.Module, imports: WebAssembly.Imports) {
    const { exports } = new WebAssemblyInstance(module, imports);
    return { exports: { ...exports, ...others(exports) } };
  } as unknown as typeof WebAssembly.Instance;

const WebAssemblyInstance = WebAssembly.Instance;

Deno.test("there is one instance in a process", () => {
  assert.equal(kernelInstance(), kernelInstance());
});

Deno.test("a runtime that cannot compile the kernels is told what it lacks", async () => {
  const cause = new Error("relaxed SIMD");
  const refusing = function () {
    throw cause;
  } as unknown as typeof WebAssembly.Module;
  await assert.rejects(() => instanceWith({ Module: refusing }), {
    message:
      "Cannot compute with tensors here: this runtime's WebAssembly lacks relaxed SIMD or threads; " +
      "use Deno 2.9 on a 64-bit x86 or ARM machine",
    cause,
  });
});

Deno.test("a multiply-add that rounds twice is refused, whichever of the two it is", async () => {
  const { fround } = Math;
  const message =
    "Cannot compute with tensors here: this machine's relaxed multiply-add rounds twice, so results would " +
    "differ from those of other machines; use a processor with fused multiply-add and do not switch it " +
    "off (--no-enable-fma3)";
  const twice = {
    relaxedMadd: (a: number, b: number, c: number) => fround(fround(a * b) + c),
    relaxedNmadd: (a: number, b: number, c: number) => fround(c - fround(a * b)),
  };
  for (const [name, rounding] of Object.entries(twice)) {
    const Instance = exporting(() => ({ [name]: rounding }));
    await assert.rejects(() => instanceWith({ Instance }), { message }, name);
  }
  const once = {
    relaxedMadd: (a: number, b: number, c: number) => fround(a * b + c),
    relaxedNmadd: (a: number, b: number, c: number) => fround(c - a * b),
  };
  await instanceWith({ Instance: exporting(() => once) });
});

Deno.test("kernels get their scratch memory from the allocator, above what the module itself holds", async () => {
  const set: number[] = [];
  const Instance = exporting(() => ({ setScratch: (at: number) => set.push(at) }));
  const { kernels, allocator } = await instanceWith({ Instance });
  const base = kernels.heapBase();
  assert.deepEqual(set, [Math.ceil(base / 64) * 64]);
  assert.equal(allocator.usage().used, sizeClass(kernels.scratchBytes()));
});

Deno.test("the memory grows to what is asked and a page more, and not before it must", async () => {
  const grown: number[] = [];
  class Memory extends WebAssembly.Memory {
    override grow(pages: number): number {
      grown.push(pages);
      return super.grow(pages);
    }
  }
  const { allocator, memory } = await instanceWith({ Memory });
  // 64 pages are there at first; the scratch memory is as large and lies behind the module's own.
  const { reserved } = allocator.usage();
  assert.equal(memory.buffer.byteLength, (Math.ceil(reserved / PAGE) + 1) * PAGE);
  assert.deepEqual(grown.splice(0), [memory.buffer.byteLength / PAGE - 64]);
  allocator.allocate(10 * PAGE);
  const wanted = Math.ceil(reserved * 1.125 / PAGE) * PAGE;
  const least = Math.ceil((reserved + 10 * PAGE) / PAGE) * PAGE;
  assert.equal(memory.buffer.byteLength, Math.max(wanted, least) + PAGE);
  assert.equal(grown.splice(0).length, 1);
  assert.deepEqual(grown, []);
  // 62 pages of scratch memory end in the 63rd page: the 64th is the one that must be left.
  const Instance = exporting(() => ({ scratchBytes: () => 62 * PAGE }));
  const smaller = await instanceWith({ Memory, Instance });
  assert.equal(smaller.memory.buffer.byteLength, 64 * PAGE);
  assert.deepEqual(grown, []);
});

Deno.test("where the system refuses memory, the sentence says how much was wanted", async () => {
  let refuses = false;
  class Memory extends WebAssembly.Memory {
    override grow(pages: number): number {
      if (refuses) throw new RangeError("no");
      return super.grow(pages);
    }
  }
  const { allocator } = await instanceWith({ Memory });
  refuses = true;
  const { reserved } = allocator.usage();
  const mebibytes = Math.ceil((reserved + 100 * 1048576) / 1048576);
  assert.equal(mebibytes, 105);
  assert.throws(() => allocator.allocate(100 * 1048576), {
    message: "Cannot reserve 105 MiB of memory for tensors: the system refuses; " +
      "use a smaller batch or free some memory",
  });
});

Deno.test("one page below 4 GiB is the most that tensors get", async () => {
  const { allocator } = await instanceWith({});
  assert.throws(() => allocator.allocate(2 ** 32), {
    message:
      "Cannot allocate 4096 MiB for a tensor: 4 MiB of 4095 MiB are in use and the largest " +
      "free block is 4091 MiB; use a smaller batch or a smaller model",
  });
});
