import assert from "node:assert/strict";
import { loadTf } from "../../../engine/deps/tfjs_core.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";

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
  assert.equal(await withTensors(({ tf }) => tf.getBackend()), "decant");
  assert.equal(tf.getBackend(), "cpu");
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
