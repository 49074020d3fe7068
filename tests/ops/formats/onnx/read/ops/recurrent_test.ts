import assert from "node:assert/strict";
import type { Attributes, OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import "../../../../../../ops/formats/onnx/read/ops/recurrent.ts";
import type { ModelProto } from "../../../../../../engine/deps/onnx_buf.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

/** Where the batch goes to the front of all states, and of the last ones. */
const [ALL, LAST] = [[2, 0, 1, 3], [1, 0, 2]];

/** A recurrent layer of two units over three steps of two numbers; all states. */
const cell = (
  op: string,
  gates: number,
  attributes: Attributes = {},
  directions = 1,
  rest: string[] = [],
  front = ALL,
) =>
(
  g: Parameters<Parameters<typeof graphModel>[1]>[0],
  x: string,
) => {
  const series = (shape: number[], by: number) =>
    g.constant(
      "w",
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * by)),
      shape,
    );
  const steps = g.node("t", "Transpose", [x], { perm: { ints: [1, 0, 2] } });
  const weights = [
    series([directions, gates * 2, 2], 0.7),
    series([directions, gates * 2, 2], 1.3),
    series([directions, gates * 4], 0.4),
  ];
  const states = g.node("n", op, [steps, ...weights, ...rest], {
    ["hidden_size"]: { int: 2 },
    ...attributes,
  });
  return g.node("b", "Transpose", [states], { perm: { ints: front } });
};

const cases: Readonly<Record<string, readonly [ReturnType<typeof cell>, string]>> = {
  LSTM: [cell("LSTM", 4), "recurrent reshape"],
  GRU: [cell("GRU", 3), "rnn reshape"],
  "GRU that resets behind its product": [
    cell("GRU", 3, { ["linear_before_reset"]: { int: 1 } }),
    "rnn reshape",
  ],
  RNN: [cell("RNN", 1), "rnn reshape"],
  "RNN with relu": [cell("RNN", 1, { activations: { strings: ["Relu"] } }), "rnn reshape"],
  "LSTM with hard gates": [
    cell("LSTM", 4, { activations: { strings: ["HardSigmoid", "Tanh", "Tanh"] } }),
    "recurrent reshape",
  ],
  "LSTM back": [
    cell("LSTM", 4, { direction: { string: "reverse" } }),
    "reverse recurrent reverse reshape",
  ],
  "GRU both ways": [
    cell("GRU", 3, { direction: { string: "bidirectional" } }, 2),
    "rnn reverse rnn reverse concat reshape",
  ],
};

for (const [name, [build, kinds]] of Object.entries(cases)) {
  Deno.test(`ONNX Runtime agrees on ${name}`, async () => {
    const model = await assertAsRuntime([3, 2], build, { images: false });
    assert.equal(kindsOf(model).join(" "), kinds);
  });
}

Deno.test("what no layer does is refused", () => {
  const refused = (build: ReturnType<typeof cell>, pattern: RegExp) =>
    assert.throws(() => graphModel([3, 2], build), pattern);
  refused(cell("LSTM", 4, { layout: { int: 1 } }), /steps, then the batch/);
  refused(
    cell("LSTM", 4, { activations: { strings: ["Elu", "Tanh", "Tanh"] } }),
    /: its activation Elu cannot be read$/,
  );
  refused(
    cell("LSTM", 4, { activations: { strings: ["Sigmoid", "Relu", "Tanh"] } }),
    /: its cell and its state have different activations$/,
  );
  refused(cell("LSTM", 4, { direction: { string: "bidirectional" } }), /weights of 1 directions/);
  refused(cell("GRU", 4), /are not of 2 units/);
  refused((g, x) => {
    const first = g.constant("h", Float32Array.of(1, 1), [1, 1, 2]);
    return cell("LSTM", 4, {}, 1, ["", first])(g, x);
  }, /its first state is not 0/);
});

/** The last states are read instead of all. */
function readsLast({ graph }: ModelProto): void {
  const node = graph!.node.find(({ opType }) => opType !== "Transpose" && opType !== "Identity")!;
  node.output.unshift("");
}

for (
  const [op, gates, attributes, directions, layers] of [
    ["LSTM", 4, {}, 1, "lstm recurrent, reshape"],
    ["GRU", 3, { direction: { string: "reverse" } }, 1, "reverse, gru rnn, reshape"],
    [
      ...["RNN", 1, { direction: { string: "bidirectional" } }, 2] as const,
      "rnn.forward rnn, reverse, rnn.backward rnn, rnn concat, reshape",
    ],
  ] as const
) {
  Deno.test(`ONNX Runtime agrees on the last states of ${op}, and no layer makes the others`, async () => {
    const build = cell(op, gates, attributes, directions, [], LAST);
    const model = await assertAsRuntime([3, 2], build, { images: false, change: readsLast });
    const named = model.layers.map(({ name, kind }) =>
      kind === "reverse" || kind === "reshape" ? kind : `${name} ${kind}`
    );
    assert.equal(named.join(", "), layers);
    const whole = model.layers.flatMap((layer) => "sequence" in layer ? [layer.sequence] : []);
    assert.deepEqual(whole, whole.map(() => false));
  });
}

Deno.test("lengths of sequences, peepholes, last cells and bare batches are refused", () => {
  const refused = (op: string, gates: number, rest: (g: OnnxGraph) => string[], pattern: RegExp) =>
    assert.throws(
      () => graphModel([3, 2], (g, x) => cell(op, gates, {}, 1, rest(g))(g, x)),
      pattern,
    );
  // In place of a bias that adds nothing, so that what stands behind it has its place.
  const behind = (places: number, last: string) => [...Array(places).fill(""), last];
  const lengths = (g: OnnxGraph) => g.constant("lengths", Int32Array.of(3), [1]);
  const peepholes = (g: OnnxGraph) => g.constant("p", new Float32Array(6), [1, 6]);
  refused("GRU", 3, (g) => behind(0, lengths(g)), /sequences of different lengths cannot be read/);
  refused("LSTM", 4, (g) => behind(3, peepholes(g)), /its peepholes cannot be read/);
  const zeros = (g: OnnxGraph) => g.constant("zeros", new Float32Array(2), [1, 1, 2]);
  const begun = (g: OnnxGraph, x: string) => cell("LSTM", 4, {}, 1, ["", zeros(g), zeros(g)])(g, x);
  assert.doesNotThrow(() => graphModel([3, 2], begun), "first states of 0");
  const change = ({ graph }: ModelProto) => {
    const node = graph!.node.find(({ opType }) => opType === "LSTM")!;
    node.output = ["", "", ...node.output];
  };
  assert.throws(
    () => graphModel([3, 2], cell("LSTM", 4, {}, 1, [], LAST), { change }),
    /its last cell is read, which no layer gives/,
  );
  assert.throws(
    () => graphModel([3, 2], (g, x) => g.node("n", "LSTM", [x, "", ""], {})),
    /weights W/,
  );
});

Deno.test("weights that are no three axes are of no units", () => {
  const flat = (g: OnnxGraph, x: string) => {
    const steps = g.node("t", "Transpose", [x], { perm: { ints: [1, 0, 2] } });
    const zeros = (...shape: number[]) =>
      g.constant("w", new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
    return g.node("n", "RNN", [steps, zeros(1, 2, 2), zeros(1, 2)], {
      ["hidden_size"]: { int: 2 },
    });
  };
  assert.throws(() => graphModel([3, 2], flat), /its weights 1×2×2 are not of 0 units/);
});
