import { type Scalar, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { gradientScale, initialStep, learnedStep } from "../../../ops/quantize/learned_step.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

// LSQ (arXiv 1902.08153) by hand. v / s with s = 0.5 is [−6, −1.2, 0.4, 1.4, 2.8, 10], the levels −4 … 3: rounded and
// cut [−4, −1, 0, 1, 3, 3]. The step's gradient (eq. 3) is that less v / s inside, and the level itself outside.
const v = [-3, -0.6, 0.2, 0.7, 1.4, 5];
const cut = { low: -4, high: 3, axis: null };

/** Values and gradients of Σ of one entry of the rounded weights. */
function entry(at: number) {
  return withTensors((room) => {
    const w = room.tensor(Float32Array.from(v), [6]);
    const s = room.tensor(Float32Array.of(0.5), [1]);
    const grids = [{ scale: 0.5, zero: 0 }];
    const chosen = room.tensor(Float32Array.from(v, (_, i) => i === at ? 1 : 0), [6]);
    let rounded: number[] = [];
    const { value, gradients } = room.valueAndGradients(() => {
      const y = learnedStep(room, w, s, { ...cut, grids });
      rounded = [...room.values(y)];
      return room.tf.sum(room.tf.mul(y, chosen)) as Scalar;
    }, [w, s]);
    const [dw, ds] = gradients.map((each) => [...room.values(each!)]);
    for (const each of [w, s, chosen, value, ...gradients]) each!.dispose();
    return { rounded, dw: dw![at]!, ds: ds![0]! };
  });
}

Deno.test("learned steps round to the levels in range, and their gradients are the paper's equations 3 and 5", async () => {
  const entries = [];
  for (const at of v.keys()) entries.push(await entry(at));
  assertClose(entries[0]!.rounded, [-2, -0.5, 0, 0.5, 1.5, 1.5], 2e-6);
  assertClose(entries.map(({ dw }) => dw), [0, 1, 1, 1, 1, 0], 2e-6);
  const g = gradientScale(6, 3);
  assertClose(entries.map(({ ds }) => ds / g), [-4, 0.2, -0.4, -0.4, 0.2, 3], 2e-6);
});

Deno.test("the scale of a step's gradient and its first value", () => {
  // 1 / √(6 · 3), and 2 mean |v| / √3 with the sum 10.9.
  assertClose([gradientScale(6, 3)], [0.23570226], 2e-6);
  assertClose(
    [initialStep(v.reduce((sum, each) => sum + Math.abs(each), 0) / 6, 3)],
    [2.09770598],
    2e-6,
  );
});

Deno.test("a weight between the last level and its edge is outside: the step alone learns from it", async () => {
  await withTensors((room) => {
    // 1.7 / 0.5 = 3.4: rounds to 3, lies beyond 3.
    const w = room.tensor(Float32Array.of(1.7), [1]);
    const s = room.tensor(Float32Array.of(0.5), [1]);
    const { value, gradients } = room.valueAndGradients(
      () =>
        room.tf.sum(
          learnedStep(room, w, s, { ...cut, grids: [{ scale: 0.5, zero: 0 }] }),
        ) as Scalar,
      [w, s],
    );
    assertClose(room.values(gradients[0]!), [0], 2e-6);
    assertClose(room.values(gradients[1]!), [3 * gradientScale(1, 3)], 2e-6);
    for (const each of [w, s, value, ...gradients]) each!.dispose();
  });
});

Deno.test("each output channel learns its own step, from as many weights as it has", async () => {
  for (const { shape, axis } of [{ shape: [3, 2], axis: 1 }, { shape: [3, 1, 2, 1], axis: 2 }]) {
    await withTensors((room) => {
      // In steps of 0.5 and 0.25: 0.6 is 1.2 of them, 0.6 is 2.4; the others are on the grid or beyond it.
      const w = room.tensor(Float32Array.of(0.6, 0.6, 9, 0.25, -9, 0.5), shape);
      const s = room.tensor(Float32Array.of(0.5, 0.25), [2]);
      const grids = [{ scale: 0.5, zero: 0 }, { scale: 0.25, zero: 0 }];
      let rounded: number[] = [];
      const { value, gradients } = room.valueAndGradients(() => {
        const y = learnedStep(room, w, s, { ...cut, axis, grids });
        rounded = [...room.values(y)];
        return room.tf.sum(y) as Scalar;
      }, [w, s]);
      assertClose(rounded, [0.5, 0.5, 1.5, 0.25, -2, 0.5]);
      assertClose(room.values(gradients[0]!), [1, 1, 0, 1, 0, 1]);
      const g = gradientScale(3, 3);
      assertClose(room.values(gradients[1]!), [(1 - 1.2 + 3 - 4) * g, (2 - 2.4) * g]);
      for (const each of [w, s, value, ...gradients]) each!.dispose();
    });
  }
});
