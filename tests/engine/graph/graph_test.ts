import assert from "node:assert/strict";
import { isMany, ownCodeOf, readBy, subjectOf, waitedFor } from "../../../engine/graph/graph.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";

const ops = fakeOps();
const graph = graphOf([
  { name: "one", op: ops.constant },
  { name: "two", op: ops.constant, waits: "one" },
  { name: "sum", op: ops.sum, inputs: { numbers: ["two", "one"] }, references: { "a.b": "one" } },
  { name: "test", op: ops.score, inputs: { model: "sum" }, waits: "one" },
  { name: "many", op: ops.score, inputs: { model: ["one", "two"] } },
]);
const node = (name: string) => graph.node(name)!;

Deno.test("what a step reads is each step once, inputs before references", () => {
  assert.deepEqual(readBy(node("sum")).map(({ step }) => step.name), ["two", "one"]);
  assert.deepEqual(readBy(node("one")), []);
});

Deno.test("a step measures one model, or several, which is none", () => {
  assert.equal(subjectOf(node("test")), node("sum"));
  assert.equal(subjectOf(node("many")), undefined);
  assert.equal(subjectOf(node("one")), undefined);
  assert.equal(isMany(node("many").inputs.model!), true);
  assert.equal(isMany(node("test").inputs.model!), false);
});

Deno.test("the steps that others wait for are known", () => {
  assert.deepEqual(waitedFor(graph), new Set(["one"]));
});

Deno.test("code of one's own that a step runs is its op, then entries of lists, by their names", () => {
  const step = { params: { loss: "mine" } } as never;
  const entry = { list: "terms", name: "mine", version: 1, code: undefined };
  const own = (params: { readonly loss?: string }) => params.loss === "mine" ? [entry] : [];
  const term = { name: "mine", what: "one of terms" };
  assert.deepEqual(ownCodeOf({ op: { name: "a" } as never, step }), []);
  assert.deepEqual(ownCodeOf({ op: { name: "a", own } as never, step }), [term]);
  assert.deepEqual(ownCodeOf({ op: { name: "a", code: "sha256:0", own } as never, step }), [
    { name: "a", what: "an op" },
    term,
  ]);
  const module = "file:///mine.ts";
  const placed = () => [{ ...entry, module }];
  const op = { name: "a", code: "sha256:0", module, own: placed } as never;
  assert.deepEqual(ownCodeOf({ op, step }), [{ name: "a", what: "an op", module }, {
    ...term,
    module,
  }]);
});
