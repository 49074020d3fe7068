/** What cannot be read of a Keras layer: every sentence. */
import assert from "node:assert/strict";
import { functional, keras, layersModel } from "../../model/support/keras_json.ts";
import { readLayersModel } from "../../../../ops/formats/tfjs/read_layers_model.ts";
import { UnreadableModelError } from "../../../../ops/formats/format.ts";
import { modelOfLayer } from "./support/one_keras_layer.ts";

function said(className: string, config: object, shape: readonly number[]): string | undefined {
  try {
    modelOfLayer({ className, config, shape });
  } catch (error) {
    assert.ok(error instanceof UnreadableModelError, String(error));
    return error.message;
  }
}

const rows: readonly (readonly [string, object, readonly number[], string])[] = [
  ["MaxPooling2D", { padding: "causal" }, [4, 4, 2], "its padding is causal"],
  [
    "MaxPooling2D",
    { "data_format": "channels_first" },
    [4, 4, 2],
    "only data_format channels_last can be read",
  ],
  [
    "UpSampling2D",
    { size: 3, interpolation: "area" },
    [4, 4, 2],
    "its interpolation is area, only nearest and bilinear can be read",
  ],
  [
    "UpSampling2D",
    { "data_format": "channels_first" },
    [4, 4, 2],
    "only data_format channels_last can be read",
  ],
  ["ZeroPadding2D", { padding: [1.5, 1] }, [4, 4, 2], "`padding` is [1.5,1]"],
  ["ZeroPadding2D", { padding: [1, 2, 3] }, [4, 4, 2], "`padding` is [1,2,3]"],
  ["Cropping2D", { cropping: "x" }, [4, 4, 2], '`cropping` is "x"'],
  ["Permute", { dims: [2, 1] }, [4, 4, 2], "`dims` is [2,1]"],
  ["Permute", { dims: [2, 1, 3.5] }, [4, 4, 2], "`dims` is [2,1,3.5]"],
  ["Permute", {}, [4, 4, 2], "`dims` is nothing"],
  ["Dropout", {}, [4, 4, 2], "`rate` is nothing, it should be a number"],
  ["Dense", { units: 3 }, [2], "the file has no weight `kernel` for it"],
  ["Dense", {}, [2], "the file has no weight `kernel` for it"],
  [
    "Conv2DTranspose",
    { filters: 1, "kernel_size": 3, "dilation_rate": 2 },
    [4, 4, 2],
    "it is dilated",
  ],
  [
    "Conv2DTranspose",
    { filters: 1, "kernel_size": 3, "output_padding": 1 },
    [4, 4, 2],
    "its output_padding is given",
  ],
  ["BatchNormalization", { axis: 4 }, [4, 4, 2], "its axis is 4"],
  ["LayerNormalization", { axis: [1] }, [3, 2], "only the last axes can be normalized"],
  [
    "Embedding",
    { "input_dim": 4, "output_dim": 2 },
    [3],
    "the file has no weight `embeddings` for it",
  ],
  [
    "LSTM",
    { units: 1, activation: "elu" },
    [3, 2],
    'its activation "elu" cannot be read',
  ],
  [
    "LSTM",
    { units: 1, "recurrent_activation": "elu" },
    [3, 2],
    `its gates' activation "elu" cannot be read`,
  ],
  ["LSTM", { units: 1, stateful: true }, [3, 2], "`stateful` cannot be read"],
  ["LSTM", { units: 1, "return_state": true }, [3, 2], "`return_state` cannot be read"],
  ["Masking", {}, [3, 2, 2], "it can read sequences alone"],
  [
    "Lambda",
    { function: ["4wEAAAA"] },
    [3, 2],
    "it runs code, and code out of a file is never run; build the model from layers instead, and save it again",
  ],
  ["LSTM", { units: 1 }, [3, 2], "the file has no weight `kernel` for it"],
  ["Dropout", { rate: "x" }, [4, 4, 2], '`rate` is "x", it should be a number'],
  ["UpSampling2D", { size: [1, 2, 3] }, [4, 4, 2], "`size` is [1,2,3], it should be 2 numbers"],
  ["UpSampling2D", { size: "x" }, [4, 4, 2], '`size` is "x", it should be numbers'],
  ["GlobalMaxPooling2D", { keepdims: 2 }, [4, 4, 2], "`keepdims` is 2, it should be true or false"],
  ["Dropout", { rate: 2 }, [4, 4, 2], "its rate cannot be 2"],
  ["InputLayer", {}, [4, 4, 2], "the shape of the model's input is not given"],
  [
    "InputLayer",
    { "batch_shape": [null, 3, null] },
    [4, 4, 2],
    "the input's shape is open: [3,null]",
  ],
  ["InputLayer", { "batch_shape": 3 }, [4, 4, 2], "the shape of the model's input is not given"],
];

Deno.test("a layer that cannot be read is refused by its name and class, with what is in the way", () => {
  for (const [className, config, shape, sentence] of rows) {
    const whole = `Cannot read layer "x" (${className}): ${sentence}`;
    assert.equal(said(className, config, shape), whole, JSON.stringify(config));
  }
});

Deno.test("of a class that is not known it is said what to do", () => {
  for (const className of ["Nope", "toString"]) {
    assert.equal(
      said(className, {}, [2]),
      `Cannot read layer "x" (${className}): this kind of layer cannot be read; ` +
        "build it from other layers of Keras, and save the model again",
    );
  }
});

Deno.test("an input has whole extents of at least one", () => {
  const read = (shape: readonly unknown[]) => said("Flatten", {}, shape as number[]);
  assert.equal(read([1]), undefined);
  for (const shape of [[0], [1.5], ["3"], [2, null]]) {
    assert.equal(
      read(shape),
      `Cannot read layer "in" (InputLayer): the input's shape is open: ${JSON.stringify(shape)}`,
    );
  }
});

Deno.test("layers are joined along an axis, however that is counted", () => {
  const joined = (config: object) => {
    const input = keras("InputLayer", "in", { "batch_input_shape": [null, 4, 4, 2] }, []);
    const layers = [
      input,
      keras("ReLU", "r", {}, ["in"]),
      keras("Concatenate", "x", config, ["in", "r"]),
    ];
    const files = layersModel(functional(layers, ["in"], ["x"]), []);
    const json = JSON.parse(new TextDecoder().decode(files["model.json"]!));
    try {
      return readLayersModel(json, (path) => files[path]!).layers.at(-1);
    } catch (error) {
      return (error as Error).message;
    }
  };
  for (const config of [{}, { axis: -1 }, { axis: 3 }]) {
    assert.deepEqual(joined(config), { name: "x", kind: "concat", inputs: ["in", "r"] });
  }
  for (const axis of [0, 4]) {
    assert.equal(joined({ axis }), `Cannot read layer "x" (Concatenate): its axis is ${axis}`);
  }
});
