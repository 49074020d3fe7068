import assert from "node:assert/strict";
import { runContext } from "../run_context.ts";
import { keras, layersModel, sequential } from "../model/support/keras_json.ts";
import { declared, fieldsOf } from "../declared.ts";
import { load } from "../../../ops/formats/load.ts";
import { withZerosHeld, zeroShare } from "../../../ops/formats/preserve_zeros.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { mapWeights } from "../../../ops/model/weights.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";

const drawn = initialModel(mlp.build([4], 2, { hidden: [2], dropout: 0 }), 0);
/** Of the first kernel's 8 weights, two are zero; of the second's 4, one. */
const sparse = mapWeights(drawn, (weight, name) => {
  const places = name === "dense1/kernel" ? [1, 6] : name === "head.dense/kernel" ? [3] : [];
  const data = Float32Array.from(weight.data, (value, i) => places.includes(i) ? 0 : value);
  return { ...weight, data };
});

Deno.test("the share of zeros is that of kernels, biases aside", () => {
  assert.equal(zeroShare(sparse), 3 / 12);
  assert.equal(zeroShare(drawn), 0);
  assert.equal(zeroShare({ ...drawn, weights: {} }), 0);
});

Deno.test("kernels with zeros get a mask that holds them, other weights none", () => {
  const { weights, established } = withZerosHeld(sparse);
  assert.deepEqual([...weights["dense1/kernel"]!.mask!], [1, 0, 1, 1, 1, 1, 0, 1]);
  assert.deepEqual([...weights["head.dense/kernel"]!.mask!], [1, 1, 1, 0]);
  assert.equal(weights["dense1/bias"]!.mask, undefined);
  assert.equal(established.zeros, true);
  assert.equal(withZerosHeld(drawn).weights["dense1/kernel"]!.mask, undefined);
});

Deno.test("from three of ten weights on that are zero a model that is not asked to keep them is warned of", async () => {
  const of = (zeros: number) => {
    const values = Array.from({ length: 10 }, (_, i) => i < zeros ? 0 : 1);
    const dense = keras("Dense", "d", {
      units: 1,
      "use_bias": false,
      "batch_input_shape": [null, 10],
    });
    const weight = { name: "d/kernel", shape: [10, 1], values };
    return Object.fromEntries(
      Object.entries(layersModel(sequential("s", [dense]), [weight])).map((
        [name, bytes],
      ) => [`n/${name}`, bytes]),
    );
  };
  for (const [zeros, warned] of [[2, 0], [3, 1], [4, 1]] as const) {
    const context = runContext({ files: of(zeros) });
    await load.run({}, { from: "n/model.json", preserve: [] }, context);
    assert.equal(context.reported.warnings.length, warned);
    assert.deepEqual(context.reported.notes, { zeros: zeros / 10 });
  }
});

Deno.test("what the op that loads declares", () => {
  assert.deepEqual(declared(load), {
    ...{ name: "load", version: 2, output: "model", inputs: {}, numerics: "none" },
    example: { from: "./model/model.json" },
  });
  assert.ok(!load.random({}));
  assert.deepEqual(fieldsOf(load), {
    from: { "x-source": true, "x-own": { list: "formats" } },
    input: {
      ...{ type: "array", minItems: 1, maxItems: 4 },
      items: { type: "integer", minimum: 1, maximum: 1_000_000 },
    },
    inputs: {
      type: "object",
      patternProperties: {
        "^(.*)$": {
          "x-by-type": {
            number: { type: "number" },
            string: { enum: ["positions", "mask", "sample", "columns", "class"] },
          },
        },
      },
    },
    output: { type: "string" },
    preserve: { "x-list": { items: { enum: ["zeros", "integers"] } }, default: [] },
  });
  const { description } = load.params.properties.from;
  for (const files of ["tfjs layers-model", ".keras or .h5", ".onnx", "safetensors", ".tflite"]) {
    assert.ok(description?.includes(files), files);
  }
});
