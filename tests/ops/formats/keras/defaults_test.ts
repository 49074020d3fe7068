/** What each Keras class is read as, with Keras's defaults where its config says nothing. */
import assert from "node:assert/strict";
import { modelOfLayer } from "./support/one_keras_layer.ts";

type Row = readonly [
  className: string,
  config: object,
  shape: readonly number[],
  weights: Readonly<Record<string, readonly number[]>>,
  layers: readonly object[],
];

/** The layer `x` reads the input; others stand with their names. */
const rows: readonly Row[] = [
  ["MaxPooling2D", {}, [4, 4, 2], {}, [{
    kind: "max-pool",
    size: [2, 2],
    strides: [2, 2],
    padding: "valid",
    dilations: [1, 1],
  }]],
  ["MaxPooling2D", { "pool_size": [3, 2], strides: null, padding: "same" }, [4, 4, 2], {}, [{
    kind: "max-pool",
    size: [3, 2],
    strides: [3, 2],
    padding: "same",
    dilations: [1, 1],
  }]],
  ["AveragePooling2D", { "pool_size": 2, strides: [1, 2] }, [4, 4, 2], {}, [{
    kind: "average-pool",
    size: [2, 2],
    strides: [1, 2],
    padding: "valid",
    dilations: [1, 1],
  }]],
  ["MaxPooling2D", { "pool_size": 3 }, [4, 4, 2], {}, [{
    kind: "max-pool",
    size: [3, 3],
    strides: [3, 3],
    padding: "valid",
    dilations: [1, 1],
  }]],
  ["UpSampling2D", {}, [4, 4, 2], {}, [{ kind: "upsample", size: [2, 2] }]],
  ["Resizing", { height: 2, width: 3 }, [4, 4, 2], {}, [{
    kind: "resize",
    size: [2, 3],
    by: "bilinear",
  }]],
  ["UpSampling2D", { size: [3, 1] }, [4, 4, 2], {}, [{ kind: "upsample", size: [3, 1] }]],
  ["ZeroPadding2D", {}, [4, 4, 2], {}, [{ kind: "pad", amounts: [[1, 1], [1, 1]] }]],
  ["ZeroPadding2D", { padding: 2 }, [4, 4, 2], {}, [{ kind: "pad", amounts: [[2, 2], [2, 2]] }]],
  ["ZeroPadding2D", { padding: [1, 2] }, [4, 4, 2], {}, [{
    kind: "pad",
    amounts: [[1, 1], [2, 2]],
  }]],
  ["ZeroPadding2D", { padding: [[1, 2], [3, 4]] }, [4, 4, 2], {}, [{
    kind: "pad",
    amounts: [[1, 2], [3, 4]],
  }]],
  ["ZeroPadding2D", { padding: [[1, 2], 3] }, [4, 4, 2], {}, [{
    kind: "pad",
    amounts: [[1, 2], [3, 3]],
  }]],
  ["Cropping2D", {}, [4, 4, 2], {}, [{ kind: "crop", amounts: [[0, 0], [0, 0]] }]],
  ["Cropping2D", { cropping: [[0, 1], [1, 0]] }, [4, 4, 2], {}, [{
    kind: "crop",
    amounts: [[0, 1], [1, 0]],
  }]],
  ["Permute", { dims: [2, 1, 3] }, [4, 4, 2], {}, [{ kind: "permute", order: [1, 0, 2] }]],
  ["ReLU", {}, [4, 4, 2], {}, [{ kind: "activation", activation: "relu" }]],
  ["ReLU", { "max_value": 6 }, [4, 4, 2], {}, [{ kind: "activation", activation: "relu6" }]],
  ["LeakyReLU", { alpha: 0.2 }, [4, 4, 2], {}, [{ kind: "activation", activation: "leaky-relu" }]],
  ["LeakyReLU", { "negative_slope": 0.2 }, [4, 4, 2], {}, [{
    kind: "activation",
    activation: "leaky-relu",
  }]],
  ["ELU", {}, [4, 4, 2], {}, [{ kind: "activation", activation: "elu" }]],
  ["Activation", { activation: "tanh" }, [4, 4, 2], {}, [{
    kind: "activation",
    activation: "tanh",
  }]],
  ["Flatten", {}, [4, 4, 2], {}, [{ kind: "flatten" }]],
  ["Dropout", { rate: 0.25 }, [4, 4, 2], {}, [{ kind: "dropout", rate: 0.25 }]],
  ["Reshape", { "target_shape": [8, -1] }, [4, 4, 2], {}, [{ kind: "reshape", shape: [8, -1] }]],
  ["GlobalAveragePooling2D", {}, [4, 4, 2], {}, [{ kind: "global-average-pool" }]],
  ["GlobalMaxPooling2D", { keepdims: true }, [4, 4, 2], {}, [{ kind: "global-max-pool" }, {
    name: "x.keepdims",
    inputs: ["x"],
    kind: "reshape",
    shape: [1, 1, 2],
  }]],
  ["Dense", { units: 3 }, [2], { kernel: [2, 3], bias: [3] }, [{
    kind: "dense",
    units: 3,
    bias: true,
    activation: "linear",
  }]],
  ["Dense", { units: 3, "use_bias": false, activation: "relu" }, [2], { kernel: [2, 3] }, [{
    kind: "dense",
    units: 3,
    bias: false,
    activation: "relu",
  }]],
  ["Conv2D", { filters: 1, "kernel_size": 3 }, [4, 4, 2], { kernel: [3, 3, 2, 1], bias: [1] }, [{
    kind: "conv",
    filters: 1,
    kernel: [3, 3],
    strides: [1, 1],
    padding: "valid",
    dilations: [1, 1],
    bias: true,
    activation: "linear",
  }]],
  [
    "Conv2D",
    {
      filters: 1,
      "kernel_size": [3, 1],
      strides: 2,
      "dilation_rate": 1,
      padding: "same",
      "use_bias": false,
    },
    [4, 4, 2],
    { kernel: [3, 1, 2, 1] },
    [{
      kind: "conv",
      filters: 1,
      kernel: [3, 1],
      strides: [2, 2],
      padding: "same",
      dilations: [1, 1],
      bias: false,
      activation: "linear",
    }],
  ],
  ["Conv2DTranspose", { filters: 1, "kernel_size": 3 }, [4, 4, 2], {
    kernel: [3, 3, 1, 2],
    bias: [1],
  }, [{
    kind: "conv-transpose",
    filters: 1,
    kernel: [3, 3],
    strides: [1, 1],
    padding: "valid",
    bias: true,
    activation: "linear",
  }]],
  ["DepthwiseConv2D", { "kernel_size": 3 }, [4, 4, 2], {
    "depthwise_kernel": [3, 3, 2, 1],
    bias: [2],
  }, [{
    kind: "depthwise",
    kernel: [3, 3],
    multiplier: 1,
    strides: [1, 1],
    padding: "valid",
    dilations: [1, 1],
    bias: true,
    activation: "linear",
  }]],
  ["DepthwiseConv2D", { "kernel_size": 3, "depth_multiplier": 2, "use_bias": false }, [4, 4, 2], {
    "depthwise_kernel": [3, 3, 2, 2],
  }, [{
    kind: "depthwise",
    kernel: [3, 3],
    multiplier: 2,
    strides: [1, 1],
    padding: "valid",
    dilations: [1, 1],
    bias: false,
    activation: "linear",
  }]],
  ["BatchNormalization", { axis: [3] }, [4, 4, 2], {
    gamma: [2],
    beta: [2],
    "moving_mean": [2],
    "moving_variance": [2],
  }, [{ kind: "batchnorm", epsilon: 0.001, momentum: 0.99, activation: "linear" }]],
  ["BatchNormalization", { scale: false, center: false }, [4, 4, 2], {
    "moving_mean": [2],
    "moving_variance": [2],
  }, [{ kind: "batchnorm", epsilon: 0.001, momentum: 0.99, activation: "linear" }]],
  ["Embedding", { "input_dim": 4, "output_dim": 2 }, [3], { embeddings: [4, 2] }, [{
    kind: "embedding",
    vocabulary: 4,
    size: 2,
  }]],
];

Deno.test("layers are read with the defaults that Keras has", () => {
  for (const [className, config, shape, weights, layers] of rows) {
    const model = modelOfLayer({ className, config, shape, weights });
    const found = model.layers.map(({ name, inputs, ...rest }) =>
      name === "x" && inputs.join() === "in" ? rest : { name, inputs, ...rest }
    );
    assert.deepEqual(found, layers, `${className} ${JSON.stringify(config)}`);
  }
});

Deno.test("a pool whose strides are left out steps by its own size", () => {
  for (const strides of [undefined, null]) {
    const config = { "pool_size": [3, 2], ...strides === null && { strides } };
    const [layer] = modelOfLayer({ className: "AveragePooling2D", config }).layers;
    assert.deepEqual((layer as { readonly strides?: unknown }).strides, [3, 2]);
  }
});

Deno.test("a rescaling behind the input is how samples are prepared, and a linear activation nothing", () => {
  const prepared = (config: object) => modelOfLayer({ className: "Rescaling", config }).preprocess;
  assert.deepEqual(prepared({ scale: 0.5, offset: 1 }), { scale: [0.5], offset: [1] });
  assert.deepEqual(prepared({ scale: [1, 2], offset: [3, 4] }), { scale: [1, 2], offset: [3, 4] });
  assert.deepEqual(prepared({}), { scale: [1], offset: [0] });
  const config = { activation: "linear" };
  assert.deepEqual(modelOfLayer({ className: "Activation", config }).layers, []);
});
