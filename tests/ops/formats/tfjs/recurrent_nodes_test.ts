/** Layers that step through sequences, in stock tfjs. */
import assert from "node:assert/strict";
import {
  recurrentNodes,
  reverseNodes,
  rnnNodes,
} from "../../../../ops/formats/tfjs/recurrent_nodes.ts";
import { layerOf, networkOf } from "../../model/support/one_layer.ts";
import { counted, kerasLines, kerasSource } from "./keras_lines.ts";
import { assertWritten } from "./written.ts";

Deno.test("an LSTM has a kernel for what it reads and one for its state", () => {
  const layer = { name: "a", kind: "recurrent", inputs: [], units: 1, sequence: true } as const;
  const weights = { kernel: counted(3, 4), bias: counted(4) };
  const source = kerasSource({ inputs: [[5, 2]], shape: [5, 1], weights });
  assert.deepEqual(kerasLines(recurrentNodes({ ...layer, gates: "hard-sigmoid" }, source)), [
    'LSTM {"units":1,"activation":"tanh","recurrent_activation":"hard_sigmoid","return_sequences":true}',
    "  kernel [2,4] 0 1 2 3 4 5 6 7",
    "  recurrent_kernel [1,4] 8 9 10 11",
    "  bias [4] 0 1 2 3",
  ]);
  const last = { ...layer, sequence: false, gates: "sigmoid" } as const;
  assert.equal(
    kerasLines(recurrentNodes(last, source))[0],
    'LSTM {"units":1,"activation":"tanh","recurrent_activation":"sigmoid","return_sequences":false}',
  );
});

for (const cell of ["simple", "gru", "lstm"] as const) {
  Deno.test(`stock tfjs steps through a sequence as the engine does: ${cell}`, async () => {
    const bends = [["tanh", "sigmoid"], ["relu", "hard-sigmoid"], [
      "tanh",
      "hard-sigmoid-6",
    ]] as const;
    for (const [nonlinearity, gates] of bends) {
      const own = cell === "simple"
        ? { nonlinearity, gates: nonlinearity }
        : { nonlinearity, gates };
      for (const sequence of [true, false]) {
        await assertWritten(
          networkOf(layerOf("rnn", { cell, units: 3, sequence, ...own }), [4, 2]),
        );
      }
    }
  });
}

Deno.test("gates that open by a sixth have weights five sixths as large", () => {
  const layer = { name: "a", kind: "rnn", inputs: ["x"], units: 1, sequence: true } as const;
  const bends = { nonlinearity: "tanh", gates: "hard-sigmoid-6" } as const;
  const lines = (cell: "lstm" | "gru", gates: number) =>
    kerasLines(rnnNodes(
      { ...layer, cell, ...bends },
      kerasSource({
        ...{ inputs: [[2, 1]], shape: [2, 1] },
        weights: {
          kernel: { ...counted(2, gates), data: new Float32Array(2 * gates).fill(6) },
          bias: counted(gates),
        },
      }),
    ));
  assert.deepEqual(lines("lstm", 4), [
    'LSTM {"units":1,"activation":"tanh","return_sequences":true,"recurrent_activation":"hard_sigmoid"}',
    "  kernel [1,4] 5 5 6 5",
    "  recurrent_kernel [1,4] 5 5 6 5",
    `  bias [4] 0 ${Math.fround(5 / 6)} 2 2.5`,
  ]);
  assert.deepEqual(lines("gru", 3)[1], "  kernel [1,3] 5 5 6");
});

Deno.test("rows in the other order are those of a cell that goes back and does nothing else", async () => {
  const layer = { name: "a", kind: "reverse", inputs: ["x"] } as const;
  assert.deepEqual(kerasLines(reverseNodes(layer, kerasSource({ shape: [5, 2] }))), [
    'SimpleRNN {"units":2,"activation":"linear","use_bias":false,"go_backwards":true,"return_sequences":true}',
    "  kernel [2,2] 1 0 0 1",
    "  recurrent_kernel [2,2] uint8 · 1 + 0: 0 0 0 0",
  ]);
  await assertWritten(networkOf(layerOf("reverse", {}), [4, 3]));
});
