import assert from "node:assert/strict";
import { loadTf } from "../../../engine/deps/tfjs_core.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../engine/tensor/room.ts";

refuseLeaks(true);

Deno.test("bodies run one after the other", async () => {
  const log: string[] = [];
  const slow = withTensors(async () => {
    log.push("a in");
    await new Promise((resolve) => setTimeout(resolve, 5));
    log.push("a out");
  });
  const quick = withTensors(() => {
    log.push("b");
  });
  await Promise.all([slow, quick]);
  assert.deepEqual(log, ["a in", "a out", "b"]);
});

Deno.test("a body that fails gives the room back", async () => {
  await assert.rejects(
    withTensors(() => {
      throw new Error("no");
    }),
    /^Error: no$/,
  );
  assert.equal(await withTensors(() => 1), 1);
});

Deno.test("the user's own backend is active again afterwards, with its tensors", async () => {
  const tf = await loadTf();
  await import("../../../engine/deps/tfjs_backend_cpu.ts").then((m) => m.loadTfCpu());
  await tf.setBackend("cpu");
  const theirs = tf.tensor1d([1, 2]);
  const backend = tf.backend();
  assert.equal(await withTensors(({ tf }) => tf.getBackend()), "decant");
  assert.equal(tf.getBackend(), "cpu");
  assert.equal(tf.backend(), backend);
  assert.deepEqual([...theirs.dataSync()], [1, 2]);
  theirs.dispose();
});

Deno.test("a tensor left behind is an error in tests, and disposed otherwise", async () => {
  await assert.rejects(
    withTensors(({ tensor }) => {
      tensor(Float32Array.of(1, 2, 3), [3]);
    }),
    /1 tensors were left in the room \(\[3\]\)/,
  );
  refuseLeaks(false);
  try {
    const tf = await loadTf();
    const before = tf.memory().numTensors;
    await withTensors(({ tensor }) => {
      tensor(Float32Array.of(1, 2, 3), [3]);
    });
    assert.equal(tf.memory().numTensors, before);
  } finally {
    refuseLeaks(true);
  }
});

Deno.test("values are copies, and tensors copy what they are given", async () => {
  await withTensors(({ tensor, values }) => {
    const given = Float32Array.of(1, 2);
    const t = tensor(given, [2]);
    given[0] = 9;
    const first = values(t);
    assert.deepEqual([...first], [1, 2]);
    first[1] = 9;
    assert.deepEqual([...values(t)], [1, 2]);
    assert.ok(!(first.buffer instanceof SharedArrayBuffer));
    t.dispose();
  });
});

Deno.test("a variable that does not reach the value has a null gradient", async () => {
  await withTensors(({ tf, tensor, values, valueAndGradients }) => {
    const a = tensor(Float32Array.of(3), [1]);
    const b = tensor(Float32Array.of(5), [1]);
    const { value, gradients } = valueAndGradients(() => tf.sum(tf.mul(a, a)), [a, b]);
    assert.deepEqual([...values(value)], [9]);
    assert.deepEqual([...values(gradients[0]!)], [6]);
    assert.equal(gradients[1], null);
    tf.dispose([a, b, value, gradients[0]!]);
  });
});

Deno.test("an op whose bits may differ between machines is refused with a sentence", async () => {
  await withTensors(({ tf, tensor }) => {
    const a = tensor(Float32Array.of(3, 1), [1, 2]);
    assert.throws(
      () => tf.multinomial(a as never, 1, 7, true),
      /Cannot run tfjs's "Multinomial" in the tensor room/,
    );
    a.dispose();
  });
});

Deno.test("threads are a whole number from 1 to 64", async () => {
  for (const threads of [0, 65, 1.5, NaN]) {
    await assert.rejects(withTensors(() => 1, { threads }), {
      name: "RangeError",
      message: `Cannot compute with ${threads} threads: it must be an integer from 1 to 64`,
    });
  }
  for (const threads of [64, 1]) assert.equal(await withTensors(() => 1, { threads }), 1);
});

Deno.test("of what is left behind eight shapes are told, and buffers that nobody gave back", async () => {
  const left = (tensors: number, shapes: string, buffers: number) => ({
    message:
      `internal: ${tensors} tensors were left in the room (${shapes}) and ${buffers} buffers kept`,
  });
  const leaving = (count: number) =>
    withTensors(({ tensor }) => {
      for (let i = 0; i < count; i++) tensor(new Float32Array(1), [1]);
    });
  await assert.rejects(leaving(2), left(2, "[1] [1]", 0));
  await assert.rejects(leaving(9), left(9, new Array(8).fill("[1]").join(" "), 0));
  const { machine: { allocator } } = await roomEquipment();
  let kept = 0;
  await assert.rejects(
    withTensors(() => {
      kept = allocator.allocate(64);
    }),
    left(0, "", 1),
  );
  allocator.release(kept);
  assert.equal(refuseLeaks(true), true);
  assert.equal(refuseLeaks(false), true);
  assert.equal(refuseLeaks(true), false);
});

Deno.test("tensors have the type of their values, or the one that is said", async () => {
  await withTensors(({ tf, tensor, values, integers }) => {
    const whole = tensor(Int32Array.of(1, 2), [2]);
    const real = tensor(Float32Array.of(1.5, 2.5), [1, 2]);
    const cut = tensor(Float32Array.of(1, 2), [2], "int32");
    assert.deepEqual([whole.dtype, real.dtype, cut.dtype], ["int32", "float32", "int32"]);
    assert.deepEqual(integers(whole), Int32Array.of(1, 2));
    assert.deepEqual(values(real), Float32Array.of(1.5, 2.5));
    assert.deepEqual(real.shape, [1, 2]);
    tf.dispose([whole, real, cut]);
  });
});

Deno.test("a long training's list of tensors is looked through when it has 4096", async () => {
  await withTensors(({ tf, tensor, valueAndGradients }) => {
    const { state } = tf.engine() as unknown as { state: { activeScope: { track: unknown[] } } };
    const [x, gone] = [1, 2].map(() => tensor(Float32Array.of(2), [1]));
    gone!.dispose();
    const fill = (length: number) => {
      const { track } = state.activeScope;
      while (track.length < length) track.push(gone);
    };
    const step = () => {
      const { value, gradients } = valueAndGradients(() => tf.sum(tf.square(x!)), [x!]);
      tf.dispose([value, gradients[0]!]);
    };
    fill(4095);
    step();
    assert.ok(state.activeScope.track.length >= 4095);
    fill(4096);
    step();
    assert.ok(state.activeScope.track.length < 100, `${state.activeScope.track.length}`);
    x!.dispose();
  });
});

Deno.test("the event loop runs where 50 ms have passed, and not again before as long", async () => {
  const { now } = performance;
  const { setTimeout } = globalThis;
  let time = 1000;
  let timers = 0;
  performance.now = () => time;
  globalThis.setTimeout = ((work: () => void) => {
    timers++;
    return setTimeout(work, 0);
  }) as typeof setTimeout;
  try {
    await withTensors(async ({ yieldToEventLoop }) => {
      const yielded = async (at: number) => {
        time = at;
        timers = 0;
        await yieldToEventLoop();
        return timers;
      };
      assert.deepEqual(
        [await yielded(1049), await yielded(1050), await yielded(1099), await yielded(1100)],
        [0, 1, 0, 1],
      );
    });
  } finally {
    performance.now = now;
    globalThis.setTimeout = setTimeout;
  }
});

Deno.test("the next body runs in the room that one has left by an error", async () => {
  const log: string[] = [];
  const first = withTensors(async () => {
    await Promise.resolve();
    log.push("fails");
    throw new Error("no");
  }).catch(() => log.push("told"));
  const second = withTensors(() => void log.push("second"));
  await Promise.all([first, second]);
  assert.deepEqual(log.slice(0, 1), ["fails"]);
  assert.ok(log.includes("second"));
});
