import assert from "node:assert/strict";
import type { ModelProto } from "../../../../../../engine/deps/onnx_buf.ts";
import { activations } from "../../../../../../ops/formats/onnx/read/ops/activations.ts";
import { READ } from "../../../../../../ops/formats/onnx/read/ops/mod.ts";
import { answersOf, graphModel, kindsOf } from "../one_graph.ts";
import { assertClose } from "../../../../../close.ts";

const scalar = (value: number) => Float32Array.of(value);

Deno.test("limits are those of inputs or of attributes, and none is none", () => {
  const clip = (low: string | number, high: string | number, opset = 17) =>
    kindsOf(graphModel([3], (g, x) => {
      const bound = (of: string | number) =>
        of === "" ? "" : g.constant("b", scalar(of as number), []);
      return g.node("t", "Tanh", [g.node("n", "Clip", [x, bound(low), bound(high)])]);
    }, { opset }));
  assert.deepEqual(clip("", ""), ["activation+tanh"]);
  assert.deepEqual(clip(0, ""), ["activation+relu", "activation+tanh"]);
  assert.deepEqual(clip(0, 6), ["activation+relu6", "activation+tanh"]);
  assert.deepEqual(clip(0, 5), ["function", "activation+tanh"]);
});

Deno.test("a slope for all is a function; for channels it is learned", async () => {
  const build = (slopes: number[], shape: number[]) =>
    graphModel(
      [2],
      (g, x) => g.node("n", "PRelu", [x, g.constant("s", Float32Array.from(slopes), shape)]),
    );
  assert.deepEqual(kindsOf(build([0.25], [1])), ["function"]);
  const each = build([0.5, 2], [2]);
  assert.deepEqual(kindsOf(each), ["prelu"]);
  assertClose(await answersOf(each, 1, [-1, -1]), [-0.5, -2]);
  assert.throws(() => build([1, 2, 3], [3]), /slopes of shape 3 cannot be read/);
});

Deno.test("what has no form here is refused with a sentence", () => {
  assert.throws(
    () => graphModel([2], (g, x) => g.node("n", "Selu", [x], { alpha: { float: 1 } })),
    /its alpha and gamma are not those/,
  );
  assert.throws(
    () => graphModel([2], (g, x) => g.node("n", "Erf", [x])),
    /a value inside a function that no layer computes/,
  );
  assert.throws(
    () => graphModel([2], (g, x) => g.node("n", "Softmax", [x], { axis: { int: 0 } })),
    /along the batch/,
  );
  const bounds = () =>
    graphModel([2], (g, x) => g.node("n", "Clip", [x, g.constant("b", Uint8Array.of(3), [])]));
  assert.throws(bounds, /its bounds are of integers/);
  assert.deepEqual(Object.keys(activations).filter((op) => !READ.includes(op)), []);
});

Deno.test("before operator set 13 a softmax goes along all axes from its own on, and may where one is longer than 1", () => {
  const of = (opset: number) => ({
    change: ({ opsetImport: [first] }: ModelProto) => void (first!.version = BigInt(opset)),
  });
  const read = (shape: readonly number[], opset: number) =>
    graphModel(shape, (g, x) => {
      const sum = g.node("n", "Softmax", [g.node("t", "Tanh", [x])], { axis: { int: 1 } });
      return g.node("r", "Relu", [sum]);
    }, of(opset));
  for (const shape of [[4, 1, 3], [4, 3, 1], [4, 3]]) {
    assert.throws(() => read(shape, 12), /it goes along several axes/);
    assert.doesNotThrow(() => read(shape, 13));
  }
  assert.deepEqual(kindsOf(read([4, 1], 12)).slice(0, 1), ["activation+tanh"]);
  const usual = (opset: number) => () =>
    graphModel([4, 3], (g, x) => g.node("n", "Softmax", [g.node("t", "Tanh", [x])]), of(opset));
  assert.throws(usual(12), /along several axes/);
  assert.doesNotThrow(usual(13));
});
