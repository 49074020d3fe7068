import assert from "node:assert/strict";
import { archiveWeights } from "../../../../ops/formats/keras/archive_weights.ts";
import type { Group } from "../../../../ops/formats/keras/hdf5/hdf5_file.ts";

/** Arrays by their paths, each a number. */
type Arrays = Readonly<Record<string, number>>;

/** A group whose arrays are these. */
function group(arrays: Arrays, prefix = ""): Group {
  return {
    group: (path: string) => group(arrays, `${prefix}${path}/`),
    array: (path: string) => {
      const value = arrays[`${prefix}${path}`];
      return value === undefined ? undefined : { shape: [1], values: Float32Array.of(value) };
    },
  } as unknown as Group;
}

const layer = (className: string, name: string, config: object = {}) => ({
  "class_name": className,
  module: "keras.layers",
  config: { name, ...config },
});
const model = (...layers: object[]) => ({ "class_name": "Functional", config: { layers } });

const named = (layers: object, arrays: Arrays) =>
  Object.fromEntries(
    [...archiveWeights(layers as never, group(arrays))].map(([name, { values }]) => [
      name,
      values[0],
    ]),
  );

Deno.test("layers of a class are numbered, their weights too, in the order that the class makes them", () => {
  const layers = model(
    layer("Dense", "a"),
    layer("BatchNormalization", "n", { scale: false }),
    layer("Dense", "b", { "use_bias": false }),
  );
  assert.deepEqual(
    named(layers, {
      "layers/dense/vars/0": 1,
      "layers/dense/vars/1": 2,
      "layers/batch_normalization/vars/0": 3,
      "layers/batch_normalization/vars/1": 4,
      "layers/batch_normalization/vars/2": 5,
      "layers/dense_1/vars/0": 6,
    }),
    {
      "a/kernel": 1,
      "a/bias": 2,
      "n/beta": 3,
      "n/moving_mean": 4,
      "n/moving_variance": 5,
      "b/kernel": 6,
    },
  );
});

Deno.test("weights of models and layers within one another have the names around them", () => {
  const inner = { ...model(layer("Dense", "d")), module: "keras" };
  const lstm = layer("LSTM", "l", { "use_bias": false });
  const layers = model(
    { ...inner, config: { ...inner.config, name: "m" } },
    layer("Bidirectional", "bi", { layer: lstm }),
    layer("TimeDistributed", "t", { layer: layer("Dense", "e") }),
    layer("MultiHeadAttention", "h", { "use_bias": false }),
  );
  assert.deepEqual(
    named(layers, {
      "layers/functional/layers/dense/vars/0": 1,
      "layers/bidirectional/forward_layer/cell/vars/0": 2,
      "layers/bidirectional/backward_layer/cell/vars/1": 3,
      "layers/time_distributed/layer/vars/1": 4,
      "layers/multi_head_attention/query_dense/vars/0": 5,
      "layers/multi_head_attention/output_dense/vars/0": 6,
    }),
    {
      "m/d/kernel": 1,
      "bi/forward_l/kernel": 2,
      "bi/backward_l/recurrent_kernel": 3,
      "t/e/bias": 4,
      "h/query/kernel": 5,
      "h/attention_output/kernel": 6,
    },
  );
});

Deno.test("a function among the layers has no folder and takes no number", () => {
  const layers = model(
    { ...layer("Add", "f"), module: "keras.src.ops.numpy" },
    layer("PReLU", "p"),
    layer("Add", "g"),
    layer("Unheard", "u"),
  );
  assert.deepEqual(named(layers, { "layers/p_re_lu/vars/0": 1 }), { "p/alpha": 1 });
});

Deno.test("a class that is called as every object has a name, or by no text, is one without weights", () => {
  const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`);
  const odd = model(layer("constructor", "a"), layer(deep, "b"), layer("Dense", deep));
  assert.deepEqual(named(odd, { "layers/dense/vars/0": 1, "layers/constructor/vars/0": 2 }), {
    "/kernel": 1,
  });
});
