import assert from "node:assert/strict";
import { frameOf, headerOf } from "../../../ops/formats/model_header.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";

const model = initialModel(mlp.build([4], 2, { hidden: [3], dropout: 0 }), 0);
const header = headerOf(model) as Record<string, unknown>;

Deno.test("a layer is a row of its kind, its name, what it reads and its attributes in order", () => {
  assert.deepEqual(header.inputs, [["input", [4]]]);
  assert.deepEqual(header.layers, [
    ["dense", "dense1", ["input"], 3, true, "relu"],
    ["dense", "head.dense", ["dense1"], 2, true, "linear"],
  ]);
  assert.deepEqual([header.format, header.head, header.family], [null, "softmax", "mlp"]);
});

Deno.test("a header is read as it was written, but for what was established", () => {
  const { weights: _, ...rest } = model;
  assert.deepEqual(frameOf(JSON.parse(JSON.stringify(header))), { ...rest, learned: true });
  assert.deepEqual(frameOf({ ...header, format: "int8" }).established, { format: "int8" });
});

Deno.test("what is wrong in a header is named", () => {
  const refused = (changed: object, message: RegExp) =>
    assert.throws(() => frameOf({ ...header, ...changed }), message);
  assert.throws(() => frameOf([]), /its header is no map/);
  refused({ head: "other" }, /no sound `head`/);
  refused({ inputs: [["x", [0]]] }, /no sound `inputs`/);
  refused({ preprocess: { scale: [1], offset: [] } }, /no sound `preprocess`/);
  refused({ quantization: { rules: "onnx", activations: { x: { bits: 8 } } } }, /`quantization`/);
  refused({ layers: [["sparse", "a", []]] }, /layer of no known kind/);
  refused({ layers: [["dense", 1, []]] }, /no name or inputs/);
  refused({ layers: [["dense", "a", ["input"], 3]] }, /"a" has 1 attributes, not 3/);
  refused({ layers: [["dense", "a", ["input"], 0, true, "relu"]] }, /no sound attribute "units"/);
});

Deno.test("each field is taken where all of it is sound, and refused by its name where any part is not", () => {
  const dynamic = { bits: 8, symmetry: "symmetric" };
  const activation = { bits: 8, maximum: 127, minimum: -128, scale: 0.5, zero: 0 };
  const quantized = (changed: object) => ({
    rules: "onnx",
    activations: { x: activation },
    ...changed,
  });
  const scaled = { scale: [1], offset: [0] };
  const rows: Readonly<Record<string, { sound: readonly unknown[]; odd: readonly unknown[] }>> = {
    classes: { sound: [[], ["a", "b"]], odd: [null, "ab", ["a", 1]] },
    family: {
      sound: ["", "mlp", "é".repeat(200)],
      odd: [undefined, null, 3, "a\n", "é".repeat(201)],
    },
    format: { sound: [null, "int8"], odd: [8, ["int8"]] },
    head: { sound: ["softmax", "sigmoid", "none"], odd: ["", null, ["softmax"]] },
    inputs: {
      sound: [[["x", []]], [["x", [1]], ["y", [2, 3]]]],
      odd: [[], null, [["x"]], [["x", [1], 1]], [[1, [1]]], [["x", ["1"]]], [["x", [1.5]]], [{}], [[
        "x",
        [1],
      ], null]],
    },
    layers: { sound: [[]], odd: [null, {}, [{}], [[], "x"]] },
    outputs: { sound: [["a"], ["a", "b"]], odd: [[], "a", ["a", null]] },
    preprocess: {
      sound: [null, scaled, { scale: [1, 2], offset: [0, -1] }],
      odd: [
        ...[1, [], {}, { scale: [1] }, { ...scaled, more: 1 }, { scale: [], offset: [] }],
        ...[{ scale: [1], offset: [0, 1] }, { scale: ["1"], offset: [0] }, {
          scale: [1],
          offset: [Infinity],
        }],
        ...[{ scale: 1, offset: 0 }, { scale: [1], other: [0] }],
      ],
    },
    quantization: {
      sound: [
        ...[
          null,
          quantized({}),
          quantized({ rules: "tflite" }),
          quantized({ rules: "tensorflow" }),
        ],
        ...[
          quantized({ activations: {} }),
          quantized({ activations: { x: activation, y: activation } }),
          ...[-128, 127].map((zero) => quantized({ activations: { x: { ...activation, zero } } })),
          quantized({ activations: { x: { ...activation, scale: 0, minimum: 0, maximum: 0 } } }),
        ],
        ...[quantized({ dynamic }), quantized({ dynamic: { ...dynamic, symmetry: "asymmetric" } })],
      ],
      odd: [
        ...[[], quantized({ rules: "" }), quantized({ rules: undefined }), quantized({ more: 1 })],
        ...[quantized({ activations: null }), quantized({ activations: [] })],
        ...[quantized({ activations: { x: activation, y: { ...activation, bits: "8" } } })],
        ...[quantized({ activations: { x: { ...activation, more: 1 } } })],
        ...[quantized({ activations: { x: activation, y: { ...activation, scale: NaN } } })],
        ...[quantized({ activations: { x: { ...activation, scale: -0.5 } } })],
        ...[-129, 128].map((zero) => quantized({ activations: { x: { ...activation, zero } } })),
        ...[quantized({ activations: { x: { ...activation, minimum: 1, maximum: -1 } } })],
        ...[
          quantized({ dynamic: null }),
          quantized({ dynamic: 8 }),
          quantized({ dynamic: { bits: 8 } }),
        ],
        ...[
          quantized({ dynamic: { ...dynamic, bits: 0 } }),
          quantized({ dynamic: { ...dynamic, more: 1 } }),
        ],
        ...[quantized({ dynamic: { ...dynamic, symmetry: "" } })],
      ],
    },
  };
  assert.deepEqual(Object.keys(rows), Object.keys(header).sort());
  for (const [name, { sound, odd }] of Object.entries(rows)) {
    const read = (value: unknown) => frameOf({ ...header, [name]: value });
    for (const value of sound) {
      assert.doesNotThrow(() => read(value), JSON.stringify([name, value]));
    }
    for (const value of odd) {
      assert.throws(
        () => read(value),
        new RangeError(`its header has no sound \`${name}\``),
        JSON.stringify([name, value]),
      );
    }
  }
});

Deno.test("what is wrong with a layer is said with its name", () => {
  const refused = (row: readonly unknown[]) => {
    try {
      frameOf({ ...header, layers: [row] });
    } catch (error) {
      assert.ok(error instanceof RangeError);
      return error.message;
    }
  };
  assert.equal(refused(["dense", "a", ["input"], 3, true, "relu"]), undefined);
  assert.equal(refused([1, "a", ["input"]]), "it has a layer of no known kind");
  for (const row of [["dense", null, []], ["dense", "a", "input"], ["dense", "a", ["x", 1]]]) {
    assert.equal(refused(row), "a layer has no name or inputs");
  }
  assert.equal(
    refused(["dense", "a", ["input"], 3, true, "relu", 1]),
    'layer "a" has 4 attributes, not 3',
  );
  assert.equal(
    refused(["dense", "a", ["input"], 3, 1, "relu"]),
    'layer "a" has no sound attribute "bias"',
  );
  assert.equal(
    (headerOf({ ...model, established: { format: "int4" } }) as { format: string }).format,
    "int4",
  );
});

Deno.test("a tied layer has its owner's name behind its own", () => {
  const [first] = model.layers;
  const tied = { ...model, layers: [first!, { ...first!, name: "again", tied: first!.name }] };
  const { layers } = headerOf(tied as typeof model) as { layers: unknown[][] };
  assert.deepEqual(layers[1]!.slice(0, 3), ["dense", ["again", "dense1"], ["input"]]);
  assert.deepEqual(frameOf({ ...header, layers }).layers, tied.layers);
  assert.equal("tied" in frameOf({ ...header, layers: [layers[0]] }).layers[0]!, false);
  for (const name of [["a", 1], ["a", "b", "c"], ["a"], []]) {
    assert.throws(
      () => frameOf({ ...header, layers: [["dense", name, ["input"], 3, true, "relu"]] }),
      /no name or inputs/,
    );
  }
});
