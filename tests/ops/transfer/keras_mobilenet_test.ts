// deno-lint-ignore-file camelcase -- keys are Keras's
/**
 * A MobileNet as Keras builds and publishes it (padding of its own, BatchNorm and ReLU(6) apart, a classifier that is a
 * convolution behind a reshape and a dropout), small and with noise for weights: where it is cut, and what stands.
 */
import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import { readLayersModel } from "../../../ops/formats/tfjs/read_layers_model.ts";
import { headed } from "../../../ops/transfer/headed.ts";
import { fitted, sgd, training } from "../learn/small_trainings.ts";
import { filesOfNoise, functional, keras } from "../model/support/keras_json.ts";
import { labelled } from "../labelled.ts";
import { plainLogits } from "../plain_forward.ts";
import { noise } from "../lively_model.ts";

type Shapes = Readonly<Record<string, readonly number[]>>;

const same = { strides: [1, 1], padding: "same", data_format: "channels_last", use_bias: false };

/** The layers of `MobileNet(alpha=…, include_top=True)` with two blocks, and the shapes of its weights. */
function mobilenet(): { readonly layers: object[]; readonly weights: Shapes } {
  const layers: object[] = [
    keras("InputLayer", "input_1", { batch_input_shape: [null, 16, 16, 3], dtype: "float32" }, []),
  ];
  const weights: Record<string, readonly number[]> = {};
  let last = "input_1";
  const add = (kind: string, name: string, config: object) => {
    layers.push(keras(kind, name, config, [last]));
    last = name;
  };
  const normalised = (name: string, channels: number) => {
    add("BatchNormalization", `${name}_bn`, { axis: [3], momentum: 0.99, epsilon: 0.001 });
    for (const role of ["gamma", "beta", "moving_mean", "moving_variance"]) {
      weights[`${name}_bn/${role}`] = [channels];
    }
    add("ReLU", `${name}_relu`, { max_value: 6 });
  };
  const padded = { data_format: "channels_last", padding: [[0, 1], [0, 1]] };
  const halving = { ...same, strides: [2, 2], padding: "valid" };
  add("ZeroPadding2D", "conv1_pad", padded);
  add("Conv2D", "conv1", { ...halving, filters: 4, kernel_size: [3, 3] });
  weights["conv1/kernel"] = [3, 3, 3, 4];
  normalised("conv1", 4);
  for (const [block, stride, from, to] of [[1, 1, 4, 8], [2, 2, 8, 12]] as const) {
    if (stride === 2) add("ZeroPadding2D", `conv_pad_${block}`, padded);
    const window = stride === 2 ? halving : same;
    add("DepthwiseConv2D", `conv_dw_${block}`, { ...window, kernel_size: [3, 3] });
    weights[`conv_dw_${block}/depthwise_kernel`] = [3, 3, from, 1];
    normalised(`conv_dw_${block}`, from);
    add("Conv2D", `conv_pw_${block}`, { ...same, filters: to, kernel_size: [1, 1] });
    weights[`conv_pw_${block}/kernel`] = [1, 1, from, to];
    normalised(`conv_pw_${block}`, to);
  }
  add("GlobalAveragePooling2D", "global_average_pooling2d", { data_format: "channels_last" });
  add("Reshape", "reshape_1", { target_shape: [1, 1, 12] });
  add("Dropout", "dropout", { rate: 0.001 });
  add("Conv2D", "conv_preds", { ...same, filters: 7, kernel_size: [1, 1], use_bias: true });
  weights["conv_preds/kernel"] = [1, 1, 12, 7];
  weights["conv_preds/bias"] = [7];
  add("Reshape", "reshape_2", { target_shape: [7] });
  add("Activation", "act_softmax", { activation: "softmax" });
  return { layers, weights };
}

const { layers, weights } = mobilenet();
const files = filesOfNoise(
  functional(layers, ["input_1"], ["act_softmax"]),
  weights,
  (name, size) =>
    stream(4, name).uniforms(0, size).map((u) => /variance|gamma/.test(name) ? 0.5 + u : u - 0.5),
);
const file = readLayersModel(
  JSON.parse(new TextDecoder().decode(files["model.json"])),
  (path) => files[path]!,
);
const params = { pool: "auto", hidden: [], dropout: 0, outputs: 3, seed: 0 } as const;

Deno.test("it is cut behind its own pooling, in front of the dropout", () => {
  const model = headed(file, params);
  const names = model.layers.map(({ name }) => name);
  assert.deepEqual(names.slice(-3), ["reshape_1", "head.pool", "head.dense"]);
  assert.deepEqual(model.weights["head.dense/kernel"]!.shape, [12, 3]);
  assert.equal(names.includes("conv_preds"), false);
});

Deno.test("with the old classifier's weights a head answers what the old one did", () => {
  const model = headed(file, { ...params, outputs: 7 });
  const kernel = { ...file.weights["conv_preds/kernel"]!, shape: [12, 7] };
  const moved = {
    ...model,
    weights: {
      ...model.weights,
      "head.dense/kernel": kernel,
      "head.dense/bias": file.weights["conv_preds/bias"]!,
    },
  };
  const x = noise(file);
  assert.deepEqual([...plainLogits(moved, x)], [...plainLogits(file, x)]);
});

Deno.test("what a training freezes up to a block stands, BatchNorm's averages too, and the rest learns", async () => {
  const model = headed(file, params);
  const frozen = ["before:conv_dw_2", "conv_dw_2_bn"];
  const { model: learned } = await fitted(
    model,
    labelled(model, 12),
    training({ epochs: 2, batch: 6, optimizer: sgd(0.05), freeze: frozen, recalibrate: "never" }),
  );
  const moved = Object.keys(model.weights).filter((name) =>
    String(decodeWeight(model.weights[name]!)) !== String(decodeWeight(learned.weights[name]!))
  );
  const layersMoved = new Set(moved.map((name) => name.split("/")[0]!));
  assert.deepEqual([...layersMoved], ["conv_dw_2", "conv_pw_2", "conv_pw_2_bn", "head.dense"]);
  assert.ok(moved.includes("conv_pw_2_bn/mean") && moved.includes("conv_pw_2_bn/variance"));
});
