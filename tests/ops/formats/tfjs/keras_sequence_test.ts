import assert from "node:assert/strict";
import type { Reading } from "../../../../ops/formats/tfjs/assembly.ts";
import { configOf } from "../../../../ops/formats/tfjs/config.ts";
import { embedding, lstm } from "../../../../ops/formats/tfjs/keras_sequence.ts";
import type { FileWeight } from "../../../../ops/formats/tfjs/weights_manifest.ts";

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
