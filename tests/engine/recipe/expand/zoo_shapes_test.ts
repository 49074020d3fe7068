/** The shapes that a model of the zoo takes from its data. */
import assert from "node:assert/strict";
import type { DatasetFacts } from "../../../../engine/facts.ts";
import { Choice, Type } from "../../../../engine/field.ts";
import { isShaped, lacking, withShapes } from "../../../../engine/recipe/expand/zoo_shapes.ts";
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

Deno.test("a model lacks input and outputs and, of text, the vocabulary until they are there", () => {
  const image = { use: "image", input: [8], outputs: 3 };
  assert.deepEqual(lacking(zoo, image), []);
  assert.deepEqual(lacking(zoo, { use: "image", outputs: 3 }), ["input"]);
  assert.deepEqual(lacking(zoo, { use: "image", input: [8] }), ["outputs"]);
  assert.deepEqual(lacking(zoo, { ...image, use: "text" }), ["vocabulary"]);
  assert.deepEqual(lacking(zoo, { ...image, use: "text", vocabulary: 50 }), []);
  assert.deepEqual(lacking(zoo, { ...image, use: "unheard-of" }), []);
});

Deno.test("a head takes its outputs from the data and nothing else", () => {
  const outputs = Type.Optional(Type.Integer({ minimum: 1, description: "Classes" }));
  const head = { ...fakeOps.get("model")!, name: "head", params: Type.Object({ outputs }) };
  assert.deepEqual(lacking(head, {}), ["outputs"]);
  assert.deepEqual(withShapes(head, { hidden: [4] }, data), { hidden: [4], outputs: 3 });
  assert.deepEqual(withShapes(head, { outputs: 7 }, data), { outputs: 7 });
  assert.deepEqual(["model", "head", "train"].map(isShaped), [true, true, false]);
});

Deno.test("what stands behind the answers is said by the task, where the model has such a field and nobody wrote it", () => {
  const probabilities = Type.Optional(Type.String({ description: "What stands behind" }));
  const head = { ...fakeOps.get("model")!, name: "head", params: Type.Object({ probabilities }) };
  const of = (task: DatasetFacts["task"]) => ({ kind: "dataset", task }) as DatasetFacts;
  assert.deepEqual(withShapes(head, {}, of("multi-label")), { probabilities: "sigmoid" });
  assert.deepEqual(withShapes(head, {}, of("regression")), { probabilities: "none" });
  assert.deepEqual(withShapes(head, {}, of("classification")), {});
  const own = { probabilities: "softmax" };
  assert.deepEqual(withShapes(head, own, of("regression")), own);
  assert.deepEqual(withShapes(zoo, { use: "image" }, of("regression")), { use: "image" });
});
