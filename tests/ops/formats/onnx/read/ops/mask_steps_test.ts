import assert from "node:assert/strict";
import { DataType, type ModelProto } from "../../../../../../engine/deps/onnx_buf.ts";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { maskStep, tokenMeanStep } from "../../../../../../ops/formats/onnx/read/ops/mask_steps.ts";
import { readOnnx } from "../../../../../../ops/formats/onnx/read/read_onnx.ts";
import type { Model } from "../../../../../../ops/model/model.ts";
import { assertClose } from "../../../../../close.ts";
import { exportedBytes } from "../../support/exported.ts";
import { answersOf, graphFile, kindsOf } from "../one_graph.ts";

const number = (g: OnnxGraph, value: number) => g.constant("v", Float32Array.of(value), []);
const ints = (g: OnnxGraph, ...values: number[]) =>
  g.constant("i", BigInt64Array.from(values, BigInt), [values.length]);
const table = (g: OnnxGraph) =>
  g.constant("w", Float32Array.from({ length: 20 }, (_, i) => Math.sin(i * 1.3)), [5, 4]);

/** A model of tokens and, beside them, a mask. */
function model(
  build: (g: OnnxGraph, rows: string, mask: string, ids: string) => string,
): Model {
  const file = graphFile([3], (g, ids) => {
    const rows = g.node("rows", "Gather", [table(g), ids]);
    return build(g, rows, "attention_mask", ids);
  }, {
    change({ graph }: ModelProto) {
      const [ids] = graph!.input;
      const type = structuredClone(ids!.type!);
      if (type.value.case === "tensorType") type.value.value.elemType = DataType.INT64;
      graph!.input.push({ ...ids!, name: "attention_mask", type });
    },
  });
  return readOnnx(file, "a.onnx");
}

/** Attention of one head of the rows to themselves, with something done to the scores. */
const attention = (
  masked: (g: OnnxGraph, scores: string, mask: string, ids: string) => string,
) =>
(g: OnnxGraph, rows: string, mask: string, ids: string) => {
  const heads = (order: number[]) =>
    g.node("h", "Transpose", [g.node("p", "Reshape", [rows, ints(g, 0, 3, 1, 4)])], {
      perm: { ints: order },
    });
  const scores = g.node("s", "MatMul", [heads([0, 2, 1, 3]), heads([0, 2, 3, 1])]);
  const shares = g.node("a", "Softmax", [masked(g, scores, mask, ids)], { axis: { int: -1 } });
  const mixed = g.node("m", "MatMul", [shares, heads([0, 2, 1, 3])]);
  const back = g.node("b", "Transpose", [mixed], { perm: { ints: [0, 2, 1, 3] } });
  return g.node("o", "Reshape", [back, ints(g, 0, 3, 4)]);
};

const wide = (g: OnnxGraph, mask: string) => g.node("u", "Unsqueeze", [mask, ints(g, 1, 2)]);
const float = (g: OnnxGraph, mask: string, to = 1) =>
  g.node("c", "Cast", [mask], { to: { int: to } });

/** Rows of each token as the table has them. */
const row = (token: number) => [0, 1, 2, 3].map((i) => Math.sin((token * 4 + i) * 1.3));

/** Attention by hand: queries of all tokens, keys of those that are not `pad`. */
function byHand(tokens: readonly number[], pad: number): number[] {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  return tokens.flatMap((query) => {
    const shares = tokens.map((key) => key === pad ? 0 : Math.exp(dot(row(query), row(key))));
    const whole = shares.reduce((sum, share) => sum + share, 0);
    return [0, 1, 2, 3].map((i) =>
      tokens.reduce((sum, key, at) => sum + shares[at]! / whole * row(key)[i]!, 0)
    );
  });
}

/** A low number where min(|ids · factor − 2|, most) is `of`. */
function byDistance(
  g: OnnxGraph,
  ids: string,
  { factor = 1, most = 1, of = 0, turn = "Abs" }: {
    readonly factor?: number;
    readonly most?: number;
    readonly of?: number;
    readonly turn?: "Abs" | "Relu";
  },
): string {
  const shared = (value: number) => g.shared(`${value}`, Float32Array.of(value), []);
  const scaled = factor === 1 ? ids : g.node("f", "Mul", [ids, shared(factor)]);
  const distance = g.node("d", turn, [g.node("g", "Sub", [scaled, shared(2)])]);
  const test = g.node("q", "Equal", [g.node("k", "Min", [distance, shared(most)]), shared(of)]);
  return g.node("l", "Mul", [wide(g, float(g, test)), shared(-1e9)]);
}

Deno.test("another distance than that from one token is no mask", () => {
  for (const other of [{ factor: 2 }, { most: 2 }, { of: 1 }, { turn: "Relu" }] as const) {
    const build = attention((g, scores, _mask, ids) =>
      g.node("n", "Add", [scores, byDistance(g, ids, other)])
    );
    assert.throws(() => model(build), /Equal\): it is read as a part of a mask of tokens alone/);
  }
});

Deno.test("every way to add a mask to scores hides the same tokens", async () => {
  const ways: Readonly<Record<string, Parameters<typeof attention>[0]>> = {
    "(1 − mask) times a low number": (g, scores, mask) => {
      const gap = g.node("g", "Sub", [number(g, 1), float(g, wide(g, mask))]);
      return g.node("n", "Add", [scores, g.node("l", "Mul", [gap, number(g, -3e38)])]);
    },
    "chosen by its opposite, as long as the queries": (g, scores, mask) => {
      const whole = g.node("e", "Expand", [wide(g, mask), ints(g, 1, 1, 3, 3)]);
      const gap = g.node("g", "Sub", [number(g, 1), float(g, whole)]);
      const low = g.node("w", "Where", [float(g, gap, 9), number(g, -1e9), gap]);
      return g.node("n", "Add", [scores, low]);
    },
    "scores filled where it is 0": (g, scores, mask) => {
      const test = g.node("q", "Equal", [mask, g.constant("z", BigInt64Array.of(0n), [])]);
      const whole = g.node("r", "Reshape", [test, ints(g, 0, 1, 1, 3)]);
      return g.node("n", "Where", [whole, number(g, -1e9), scores]);
    },
    "scores kept where it is not": (g, scores, mask) =>
      g.node("n", "Where", [float(g, wide(g, mask), 9), scores, number(g, -1e9)]),
    "by the tokens themselves": (g, scores, _mask, ids) => {
      const test = float(g, g.node("q", "Equal", [ids, number(g, 0)]));
      const low = g.node("l", "Mul", [wide(g, test), number(g, -1e9)]);
      return g.node("n", "Add", [scores, low]);
    },
    "by another token that is padding": (g, scores, _mask, ids) => {
      const test = float(g, g.node("q", "Equal", [ids, number(g, 2)]));
      return g.node("n", "Add", [scores, g.node("l", "Mul", [wide(g, test), number(g, -1e9)])]);
    },
    "by the distance from another token that is padding": (g, scores, _mask, ids) =>
      g.node("n", "Add", [scores, byDistance(g, ids, {})]),
  };
  for (const [name, way] of Object.entries(ways)) {
    const read = model(attention(way));
    const pad = name.includes("another token") ? 2 : 0;
    assert.deepEqual(kindsOf(read).filter((kind) => kind === "attention").length, 1, name);
    const found = await answersOf(read, 2, [3, 1, pad, 4, 3, 1]);
    assertClose(found, [...byHand([3, 1, pad], pad), ...byHand([4, 3, 1], pad)], 1e-5);
    assert.deepEqual(read.inputs.map(({ name }) => name), ["x"]);
  }
});

Deno.test("tokens that a mask makes padding are as they come in", async () => {
  const read = model((g, _rows, mask, ids) => {
    const pad = g.constant("p", BigInt64Array.of(0n), []);
    const tokens = g.node("t", "Where", [float(g, mask, 9), ids, pad]);
    return g.node("n", "Gather", [table(g), tokens]);
  });
  assert.deepEqual(kindsOf(read), ["embedding"]);
  assertClose(await answersOf(read, 1, [1, 0, 2]), [...row(1), ...row(0), ...row(2)]);
});

Deno.test("the mean over tokens is one layer, with the axis or without", async () => {
  const read = readOnnx(exportedBytes("sentence_eager"), "a.onnx");
  assert.equal(kindsOf(read).at(-1), "token-mean");
  const mean = (kept: number) => (g: OnnxGraph, rows: string, mask: string) => {
    const marks = g.node("e", "Expand", [
      g.node("u", "Unsqueeze", [mask, ints(g, 2)]),
      ints(g, 1, 3, 4),
    ]);
    const sum = (of: string) =>
      g.node("s", "ReduceSum", [of, ints(g, 1)], { keepdims: { int: kept } });
    const count = g.node("c", "Clip", [sum(float(g, marks)), number(g, 1e-9)]);
    return g.node("n", "Div", [sum(g.node("m", "Mul", [rows, float(g, marks)])), count]);
  };
  for (const kept of [0, 1]) {
    const found = await answersOf(model(mean(kept)), 1, [1, 3, 0]);
    assertClose(found, row(1).map((value, i) => (value + row(3)[i]!) / 2), 1e-6);
  }
});

Deno.test("a mask that does something else is refused", () => {
  const refused = (
    build: Parameters<typeof model>[0],
    pattern: RegExp,
  ) => assert.throws(() => model(build), pattern);
  refused(
    attention((g, scores, mask) => g.node("n", "Add", [scores, float(g, wide(g, mask))])),
    /in attention and in means over tokens alone/,
  );
  refused(
    (g, rows, mask) =>
      g.node("n", "Add", [rows, float(g, g.node("u", "Unsqueeze", [mask, ints(g, 2)]))]),
    /in attention and in means over tokens alone/,
  );
  refused(
    attention((g, scores, mask) =>
      g.node("n", "Where", [float(g, wide(g, mask), 9), number(g, -1e9), scores])
    ),
    /it chooses by a mask of tokens what no layer does/,
  );
  refused((g, _rows, mask) => g.node("n", "ReduceSum", [mask, ints(g, 0)]), /sums a mask/);
  refused((g, _rows, mask) => g.node("n", "Relu", [mask]), /a value inside a mask of tokens/);
  assert.deepEqual([maskStep.length, tokenMeanStep.length], [2, 1]);
});
