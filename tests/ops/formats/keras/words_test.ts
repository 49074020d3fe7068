import assert from "node:assert/strict";
import { configOf } from "../../../../ops/formats/keras/config.ts";
import {
  activationNamed,
  FROM_KERAS,
  kerasActivations,
} from "../../../../ops/formats/keras/words.ts";
import type { Reading } from "../../../../ops/formats/keras/assembly.ts";

const reading = (leaves: boolean) => {
  const heads: string[] = [];
  const config = configOf("a", "Activation", {});
  const seen = { config, leaves, head: (head: string) => void heads.push(head) };
  return { heads, seen: seen as unknown as Reading };
};

Deno.test("a name that Keras has is read as the activation that is written under it", () => {
  for (const [ours, name] of Object.entries(kerasActivations)) {
    if (typeof name !== "string") continue; // A layer, which keras_layers.ts reads.
    assert.equal(activationNamed(name, reading(false).seen), ours);
  }
});

Deno.test("on the way out a softmax or a sigmoid is the head; inside a softmax cannot be read", () => {
  for (const name of ["softmax", "sigmoid"]) {
    const { heads, seen } = reading(true);
    assert.equal(activationNamed(name, seen), "linear");
    assert.deepEqual(heads, [name]);
  }
  assert.equal(activationNamed("sigmoid", reading(false).seen), "sigmoid");
  assert.throws(() => activationNamed("softmax", reading(false).seen), /only where the model ends/);
  assert.throws(
    () => activationNamed("swish", reading(true).seen),
    /`swish` cannot be read; these can: linear, relu/,
  );
});

Deno.test("the way from Keras is a line to copy", () => {
  assert.equal(
    FROM_KERAS,
    'save the Keras model whole: model.save("net.keras"), then from: ./net.keras',
  );
});
