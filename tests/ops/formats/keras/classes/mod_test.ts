import assert from "node:assert/strict";
import { configOf } from "../../../../../ops/formats/keras/config.ts";
import { readKerasLayer } from "../../../../../ops/formats/keras/classes/mod.ts";
import { sizeOf } from "../../../../../ops/model/layers.ts";
import { functional, keras, layersModel } from "../../../model/support/keras_json.ts";
import { modelOf } from "../../../model/support/test_data.ts";
import { reading } from "./one_reading.ts";

/** Keras class → the input's shape, its config, its weights, and the booleans that decide how it is read. */
const flagged: Readonly<Record<string, readonly [number[], object, object, string[]]>> = {
  Dense: [[2], { units: 2 }, { kernel: [2, 2], bias: [2] }, ["use_bias"]],
  Conv2D: [
    [4, 4, 2],
    { filters: 3, "kernel_size": 1 },
    { kernel: [1, 1, 2, 3], bias: [3] },
    ["use_bias"],
  ],
  Conv2DTranspose: [
    [4, 4, 2],
    { filters: 3, "kernel_size": 1 },
    { kernel: [1, 1, 3, 2], bias: [3] },
    ["use_bias"],
  ],
  DepthwiseConv2D: [
    [4, 4, 2],
    { "kernel_size": 1 },
    { "depthwise_kernel": [1, 1, 2, 1], bias: [2] },
    ["use_bias"],
  ],
  SeparableConv2D: [
    [4, 4, 2],
    { filters: 3, "kernel_size": 1 },
    { "depthwise_kernel": [1, 1, 2, 1], "pointwise_kernel": [1, 1, 2, 3], bias: [3] },
    ["use_bias"],
  ],
  BatchNormalization: [
    [4, 4, 2],
    {},
    { gamma: [2], beta: [2], ["moving_mean"]: [2], ["moving_variance"]: [2] },
    ["scale", "center"],
  ],
  LayerNormalization: [[3, 2], {}, { gamma: [2], beta: [2] }, ["scale", "center"]],
  LSTM: [
    [3, 2],
    { units: 1 },
    { kernel: [2, 4], "recurrent_kernel": [1, 4], bias: [4] },
    ["use_bias", "return_sequences", "go_backwards", "stateful", "return_state"],
  ],
  GlobalAveragePooling2D: [[4, 4, 2], {}, {}, ["keepdims"]],
  GlobalMaxPooling2D: [[4, 4, 2], {}, {}, ["keepdims"]],
};

for (const [className, [shape, config, weights, flags]] of Object.entries(flagged)) {
  Deno.test(`a boolean written as 0 or 1 is read as one, nothing else is: ${className}`, () => {
    const given = Object.entries(weights).map(([role, shape]) => ({
      name: `x/${role}`,
      shape,
      values: Array(sizeOf(shape)).fill(0.5),
    }));
    const read = (own: object): unknown => {
      const input = keras("InputLayer", "in", { "batch_input_shape": [null, ...shape] }, []);
      const layer = keras(className, "x", { ...config, ...own }, ["in"]);
      try {
        return modelOf(layersModel(functional([input, layer], ["in"], ["x"]), given));
      } catch (error) {
        return (error as Error).message;
      }
    };
    for (const flag of flags) {
      assert.deepEqual(read({ [flag]: 1 }), read({ [flag]: true }), flag);
      assert.deepEqual(read({ [flag]: 0 }), read({ [flag]: false }), flag);
      assert.notDeepEqual(read({ [flag]: 1 }), read({ [flag]: 0 }), flag);
      for (const other of [2, "true", []]) {
        assert.equal(
          read({ [flag]: other }),
          `Cannot read layer "x" (${className}): \`${flag}\` is ${JSON.stringify(other)}, ` +
            "it should be true or false",
        );
      }
    }
  });
}

Deno.test("a class that is not known is refused with those that are, and no word of the engine's is one", () => {
  for (const className of ["StackedRNNCells", "toString", "constructor"]) {
    const reading = { config: configOf("x", className, {}) } as never;
    assert.throws(
      () => readKerasLayer(className, reading),
      /this kind of layer cannot be read; build it from other layers/,
      className,
    );
  }
});

Deno.test("a flattening of each step makes a row of it; what is not known for each step is refused", () => {
  const layer = (name: string) => ({ layer: { ["class_name"]: name, config: { name: "in" } } });
  const { of, added } = reading(layer("Flatten"), [[5, 2, 3]]);
  assert.equal(readKerasLayer("TimeDistributed", of), "a");
  assert.deepEqual(added.map(([each]) => each), [
    { name: "a", kind: "reshape", inputs: ["x0"], shape: [5, 6] },
  ]);
  assert.throws(
    () => readKerasLayer("TimeDistributed", reading(layer("Conv2D"), [[5, 2, 3, 1]]).of),
    /its layer "Conv2D" cannot be read for each step; these can: Flatten, Dense, Activation, /,
  );
  assert.throws(
    () => readKerasLayer("TimeDistributed", reading({}, [[5, 2]]).of),
    /its layer "" cannot be read for each step/,
  );
});

Deno.test("classes that run code or are operations are refused with what helps", () => {
  const refused = (className: string, message: string) =>
    assert.throws(() => readKerasLayer(className, reading({}, [[2]]).of), {
      message: `Cannot read layer "a" (Layer): ${message}`,
    });
  for (const name of ["Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper"]) {
    refused(
      name,
      "it runs code, and code out of a file is never run; build the model from layers instead, " +
        "and save it again",
    );
  }
  for (const name of ["TFOpLambda", "SlicingOpLambda"]) {
    refused(
      name,
      "it is an operation, not a layer; build the model from layers, and save it again",
    );
  }
});
