import assert from "node:assert/strict";
import {
  bidirectional,
  embedding,
  recurrent,
  rnn,
} from "../../../../../ops/formats/keras/classes/sequence.ts";
import type { FileWeight } from "../../../../../ops/formats/keras/assembly.ts";
import type { Reading } from "../../../../../ops/formats/keras/assembly.ts";
import { lines, reading, weight } from "./one_reading.ts";
import { assertAnswers, singles } from "../support/saved.ts";

const lstm = (of: Reading) => recurrent("LSTM", of);

const gates = {
  kernel: weight([1, 4], 1, 2, 3, 4),
  "recurrent_kernel": weight([1, 4], 5, 6, 7, 8),
  bias: weight([4], 9, 9, 9, 9),
};

Deno.test("an LSTM's two kernels become one, input rows first, under the cell's name too", () => {
  const named = Object.fromEntries(
    Object.entries(gates).map(([name, each]) => [`lstm_cell/${name}`, each]),
  );
  for (const weights of [gates, named]) {
    const { of, added } = reading(
      { units: 1, "recurrent_activation": "sigmoid" },
      [[5, 1]],
      weights,
    );
    assert.equal(lstm(of), "a");
    assert.deepEqual(added[0], [
      { name: "a", kind: "recurrent", inputs: ["x0"], units: 1, sequence: false, gates: "sigmoid" },
      { kernel: weight([2, 4], 1, 2, 3, 4, 5, 6, 7, 8), bias: gates.bias },
    ]);
  }
});

Deno.test("gates are hard where Keras's first versions say nothing; a missing bias is 0", () => {
  const { of, added } = reading({ units: 1, "use_bias": false }, [[5, 1]], gates);
  lstm(of);
  const [layer, weights] = added[0] as unknown as [{ gates: string }, { bias: FileWeight }];
  assert.deepEqual([layer.gates, weights.bias], ["hard-sigmoid", weight([4], 0, 0, 0, 0)]);
});

Deno.test("kernels of two units are joined, a missing bias is 0 for each gate of each", () => {
  const counted = (from: number, length: number) =>
    Float32Array.from({ length }, (_, i) => from + i);
  const weights = {
    kernel: { shape: [1, 8], values: counted(0, 8) },
    "recurrent_kernel": { shape: [2, 8], values: counted(8, 16) },
  };
  const { of, added } = reading({ units: 2, "use_bias": false }, [[5, 1]], weights);
  lstm(of);
  assert.deepEqual(added[0]![1], {
    kernel: { shape: [3, 8], values: counted(0, 24) },
    bias: weight([8], 0, 0, 0, 0, 0, 0, 0, 0),
  });
  assert.throws(() => lstm(reading({ units: 2 }, [[5, 1]], weights).of), {
    message: 'Cannot read layer "a" (Layer): the file has no weight `bias` for it',
  });
});

Deno.test("what an LSTM or an embedding does besides is refused with a whole sentence", () => {
  const said = (read: typeof lstm, config: object) => {
    try {
      read(reading({ units: 1, ...config }, [[5, 1]], gates).of);
    } catch (error) {
      return (error as Error).message.replace('Cannot read layer "a" (Layer): ', "");
    }
  };
  assert.equal(said(lstm, { activation: "elu" }), 'its activation "elu" cannot be read');
  assert.equal(
    said(lstm, { "recurrent_activation": 3 }),
    "its gates' activation 3 cannot be read",
  );
  for (const field of ["stateful", "return_state", "time_major"]) {
    assert.equal(said(lstm, { [field]: true }), `\`${field}\` cannot be read`);
  }
});

/** Weights of a cell with so many gates of one unit, for sequences of one number. */
const cell = (gates: number, biases = gates) => ({
  kernel: weight([1, gates], ...Array(gates).fill(1)),
  "recurrent_kernel": weight([1, gates], ...Array(gates).fill(2)),
  bias: weight([biases], ...Array(biases).fill(3)),
});

Deno.test("other cells, activations and directions are layers that go step by step", () => {
  const read = (
    className: "LSTM" | "GRU" | "SimpleRNN",
    config: object,
    keras: 2 | 3,
    biases?: number,
  ) => {
    const gates = { LSTM: 4, GRU: 3, SimpleRNN: 1 }[className];
    const { of, added } = reading({ units: 1, ...config }, [[5, 1]], cell(gates, biases), {
      keras,
    });
    recurrent(className, of);
    return added.map(([{ name, inputs: _inputs, ...layer }]) => ({ name, ...layer }));
  };
  const common = { kind: "rnn", units: 1, sequence: false };
  assert.deepEqual(read("LSTM", { activation: "relu" }, 3), [
    { name: "a", ...common, cell: "lstm", nonlinearity: "relu", gates: "sigmoid" },
  ]);
  assert.deepEqual(read("LSTM", { "recurrent_activation": "hard_sigmoid" }, 3), [
    { name: "a", ...common, cell: "lstm", nonlinearity: "tanh", gates: "hard-sigmoid-6" },
  ]);
  assert.deepEqual((read("GRU", {}, 3, 6)[0] as { cell?: string }).cell, "gru-after");
  assert.deepEqual((read("GRU", {}, 2)[0] as { cell?: string }).cell, "gru");
  assert.deepEqual(read("SimpleRNN", { "go_backwards": true }, 3), [
    { name: "a.reversed", kind: "reverse" },
    { name: "a", ...common, cell: "simple", nonlinearity: "tanh", gates: "tanh" },
  ]);
  assert.throws(
    () => read("GRU", {}, 3),
    /its bias has 3 numbers, it needs 6/,
  );
});

Deno.test("a cell in an RNN is read as its layer", () => {
  const config = {
    cell: { "class_name": "GRUCell", config: { units: 1, "reset_after": false } },
    "return_sequences": true,
  };
  const { of, added } = reading(config, [[5, 1]], cell(3));
  assert.equal(rnn(of), "a");
  assert.deepEqual([added[0]![0].kind, (added[0]![0] as { sequence: boolean }).sequence], [
    "rnn",
    true,
  ]);
  const stacked = { cell: { "class_name": "StackedRNNCells", config: {} } };
  assert.throws(
    () => rnn(reading(stacked, [[5, 1]]).of),
    /its cell StackedRNNCells cannot be read/,
  );
  assert.throws(
    () => rnn(reading({ cell: { config: {} } }, [[5, 1]]).of),
    /its cell without a class cannot be read/,
  );
});

Deno.test("there and back again: the way back is turned where all its steps are read", () => {
  const sides = Object.fromEntries(
    ["forward_l", "backward_l"].flatMap((side) =>
      Object.entries(cell(4)).map(([name, each]) => [`${side}/lstm_cell/${name}`, each])
    ),
  );
  const read = (config: object, own: object = {}) => {
    const layer = { "class_name": "LSTM", config: { name: "l", units: 1, ...own } };
    const { of, added } = reading({ layer, ...config }, [[5, 1]], sides);
    bidirectional(of);
    return lines(added);
  };
  assert.deepEqual(read({}, { "return_sequences": true }), [
    "a.forward recurrent < x0",
    "a.backward.reversed reverse < x0",
    "a.backward recurrent < a.backward.reversed",
    "a.backward.turned reverse < a.backward",
    "a concat < a.forward a.backward.turned",
  ]);
  assert.deepEqual(read({ "merge_mode": "sum" }).at(-1), "a combine < a.forward a.backward");
  assert.deepEqual(read({ "merge_mode": "mul" }).at(-1), "a combine < a.forward a.backward");
  assert.deepEqual(read({ "merge_mode": "ave" }).slice(-2), [
    "a.sum combine < a.forward a.backward",
    "a function < a.sum",
  ]);
  assert.throws(() => read({ "merge_mode": null }), /its merge_mode null cannot be read/);
  assert.throws(
    () => bidirectional(reading({ layer: { "class_name": "Dense" } }, [[5, 1]]).of),
    /its layer Dense cannot be read/,
  );
  assert.throws(
    () => bidirectional(reading({ layer: { "class_name": "constructor" } }, [[5, 1]]).of),
    /its layer constructor cannot be read/,
  );
});

for (const name of singles(/^(LSTM|GRU|SimpleRNN|RNN|Bidirectional|TimeDistributed|Embedding)/)) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

Deno.test("tokens of an embedding are a mask of its rows, where 0 is hidden; 1 stands for true", () => {
  const hidden = (config: object) => {
    let mask: string | undefined;
    const weights = { embeddings: weight([4, 1], 1, 2, 3, 4) };
    const fields = { "input_dim": 4, "output_dim": 1, ...config };
    embedding(reading(fields, [[3]], weights, { hides: (found) => void (mask = found) }).of);
    return mask;
  };
  assert.throws(() => hidden({ "mask_zero": 2 }), /`mask_zero` is 2, it should be true or false/);
  assert.deepEqual(
    [true, 1, false, 0].map((flag) => hidden({ "mask_zero": flag })),
    ["x0", "x0", undefined, undefined],
  );
});

Deno.test("steps that a mask hides leave an LSTM of its own cell; backwards the mask is, too", () => {
  const weights = {
    kernel: weight([1, 4], 1, 1, 1, 1),
    "recurrent_kernel": weight([1, 4], 1, 1, 1, 1),
    bias: weight([4], 0, 0, 0, 0),
  };
  const added = (config: object) => {
    const read = reading({ units: 1, ...config }, [[3, 1], [3]], weights, {
      masks: ["x1", undefined],
    });
    recurrent("LSTM", read.of);
    return lines(read.added);
  };
  assert.deepEqual(added({}), ["a rnn < x0 x1"]);
  assert.deepEqual(added({ "go_backwards": true }), [
    "a.reversed reverse < x0",
    "a.mask.rows reshape < x1",
    "a.mask.reversed reverse < a.mask.rows",
    "a.mask reshape < a.mask.reversed",
    "a rnn < a.reversed a.mask",
  ]);
});
