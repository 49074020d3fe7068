import assert from "node:assert/strict";
import { kernelInstance } from "../../../../engine/tensor/instance.ts";
import { blockingOf, openLibrary } from "../../../../engine/tensor/native/library.ts";
import { createThreadPool } from "../../../../engine/tensor/thread_pool.ts";
import { compiled, ignore } from "./compiled.ts";

/** The kernel `fill`, which writes its second argument `unit` times, for one panel width. */
const fill = (panel: number): string => `
const int32_t panelColumns = ${panel}, tileRows = 5, byteGroup = 4;
KERNEL(fill) {
  ARGUMENTS;
  float *out = (float *)POINTER(0);
  for (int32_t unit = begin; unit < end; unit++) out[unit] = NUMBER(1) + ${panel} * unit;
}
`;

Deno.test({
  name:
    "a library opens with its kernels and blocks, and each pool's threads run what it was given",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const first = await compiled(folder, "first", fill(16));
      const second = await compiled(folder, "second", fill(32));
      assert.deepEqual(openLibrary(first).blocking, { panel: 16, tileRows: 5, byteGroup: 4 });
      assert.deepEqual(blockingOf(second.path), { panel: 32, tileRows: 5, byteGroup: 4 });
      assert.throws(() => blockingOf(`${folder}/none`), /none/);
      const instance = kernelInstance();
      const { allocator, memory } = instance;
      // The WebAssembly kernel of this name takes as many numbers: address, value.
      const kernels = { ...instance.kernels, fill: (_a: number, _b: number, _c: number) => 0 };
      Object.defineProperty(kernels.fill, "length", { value: 4 });
      const pool = createThreadPool({ ...instance, kernels } as never);
      const at = allocator.allocate(4000);
      const values = () => [...new Float32Array(memory.buffer, at, 1000)];
      for (const threads of [1, 3]) {
        pool.resize(threads);
        for (const [chosen, panel] of [[first, 16], [second, 32], [first, 16]] as const) {
          pool.useNative(chosen);
          assert.deepEqual(pool.blocking, { panel, tileRows: 5, byteGroup: 4 });
          for (let value = 0; value < 20; value++) {
            pool.run("fill", 1000, [at, value]);
            assert.deepEqual(values(), Array.from({ length: 1000 }, (_, i) => value + panel * i));
          }
        }
      }
      // Threads that find it gone take no part.
      const gone = await compiled(folder, "gone", fill(48));
      pool.useNative(gone);
      await Deno.remove(gone.path);
      pool.run("fill", 1000, [at, 2]);
      assert.deepEqual(values(), Array.from({ length: 1000 }, (_, i) => 2 + 48 * i));
      pool.useNative();
      assert.deepEqual(pool.blocking, { panel: 8, tileRows: 4, byteGroup: 2 });
      allocator.release(at);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
