import assert from "node:assert/strict";
import {
  extentsOf,
  nodesOf,
  tensorName,
  typeName,
} from "../../../../../ops/formats/tfjs/graph/graph_def.ts";
import { b, f, i, ints, s, texts } from "./one_graph.ts";

const one = (attr: object, more: object = {}) =>
  nodesOf({ node: [{ name: "n", op: "Op", attr, ...more }] })[0]!;

Deno.test("attributes are read by their types, or are what they are without", () => {
  const node = one({
    ...{ i: i(3), f: f(0.5), b: b(true), s: s("SAME"), is: ints(1, -2), ss: texts("a", "b") },
    ...{ t: { type: "DT_HALF" }, n: { type: 3 }, bytes: { s: [86, 65] }, none: { list: {} } },
    shape: { shape: { dim: [{ size: "-1" }, { size: "4" }, {}] } },
  });
  assert.deepEqual([node.int("i", 1), node.int("no", 1)], [3, 1]);
  assert.deepEqual([node.float("f", 1), node.float("no", 1)], [0.5, 1]);
  assert.deepEqual([node.flag("b"), node.flag("no")], [true, false]);
  assert.deepEqual([node.text("s", ""), node.text("bytes", ""), node.text("no", "x")], [
    "SAME",
    "VA",
    "x",
  ]);
  assert.deepEqual([node.ints("is"), node.ints("none"), node.ints("no")], [[1, -2], [], undefined]);
  assert.deepEqual([node.texts("ss"), node.texts("no")], [["a", "b"], []]);
  assert.deepEqual([node.type("t"), node.type("n"), node.type("no")], [
    "DT_HALF",
    "DT_INT32",
    "DT_FLOAT",
  ]);
  assert.deepEqual([node.shape("shape"), node.shape("no")], [[0, 4, 0], undefined]);
});

Deno.test("what is of another type is named with its node", () => {
  const node = one({
    i: { i: "x" },
    s: { s: 3 },
    t: { s: "%%" },
    is: { list: { i: 4 } },
    e: { i: "" },
  });
  for (
    const read of [
      () => node.int("i", 0),
      () => node.ints("is"),
      () => node.text("s", ""),
      () => node.text("t", ""),
      () => node.int("e", 0),
    ]
  ) {
    assert.throws(read, /Cannot read node "n": its "(?:i|is|s|t|e)" is /);
  }
});

Deno.test("inputs are tensors; what only comes before is left out", () => {
  const { inputs } = one({}, { input: ["a", "b:0", "c:1", "^d"] });
  assert.deepEqual(inputs, ["a", "b", "c:1"]);
  assert.equal(tensorName("a:10"), "a:10");
  assert.deepEqual(one({}).inputs, []);
});

Deno.test("shapes and types as they may be written", () => {
  assert.equal(extentsOf({ unknownRank: true }), undefined);
  assert.equal(extentsOf(3), undefined);
  assert.equal(extentsOf({ dim: 3 }), undefined);
  assert.deepEqual(extentsOf({}), []);
  assert.deepEqual(extentsOf({ dim: [null, { size: 2.5 }, { size: 6 }] }), [0, 0, 6]);
  assert.deepEqual([typeName(1), typeName("DT_INT64"), typeName(99)], [
    "DT_FLOAT",
    "DT_INT64",
    "99",
  ]);
});

Deno.test("a graph without nodes, with odd ones or with too many is a sentence", () => {
  assert.throws(() => nodesOf(null), /its graph has no nodes/);
  assert.throws(() => nodesOf({ node: [] }), /its graph has no nodes/);
  for (
    const odd of [null, 3, {}, { name: "a" }, { name: "", op: "A" }, {
      name: "a",
      op: "A",
      attr: 3,
    }]
  ) {
    assert.throws(() => nodesOf({ node: [odd] }), /one of its nodes is /);
  }
  assert.throws(
    () => one({}, { input: [3] }),
    /Cannot read node "n": its inputs are no list of names/,
  );
  const twice = { name: "a", op: "A" };
  assert.throws(() => nodesOf({ node: [twice, twice] }), /two of its nodes are called "a"/);
  const many = Array.from({ length: 20_001 }, () => twice);
  assert.throws(() => nodesOf({ node: many }), /it has 20001 nodes, more than 20000/);
});
