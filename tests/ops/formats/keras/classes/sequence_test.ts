import assert from "node:assert/strict";
import type { Reading } from "../../../../../ops/formats/keras/assembly.ts";
import { configOf } from "../../../../../ops/formats/keras/config.ts";
import { embedding, lstm } from "../../../../../ops/formats/keras/classes/sequence.ts";
import type { FileWeight } from "../../../../../ops/formats/keras/assembly.ts";

/** A reading of one layer with this config, and what it adds. */
function reading(
  config: object,
  inputs: readonly (readonly number[])[],
  weights: Readonly<Record<string, FileWeight>>,
) {
  const added: [layer: unknown, weights: object][] = [];
  const prepared: unknown[] = [];
  const of = {
    name: "a",
    config: configOf("a", "Layer", config as never),
    inputs: inputs.map((_, i) => `x${i}`),
    shapes: inputs,
    first: true,
    leaves: false,
    weight: (name: string) => weights[name],
    add: (layer: unknown, weights: object) => void added.push([layer, weights]),
    preprocess: (found: unknown) => void prepared.push(found),
    head: () => {},
    fuse: () => false,
    input: () => {},
  } as unknown as Reading;
  return { of, added, prepared };
}
const weight = (shape: readonly number[], ...values: number[]): FileWeight => ({
  shape,
  values: Float32Array.from(values),
});

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
  const [layer, weights] = added[0] as [{ gates: string }, { bias: FileWeight }];
  assert.deepEqual([layer.gates, weights.bias], ["hard-sigmoid", weight([4], 0, 0, 0, 0)]);
});

Deno.test("what an LSTM or an embedding does besides is refused", () => {
  const wrong = (read: typeof lstm, config: object, message: RegExp) =>
    assert.throws(() => read(reading({ units: 1, ...config }, [[5, 1]], gates).of), message);
  wrong(lstm, { activation: "relu" }, /its activation is "relu", only tanh/);
  wrong(lstm, { "recurrent_activation": "relu" }, /gates' activation `relu` cannot be read/);
  wrong(lstm, { "go_backwards": true }, /`go_backwards` cannot be read/);
  wrong(embedding, { "mask_zero": true }, /hides token 0/);
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
  assert.equal(
    said(lstm, { activation: "relu" }),
    'its activation is "relu", only tanh can be read',
  );
  assert.equal(
    said(lstm, { "recurrent_activation": "relu" }),
    "its gates' activation `relu` cannot be read",
  );
  for (const field of ["go_backwards", "stateful", "return_state"]) {
    assert.equal(said(lstm, { [field]: true }), `\`${field}\` cannot be read`);
  }
  assert.equal(
    said(embedding, { "mask_zero": true }),
    "it hides token 0 from the layers behind it (mask_zero), which none can read",
  );
});
