/** From logits to answers, by hand. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import {
  bernoulli,
  headOutput,
  labelRows,
} from "../../../../../ops/learn/terms/parts/head_output.ts";
import { assertAllNear } from "../support/evaluated.ts";

Deno.test("a head makes probabilities of logits, or leaves them", async () => {
  await withTensors((room) =>
    room.tf.tidy(() => {
      const logits = room.tensor(Float32Array.of(0, Math.log(3)), [1, 2]);
      const of = (head: "none" | "sigmoid" | "softmax") => [
        ...room.values(headOutput(room, head, logits)),
      ];
      assertAllNear(of("softmax"), [0.25, 0.75]);
      assertAllNear(of("sigmoid"), [0.5, 0.75]);
      assertAllNear(of("none"), [0, Math.log(3)]);
    })
  );
});

Deno.test("Bernoulli's surprise is −log of the probability, finite for every logit", async () => {
  await withTensors((room) =>
    room.tf.tidy(() => {
      const logits = room.tensor(Float32Array.of(0, Math.log(3), Math.log(3), 500, -500), [5]);
      const targets = room.tensor(Float32Array.of(1, 1, 0, 0, 1), [5]);
      const found = [...room.values(bernoulli(room, logits, targets))];
      assertAllNear(found, [Math.LN2, -Math.log(0.75), -Math.log(0.25), 500, 500]);
    })
  );
});

Deno.test("only to predict next tokens every place of a sample is a row", async () => {
  await withTensors((room) =>
    room.tf.tidy(() => {
      const logits = room.tf.zeros([2, 3, 5]);
      assert.deepEqual(labelRows(room, "next-token", logits, 5).shape, [6, 5]);
      assert.deepEqual(labelRows(room, "classification", logits, 5).shape, [2, 3, 5]);
    })
  );
});
