import assert from "node:assert/strict";
import { drawn } from "../../../../engine/tensor/native/drawn.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";

const values = (special: boolean) =>
  withTensors((room) =>
    room.tf.tidy(() => {
      const given = drawn(room, special);
      const { numbers, positive, integers, shorts } = given;
      return {
        numbers: room.values(numbers(61, 8)),
        positive: room.values(positive(500)),
        integers: room.integers(integers(9, 500)),
        shorts: room.integers(shorts(32767, 500)),
      };
    })
  );

Deno.test("numbers are the same each time, in their ranges, and special where they are to be", async () => {
  const plain = await values(false);
  const special = await values(true);
  assert.deepEqual(await values(false), plain);
  assert.ok(plain.numbers.every((value) => value >= -1 && value <= 1));
  assert.deepEqual(
    [...special.numbers].filter((_, i) => i % 61 === 60),
    [NaN, -0, Infinity, -Infinity, 1e-40, -1e-42, 3e38, 0].map(Math.fround),
  );
  for (const { positive, integers, shorts } of [plain, special]) {
    assert.ok(positive.every((value) => value >= 0.1 && value <= 1.1));
    assert.deepEqual([Math.min(...integers), Math.max(...integers)], [-9, 9]);
    assert.ok(Math.min(...shorts) < -32000 && Math.max(...shorts) > 32000);
  }
});

Deno.test("gradients are those of every input, for numbers drawn after the first result", async () => {
  const [y, da, db, dy] = await withTensors((room) =>
    room.tf.tidy(() => {
      const { withGradients } = drawn(room, false);
      const a = room.tensor(Float32Array.of(2, 3), [2]);
      const b = room.tensor(Float32Array.of(5, 7), [2]);
      const made = withGradients([a, b], (a, b) => room.tf.mul(a!, b!));
      const again = drawn(room, false).numbers(2);
      return [...made, again].map((tensor) => [...room.values(tensor)]);
    })
  );
  assert.deepEqual(y, [10, 21]);
  assert.deepEqual(da, [5, 7].map((b, i) => Math.fround(b * dy![i]!)));
  assert.deepEqual(db, [2, 3].map((a, i) => Math.fround(a * dy![i]!)));
});
