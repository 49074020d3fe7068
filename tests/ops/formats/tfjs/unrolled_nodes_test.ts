/** Cells that are written step by step, in stock tfjs. */
import assert from "node:assert/strict";
import { unrolledNodes } from "../../../../ops/formats/tfjs/unrolled_nodes.ts";
import { layerOf, networkOf } from "../../model/support/one_layer.ts";
import { masked } from "../masked_network.ts";
import { counted, kerasLines, kerasSource } from "./keras_lines.ts";
import { assertWritten } from "./written.ts";

const bends = { nonlinearity: "tanh", gates: "sigmoid" } as const;

Deno.test("stock tfjs resets behind the product as the engine does", async () => {
  for (const sequence of [true, false]) {
    for (const gates of ["sigmoid", "hard-sigmoid-6"] as const) {
      const layer = layerOf("rnn", { cell: "gru-after", units: 3, sequence, ...bends, gates });
      await assertWritten(networkOf(layer, [4, 2]));
    }
  }
  const one = layerOf("rnn", { cell: "gru-after", units: 1, sequence: true, ...bends });
  await assertWritten(networkOf(one, [1, 2]));
});

for (const cell of ["simple", "gru", "gru-after", "lstm"] as const) {
  Deno.test(`where a mask is 0 the state stays as it was: ${cell}`, async () => {
    for (const sequence of [true, false]) await assertWritten(masked({ cell, sequence }));
  });
}

Deno.test("a hard sigmoid of Keras 3 behind a state", async () => {
  const layer = layerOf("rnn", {
    ...{ cell: "simple", units: 2, sequence: false },
    ...{ nonlinearity: "hard-sigmoid-6", gates: "hard-sigmoid-6" },
  });
  await assertWritten(networkOf(layer, [3, 2]));
});

Deno.test("a step reads a row of what enters, and the state before it", () => {
  const layer = { name: "a", kind: "rnn", inputs: ["x"], units: 1, sequence: false } as const;
  const weights = { kernel: counted(2, 1), bias: counted(1) };
  const source = kerasSource({ inputs: [[2, 1]], shape: [1], weights });
  const own = { nonlinearity: "tanh", gates: "tanh" } as const;
  assert.deepEqual(kerasLines(unrolledNodes({ ...layer, cell: "simple", ...own }, source)), [
    '.gate1 Dense {"units":1,"use_bias":true} < 0',
    "  kernel [1,1] 0",
    "  bias [1] 0",
    '.steps Reshape {"target_shape":[2,1,1]} < .gate1',
    '.cut Cropping2D {"cropping":[[0,1],[0,0]]} < .steps',
    '.flat Reshape {"target_shape":[1]} < .cut',
    '.none Rescaling {"scale":0,"offset":0} < .flat',
    '.cut_2 Cropping2D {"cropping":[[0,1],[0,0]]} < .steps',
    '.flat_2 Reshape {"target_shape":[1]} < .cut_2',
    '.back1 Dense {"units":1,"use_bias":false} < .none',
    "  kernel [1,1] 1",
    ".add Add {} < .flat_2 .back1",
    '.tanh Activation {"activation":"tanh"} < .add',
    '.cut_3 Cropping2D {"cropping":[[1,0],[0,0]]} < .steps',
    '.flat_3 Reshape {"target_shape":[1]} < .cut_3',
    '.back1_2 Dense {"units":1,"use_bias":false} < .tanh',
    ".add_2 Add {} < .flat_3 .back1_2",
    '.tanh_2 Activation {"activation":"tanh"} < .add_2',
    'Reshape {"target_shape":[1]} < .tanh_2',
  ]);
});

Deno.test("very many steps are refused", () => {
  const layer = layerOf("rnn", { cell: "gru-after", units: 1, sequence: true, ...bends });
  const source = (length: number) =>
    kerasSource({
      ...{ inputs: [[length, 1]], shape: [length, 1] },
      weights: { kernel: counted(2, 3), bias: counted(6) },
    });
  assert.throws(
    () => unrolledNodes(layer, source(513)),
    /Cannot write "layer" for tfjs: it takes 513 steps, which are written one by one, and more than 512/,
  );
  assert.ok(unrolledNodes(layer, source(512)).length > 512);
});
