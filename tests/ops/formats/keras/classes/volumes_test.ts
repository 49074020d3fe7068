import assert from "node:assert/strict";
import {
  conv3d,
  conv3dTranspose,
  convLstm,
} from "../../../../../ops/formats/keras/classes/volumes.ts";
import { assertAnswers, singles } from "../support/saved.ts";
import type { Reading } from "../../../../../ops/formats/keras/assembly.ts";
import { lines, reading, weight } from "./one_reading.ts";

for (const name of singles(/^(Conv3D|ConvLSTM)/)) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

Deno.test("rows and images are volumes with axes 1 long while a convolution steps through them", () => {
  const weights = {
    kernel: weight([2, 1, 4], ...Array(8).fill(1)),
    "conv_lstm_cell/recurrent_kernel": weight([2, 1, 4], ...Array(8).fill(2)),
    bias: weight([4], 0, 1, 2, 3),
  };
  const config = { filters: 1, "kernel_size": [2], "return_sequences": true };
  const { of, added } = reading(config, [[3, 4, 1]], weights);
  assert.equal(convLstm(1, of), "a.states");
  assert.deepEqual(lines(added), [
    "a.volumes reshape < x0",
    "a conv-lstm < a.volumes",
    "a.states reshape < a",
  ]);
  // Of each place in the window the row that meets what enters, then that of the state.
  const { kernel } = added[1]![1];
  assert.deepEqual(kernel!.shape, [1, 2, 1, 2, 4]);
  assert.deepEqual([...kernel!.values], [1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2]);
  assert.equal((added[1]![0] as { gates?: string }).gates, "hard-sigmoid");
});

Deno.test("what the layers cannot be is refused", () => {
  const volume = [[4, 4, 4, 3]];
  const refused = (read: (of: Reading) => string, config: object, why: RegExp) =>
    assert.throws(() => read(reading({ filters: 2, ...config }, volume, weights).of), why);
  const weights = { kernel: weight([1, 1, 1, 3, 2], 1, 1, 1, 1, 1, 1), bias: weight([2], 0, 0) };
  refused(conv3d, {}, /`kernel_size` is not given/);
  refused(conv3d, { "kernel_size": 1, padding: "causal" }, /its padding is causal/);
  refused(conv3d, { "kernel_size": 1, groups: 2 }, /its 2 groups do not divide its channels/);
  refused(conv3dTranspose, { "kernel_size": 1, "dilation_rate": 2 }, /it is dilated/);
  refused(
    conv3dTranspose,
    { "kernel_size": 1, "output_padding": 0 },
    /its output_padding is given/,
  );
  refused(conv3dTranspose, { "kernel_size": 2 }, /its kernel is of another size/);
  refused((of) => convLstm(2, of), { stateful: true }, /`stateful` cannot be read/);
});

Deno.test("kernels of a ConvLSTM that are not of its window are refused", () => {
  const kernels = {
    kernel: weight([2, 1, 4], ...Array(8).fill(1)),
    "conv_lstm_cell/recurrent_kernel": weight([4], ...Array(4).fill(2)),
    bias: weight([4], 0, 1, 2, 3),
  };
  const { of } = reading({ filters: 1, "kernel_size": [2] }, [[3, 4, 1]], kernels);
  assert.throws(() => convLstm(1, of), /its kernels are not of its window/);
});
