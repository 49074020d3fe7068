import assert from "node:assert/strict";
import { updateCases } from "../../../../../engine/tensor/native/cases/updates.ts";
import { drawn } from "../../../../../engine/tensor/native/drawn.ts";
import { withTensors } from "../../../../../engine/tensor/mod.ts";

Deno.test("every optimizer is a case, without and with a mask that leaves zeros", async () => {
  const uses = Object.keys(updateCases).map((name) => name.split(" ").at(-1));
  assert.deepEqual(uses, ["sgd", "nesterov", "adam", "adam", "rmsprop"]);
  const zeros = await withTensors((room) =>
    room.tf.tidy(() =>
      Object.values(updateCases).map((compute) =>
        compute(drawn(room, false)).map((tensor) =>
          "pairs" in tensor ? NaN : room.values(tensor).filter((value) => value === 0).length
        )
      )
    )
  );
  for (const counts of zeros) {
    const half = counts.length / 2;
    assert.ok(counts.slice(0, half).every((count) => count === 0), `${counts}`);
    const masked = counts.slice(half);
    assert.ok(masked[0]! > 2000 && masked.every((count) => count === masked[0]), `${counts}`);
  }
});
