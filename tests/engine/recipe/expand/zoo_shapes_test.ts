/** The shapes that a model of the zoo takes from its data. */
import assert from "node:assert/strict";
import type { DatasetFacts } from "../../../../engine/facts.ts";
import { Choice, Type } from "../../../../engine/field.ts";
import { lacksShapes, withShapes } from "../../../../engine/recipe/expand/zoo_shapes.ts";
import { fakeOps } from "../fake_ops.ts";

const vocabulary = Type.Optional(Type.Integer({ minimum: 1, description: "Token numbers" }));
const params = Choice({
  image: Type.Object({}),
  text: Type.Object({ vocabulary }),
}, { description: "A family" });
const zoo = { ...fakeOps.get("model")!, params };
const data = {
  kind: "dataset",
  task: "classification",
  input: [8],
  outputs: 3,
  text: { vocabulary: 50 },
} as unknown as DatasetFacts;

Deno.test("what is not written is the data's, the vocabulary only of a family that reads text", () => {
  assert.deepEqual(withShapes(zoo, { use: "image" }, data), {
    use: "image",
    input: [8],
    outputs: 3,
  });
  assert.deepEqual(withShapes(zoo, { use: "text" }, data), {
    use: "text",
    input: [8],
    outputs: 3,
    vocabulary: 50,
  });
});

Deno.test("what is written stays, and what is not known stays open", () => {
  const own = { use: "text", input: [4], outputs: 2, vocabulary: 9 };
  assert.deepEqual(withShapes(zoo, own, data), own);
  const open = { kind: "dataset", task: "classification" } as const;
  for (const unknown of [open, { kind: "outputs" } as never, undefined]) {
    assert.deepEqual(withShapes(zoo, { use: "text" }, unknown), { use: "text" });
  }
});

Deno.test("a model lacks a shape until input, outputs and, of text, the vocabulary are there", () => {
  const image = { use: "image", input: [8], outputs: 3 };
  assert.equal(lacksShapes(zoo, image), false);
  assert.equal(lacksShapes(zoo, { use: "image", outputs: 3 }), true);
  assert.equal(lacksShapes(zoo, { use: "image", input: [8] }), true);
  assert.equal(lacksShapes(zoo, { ...image, use: "text" }), true);
  assert.equal(lacksShapes(zoo, { ...image, use: "text", vocabulary: 50 }), false);
  assert.equal(lacksShapes(zoo, { ...image, use: "unheard-of" }), false);
});
