/** Our tfjs backend: tensors in the room's memory, as tfjs and its stock kernels see them. */
import assert from "node:assert/strict";
import { loadTfCpu } from "../../../engine/deps/tfjs_backend_cpu.ts";
import { loadTf } from "../../../engine/deps/tfjs_core.ts";
import { BACKEND, registerBackend } from "../../../engine/tensor/backend.ts";
import { kernelInstance } from "../../../engine/tensor/instance.ts";
import { WASM_BLOCKING } from "../../../engine/tensor/native/library.ts";
import { createMachine } from "../../../engine/tensor/machine.ts";
import { registerKernels } from "../../../engine/tensor/overrides/mod.ts";

const instance = kernelInstance();
const { allocator, memory, kernels } = instance;
const [tf, cpu] = await Promise.all([loadTf(), loadTfCpu()]);
const ours = registerBackend(tf, cpu, instance);
const machine = createMachine(
  tf,
  ours,
  instance,
  {
    blocking: WASM_BLOCKING,
    run: (kernel, units, args) => void kernels[kernel](...args, 0, units),
  },
);
registerKernels(machine);
await tf.setBackend(BACKEND);

type Values = Float32Array | Int32Array | Uint8Array;

/** What tfjs's engine and its stock kernels call. */
interface StockView {
  readonly data: { get(id: object): { values: unknown; refCount: number } };
  write(values: unknown, shape: number[], dtype: string): object;
  move(id: object, values: unknown, shape: number[], dtype: string, refCount: number): void;
  readSync(id: object): Values;
  refCount(id: object): number;
  disposeData(id: object, force?: boolean): boolean;
  memory(): unknown;
}
const backend = ours as unknown as StockView;

const used = () => allocator.usage().used;

Deno.test("it is registered by its name, below every backend that tfjs would take by itself", () => {
  const { registryFactory } = tf.engine() as unknown as {
    registryFactory: Record<string, { priority: number }>;
  };
  assert.equal(BACKEND, "decant");
  assert.equal(tf.findBackend(BACKEND), ours);
  assert.equal(registryFactory[BACKEND]!.priority, 0);
});

Deno.test("numbers lie in the memory as wide as their type, and what is read is a copy", () => {
  const kinds = [
    ["float32", Float32Array.of(1.5, -2, 3), 448],
    ["int32", Int32Array.of(7, -8, 9), 448],
    ["bool", Uint8Array.of(1, 0, 1), 128],
  ] as const;
  for (const [dtype, values, bytes] of kinds) {
    const before = used();
    const id = backend.write(values, [1, 3], dtype);
    assert.deepEqual(backend.readSync(id), values);
    const view = new (values.constructor as Float32ArrayConstructor)(
      memory.buffer,
      ours.pointer(id),
      3,
    );
    assert.deepEqual(Array.from(view), Array.from(values));
    const copy = backend.readSync(id);
    copy[0] = 0;
    assert.deepEqual(backend.readSync(id), values);
    assert.ok(backend.disposeData(id));
    assert.equal(used(), before);
    // A hundred of them take a block of the next size class, written or reserved.
    const made = [backend.write(null, [4, 25], dtype), ours.reserve(100, dtype)];
    assert.equal(used(), before + 2 * bytes);
    for (const each of made) backend.disposeData(each);
    assert.equal(used(), before);
  }
});

Deno.test("what is written without values is zeros, whatever lay there before", () => {
  for (const nothing of [undefined, null]) {
    for (const dtype of ["float32", "int32", "bool"]) {
      const bytes = dtype === "bool" ? 70 : 280;
      const dirty = allocator.allocate(bytes);
      new Uint8Array(memory.buffer, dirty, bytes).fill(255);
      allocator.release(dirty);
      const id = backend.write(nothing, [70], dtype);
      assert.equal(ours.pointer(id), dirty);
      assert.deepEqual([...backend.readSync(id)], new Array(70).fill(0));
      backend.disposeData(id);
    }
  }
});

Deno.test("values that a stock kernel replaces are copied to where the tensor lies", () => {
  const id = backend.write(Float32Array.of(1, 2), [2], "float32");
  const at = ours.pointer(id);
  backend.data.get(id).values = [5, 6];
  assert.deepEqual([...new Float32Array(memory.buffer, at, 2)], [5, 6]);
  assert.equal(ours.pointer(id), at);
  assert.equal(backend.data.get(id).values, backend.data.get(id).values);
  backend.disposeData(id);
});

Deno.test("strings and complex numbers are kept beside the memory", () => {
  const before = used();
  const words = tf.tensor1d(["a", "ß"]);
  assert.equal(used(), before);
  assert.deepEqual(words.dataSync<"string">(), ["a", "ß"]);
  assert.equal(ours.pointer(words.dataId), -1);
  const other = [new TextEncoder().encode("c")];
  backend.data.get(words.dataId).values = other;
  assert.equal(backend.data.get(words.dataId).values, other);
  words.dispose();
  const [real, imag] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
  const z = tf.complex(real, imag);
  assert.deepEqual([...z.dataSync()], [1, 3, 2, 4]);
  assert.equal(ours.pointer(z.dataId), -1);
  tf.dispose([z, real, imag]);
  assert.equal(used(), before);
});

Deno.test("data that is moved here keeps its count of users", () => {
  const id = {};
  backend.move(id, Int32Array.of(4, 5), [2], "int32", 3);
  assert.equal(backend.refCount(id), 3);
  assert.deepEqual([...backend.readSync(id)], [4, 5]);
  assert.deepEqual([1, 2, 3].map(() => backend.disposeData(id)), [false, false, true]);
});

Deno.test("memory is given back with the last user, or at once by force, and packed copies with it", () => {
  const before = used();
  const id = backend.write(new Float32Array(4), [2, 2], "float32");
  assert.equal(backend.refCount(id), 1);
  ours.packed.of(ours.pointer(id), { inner: 2, columns: 2, bytes: 64 }, () => {});
  ours.incRef(id);
  assert.equal(backend.disposeData(id), false);
  assert.equal(used(), before + 128);
  assert.ok(backend.disposeData(id));
  assert.equal(used(), before);
  assert.ok(backend.disposeData(id), "what is gone is gone");
  const shared = backend.write(new Float32Array(4), [4], "float32");
  ours.incRef(shared);
  assert.ok(backend.disposeData(shared, true));
  assert.equal(used(), before);
});

Deno.test("tfjs's count of the memory is reliable", () => {
  assert.deepEqual(backend.memory(), { unreliable: false, reasons: [] });
});
