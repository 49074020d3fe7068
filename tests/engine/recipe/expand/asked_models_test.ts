/** Which models are only asked about what others make. */
import assert from "node:assert/strict";
import { ListOf, OneOf, Reference, Type } from "../../../../engine/field.ts";
import { askedModels } from "../../../../engine/recipe/expand/asked_models.ts";
import { fakeOps } from "../fake_ops.ts";
import { stepOf } from "./written.ts";

const through = Type.Optional(Reference("model", { description: "Who is asked" }));
const term = Type.Object({ through, other: through });
const params = Type.Object({
  through,
  teacher: through,
  loss: Type.Optional(ListOf(term, { description: "Terms" })),
});
const ops = new Map(fakeOps).set("distill", { ...fakeOps.get("distill")!, params });
const asked = (params: Record<string, never>, op = "distill") => [
  ...askedModels([stepOf("a", op, { params }), stepOf("b", "unheard-of", { params })], ops),
];

Deno.test("a model named by `through` is asked, wherever that stands in the parameters", () => {
  assert.deepEqual(asked({ through: "classifier" } as never), ["classifier"]);
  const loss = [{ through: "one" }, { through: "two" }, { through: "one" }];
  assert.deepEqual(asked({ loss } as never), ["one", "two"]);
});

Deno.test("a model named by another parameter is not asked", () => {
  assert.deepEqual(asked({ teacher: "t", loss: [{ other: "o" }] } as never), []);
});

Deno.test("a word in `through` that is no reference names no model", () => {
  const words = Type.Object({ through: OneOf(["classifier"], { description: "A word" }) });
  const own = new Map(ops).set("train", { ...fakeOps.get("train")!, params: words });
  const step = stepOf("a", "train", { params: { through: "classifier" } });
  assert.deepEqual([...askedModels([step], own)], []);
});
