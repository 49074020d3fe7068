import assert from "node:assert/strict";
import { canonical, type Digest } from "../../../engine/digest.ts";
import {
  boundParams,
  keyOf,
  partsRead,
  partsReferenced,
  preimageOf,
  referenceDigest,
} from "../../../engine/graph/key.ts";
import type { Node } from "../../../engine/graph/graph.ts";
import type { Artifact } from "../../../engine/kind.ts";
import { defineOp, Type } from "../../../engine/op.ts";
import { fakeOps, type FakeStep, graphOf, numberKind } from "../run/support/fake.ts";

const ops = fakeOps();
const digit = (letter: string): Digest => letter.repeat(64) as Digest;
const artifact = (letter: string): Artifact => ({
  digest: digit(letter),
  kind: "number",
  bytes: 1,
  parts: { meta: digit("0"), whole: digit("1"), fraction: digit(letter) },
});

/** The record of the last step, where step `a` made artifact aaa…, `b` bbb…. */
function preimage(steps: readonly FakeStep[], sources: string[] = []) {
  const graph = graphOf(steps);
  return preimageOf(graph.nodes.at(-1)!, {
    artifact: (node: Node) => artifact(node.step.name),
    sources: sources.map((letter) => ({ digest: digit(letter), extension: ".txt" })),
    host: "this machine",
  });
}

const a: FakeStep = { name: "a", op: ops.constant, params: { value: 1 } };
const b: FakeStep = { name: "b", op: ops.constant, params: { value: 2 } };

Deno.test("the bytes behind a key, and the key, are what they have always been", () => {
  // Do not update these values to make the test pass. If they change, every cache in the world is void: raise FORMAT
  // in key.ts, and say why in the commit. The digest was computed with sha256sum over the text.
  const whole = defineOp({
    name: "prune",
    version: 3,
    summary: "Stands for an op with everything",
    inputs: ops.whole.inputs,
    output: numberKind,
    params: Type.Object({}),
    example: {},
    source: () => ["./weights.bin"],
    run: () => 0,
  });
  const found = preimage([a, b, {
    name: "c",
    op: whole,
    inputs: { number: "a" },
    params: {
      ratio: 0.5,
      seed: 7,
      rewind: "b",
      from: "./weights.bin",
      list: [{ teacher: "b" }, null],
    },
    references: { rewind: "b", "list.0.teacher": "b" },
  }], ["f"]);
  const text = canonical(found);
  assert.equal(text, golden);
  assert.equal(keyOf(found), goldenKey);
});

const golden = '{"format":1,"host":null,"inputs":{"number":{"meta":"' + "0".repeat(64) +
  '","whole":"' +
  "1".repeat(64) + '"}},"numerics":{"decant":1},"op":"prune","params":{"from":{"source":0},' +
  '"list":[{"teacher":"' + "b".repeat(64) + '"},null],"ratio":0.5,"rewind":"' + "b".repeat(64) +
  '","seed":7},"sources":[{"digest":"' + "f".repeat(64) + '","extension":".txt"}],' +
  '"type":"step","version":3}';
const goldenKey = "0d4ecbf87eae99e9c3fc782914a9f24b5065a8abe48dadef092095368e66a0f1";

Deno.test("what names a data set in a parameter reads its training part and no test sample", () => {
  const data = { op: { ...ops.constant, output: { ...numberKind, name: "dataset" } } };
  const target = data as unknown as Node;
  const of = (train: string, test: string) =>
    referenceDigest(target, {
      ...artifact(test),
      parts: { meta: digit("0"), train: digit(train), validation: digit(test), test: digit(test) },
    });
  assert.deepEqual(partsReferenced(target.op.output.name), ["meta", "train"]);
  assert.equal(of("1", "2"), of("1", "3"));
  assert.notEqual(of("1", "2"), of("4", "2"));
});

Deno.test("names of steps and the order of parameters are not in a key", () => {
  const one = preimage([a, {
    name: "x",
    op: ops.add,
    inputs: { number: "a" },
    params: { amount: 1, seed: 2 },
  }]);
  const two = preimage([a, {
    name: "y",
    op: ops.add,
    inputs: { number: "a" },
    params: { seed: 2, amount: 1 },
  }]);
  assert.equal(keyOf(one), keyOf(two));
});

Deno.test("a parameter, an input, an op's version, a source: each makes another key", () => {
  const add = (
    params: FakeStep["params"],
    from = "a",
    op: FakeStep["op"] = ops.add,
    sources: string[] = [],
  ) =>
    keyOf(
      preimage([a, b, { name: "c", op, inputs: { number: from }, params: params ?? {} }], sources),
    );
  const keys = [
    add({ amount: 1 }),
    add({ amount: 2 }),
    add({ amount: 1, seed: 0 }),
    add({ amount: 1 }, "b"),
    add({ amount: 1 }, "a", { ...ops.add, version: 2 }),
    add({ amount: 1 }, "a", { ...ops.add, name: "plus" }),
    add({ amount: 1 }, "a", { ...ops.add, numerics: "decant" }),
    add({ amount: 1 }, "a", { ...ops.add, volatile: true }),
    add({ amount: 1 }, "a", ops.add, ["e"]),
    add({ amount: 1 }, "a", ops.add, ["f"]),
  ];
  assert.equal(new Set(keys).size, keys.length);
});

Deno.test("of an input that is read in parts, only the digests of those parts and of meta are in the key", () => {
  // Artifacts a and b differ in their fraction alone.
  const whole = (from: string) =>
    preimage([a, b, { name: "c", op: ops.whole, inputs: { number: from } }]);
  assert.equal(keyOf(whole("a")), keyOf(whole("b")));
  assert.deepEqual(whole("a").inputs, { number: { meta: digit("0"), whole: digit("1") } });
});

Deno.test("a list of inputs keeps its order in the key", () => {
  const sum = (numbers: string[]) =>
    keyOf(preimage([a, b, { name: "c", op: ops.sum, inputs: { numbers } }]));
  assert.notEqual(sum(["a", "b"]), sum(["b", "a"]));
});

Deno.test("the machine is in the keys of volatile ops alone", () => {
  const timed = preimage([a, { name: "c", op: ops.clock, inputs: { model: "a" } }]);
  assert.equal(timed.host, "this machine");
  assert.equal(preimage([a]).host, null);
});

Deno.test("what JSON cannot say is refused, never dropped from a key", () => {
  assert.throws(() => keyOf(preimage([{ ...a, params: { value: NaN } }])));
  assert.throws(() => keyOf(preimage([{ ...a, params: { value: Infinity } }])));
});

Deno.test("the code of an op of one's own is in its key; two sources have their places", () => {
  const op = { ...ops.file, code: digit("c"), source: () => ["./a", "./b"] };
  const found = preimage([{ name: "x", op, params: { from: ["./b", "./a", "./c"] } }], ["e", "f"]);
  assert.equal(found.code, digit("c"));
  assert.equal("code" in preimage([a]), false);
  assert.deepEqual(found.params, { from: [{ source: 1 }, { source: 0 }, "./c"] });
  const twice = { ...op, source: () => ["./a", "./a"] };
  const same = preimage([{ name: "x", op: twice, params: { from: ["./a"] } }], ["e", "e"]);
  assert.deepEqual(
    same.params,
    { from: [{ source: 0 }] },
    "of equal ones the first stands for both",
  );
});

Deno.test("parts are named in order, meta among them; one that an artifact has not is null", () => {
  const op = (parts: readonly string[]) => ({
    ...ops.whole,
    inputs: { number: { ...ops.whole.inputs.number, parts: () => parts } },
  });
  assert.deepEqual(partsRead(op(["whole", "fraction"]), "number", {}), [
    "fraction",
    "meta",
    "whole",
  ]);
  assert.deepEqual(partsRead(op(["meta"]), "number", {}), ["meta"]);
  assert.equal(partsRead(ops.add, "number", {}), undefined);
  assert.equal(partsRead(ops.add, "nothing", {}), undefined);
  const gone = preimage([a, { name: "c", op: op(["gone"]), inputs: { number: "a" } }]);
  assert.deepEqual(gone.inputs, { number: { gone: null, meta: digit("0") } });
});

Deno.test("a reference is the digest of what it names, in lists and maps; a place that is none is a fault", () => {
  const bound = (params: FakeStep["params"], path: string) => {
    const like = { name: "x", op: ops.like, params: params!, references: { [path]: "a" } };
    return boundParams(graphOf([a, like]).nodes[1]!, () => artifact("a"));
  };
  assert.deepEqual(bound({ list: [1, { of: "a", at: 2 }] }, "list.1.of"), {
    list: [1, { of: digit("a"), at: 2 }],
  });
  assert.deepEqual(bound({}, "teacher"), { teacher: digit("a") });
  assert.throws(
    () => bound({ list: null }, "list.of"),
    new Error('internal: no parameter at "of" to put a reference in'),
  );
  assert.throws(() => bound({ list: "x" }, "list.of"), /no parameter at "of"/);
  assert.equal(partsReferenced("model"), undefined);
});
