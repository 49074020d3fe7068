/** What layers are written with: outputs, aliases, scratch memory, launches and the record of a gradient. */
import assert from "node:assert/strict";
import { WASM_BLOCKING } from "../../../engine/tensor/native/library.ts";
import { createMachine, type Machine } from "../../../engine/tensor/machine.ts";
import { type Tensor, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../engine/tensor/room.ts";
import { kernelInstance } from "../../../engine/tensor/instance.ts";

refuseLeaks(true);

const { machine } = await roomEquipment();
const { tf, allocator } = machine;

/** tfjs's tape, which its types hide. */
interface Tape {
  startTape(): void;
  endTape(): void;
  state: {
    kernelDepth: number;
    nextTapeNodeId: number;
    activeTape: {
      id: number;
      kernelName: string;
      inputs: Record<string, Tensor>;
      outputs: Tensor[];
      saved: Tensor[];
      gradient(dys: (Tensor | null)[]): Record<string, () => Tensor>;
    }[] | null;
  };
}
const tape = tf.engine() as unknown as Tape;

Deno.test("a kernel is launched with its units and numbers, and not at all without units", () => {
  const launched: unknown[] = [];
  const spied = createMachine(
    tf,
    { packed: machine.packed } as never,
    kernelInstance(),
    { blocking: WASM_BLOCKING, run: (...call) => void launched.push(call) },
  );
  spied.launch("unary", 2, 0, 64, 128, 9000);
  spied.launch("unary", 0, 0, 64, 128, 0);
  spied.launch("unary", 1);
  assert.deepEqual(launched, [["unary", 2, [0, 64, 128, 9000]], ["unary", 1, []]]);
  assert.equal(spied.blocking, WASM_BLOCKING);
  assert.equal(spied.packed, machine.packed);
  assert.equal(spied.kernels, kernelInstance().kernels);
  assert.equal(spied.memory, kernelInstance().memory);
});

Deno.test("an output has the room that its shape and type need", async () => {
  await withTensors(() => {
    const before = allocator.usage();
    const made = [
      machine.output([3, 100]),
      machine.output([3, 100], "bool"),
      machine.output([], "int32"),
    ];
    assert.deepEqual(made.map(({ dtype, shape }) => [dtype, shape]), [
      ...[["float32", [3, 100]], ["bool", [3, 100]], ["int32", []]],
    ]);
    const { used, blocks } = allocator.usage();
    // 1200 bytes in steps of 64, 300 and 4 rounded up to them.
    assert.deepEqual([used - before.used, blocks - before.blocks], [1216 + 320 + 64, 3]);
    const info = machine.outputInfo([2]);
    assert.deepEqual([info.shape, info.dtype], [[2], "float32"]);
    tf.dispose(made);
    tf.engine().makeTensorFromTensorInfo(info).dispose();
  });
});

Deno.test("an alias reads the same numbers, perhaps in another shape, and outlives the original", async () => {
  await withTensors(({ tensor, values }) => {
    const x = tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
    const [same, flat] = [machine.alias(x), machine.alias(x, [4])];
    assert.deepEqual([same.shape, flat.shape, flat.dtype], [[2, 2], [4], "float32"]);
    assert.equal(machine.pointer(flat), machine.pointer(x));
    x.dispose();
    same.dispose();
    assert.deepEqual([...values(flat)], [1, 2, 3, 4]);
    flat.dispose();
  });
});

Deno.test("scratch memory is given back, also where the body fails", () => {
  const { used } = allocator.usage();
  const found = machine.scratch(100, (at) => {
    assert.equal(at % 64, 0);
    assert.equal(allocator.usage().used, used + 128);
    return 7;
  });
  assert.equal(found, 7);
  const failing = () => {
    throw new Error("no");
  };
  assert.throws(() => machine.scratch(100, failing), /^Error: no$/);
  assert.equal(allocator.usage().used, used);
});

/** y = 2x, which saves x, and tells what its gradient is given. */
function doubled(machine: Machine, x: Tensor, told: unknown[] = []): Tensor {
  const [y] = machine.operation("doubled", { x }, (save) => {
    save(x);
    return [tf.mul(x, 2)];
  }, (dys, saved) => {
    told.push(dys, saved);
    return { x: () => tf.mul(dys[0]!, 2) };
  });
  return y!;
}

Deno.test("an operation is one entry of the tape, with what it saved, and what it computes is none", async () => {
  await withTensors(({ tensor, values }) => {
    const x = tensor(Float32Array.of(3), [1]);
    assert.equal(machine.recording(), false);
    const quiet = doubled(machine, x);
    assert.equal(tape.state.activeTape ?? null, null);
    tape.startTape();
    assert.ok(machine.recording());
    const { nextTapeNodeId } = tape.state;
    const told: unknown[] = [];
    const y = doubled(machine, x, told);
    const entries = tape.state.activeTape!;
    assert.equal(entries.length, 1);
    const [entry] = entries;
    assert.deepEqual(
      [entry!.id, entry!.kernelName, entry!.inputs["x"], entry!.outputs[0]],
      [nextTapeNodeId, "doubled", x, y],
    );
    assert.equal(tape.state.nextTapeNodeId, nextTapeNodeId + 1);
    // What is saved outlives a tidy and the original.
    const [saved] = entry!.saved;
    assert.notEqual(saved, x);
    x.dispose();
    assert.deepEqual([...values(saved!)], [3]);
    tape.endTape();
    tape.state.activeTape = null;
    const dx = entry!.gradient([y])["x"]!();
    assert.deepEqual(told, [[y], [saved]]);
    assert.deepEqual([...values(dx)], [12]);
    tf.dispose([quiet, y, saved!, dx]);
  });
});

Deno.test("what is saved while a tape runs survives a tidy; without a tape nothing is kept", async () => {
  await withTensors(({ tensor }) => {
    const x = tensor(Float32Array.of(3), [1]);
    const before = tf.memory().numTensors;
    tf.tidy(() => doubled(machine, x)).dispose();
    assert.equal(tf.memory().numTensors, before);
    tape.startTape();
    tf.tidy(() => doubled(machine, x)).dispose();
    const [entry] = tape.state.activeTape!;
    tape.endTape();
    tape.state.activeTape = null;
    assert.equal(tf.memory().numTensors, before + 1);
    assert.equal(entry!.saved[0]!.isDisposed, false);
    tf.dispose([x, ...entry!.saved]);
  });
});

Deno.test("an operation that fails leaves the tape as it was", async () => {
  await withTensors(({ tensor }) => {
    const x = tensor(Float32Array.of(3), [1]);
    const { kernelDepth } = tape.state;
    const failing = () => {
      throw new Error("no");
    };
    assert.throws(
      () => machine.operation("failing", { x }, failing, () => ({ x: failing })),
      /^Error: no$/,
    );
    assert.equal(tape.state.kernelDepth, kernelDepth);
    x.dispose();
  });
});
