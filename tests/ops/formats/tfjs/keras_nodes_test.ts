import assert from "node:assert/strict";
import { kerasNodes } from "../../../../ops/formats/tfjs/keras_nodes.ts";
import type { Layer } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";
import { counted, kerasLines, kerasSource } from "./keras_lines.ts";

const source = (shape: readonly number[], inputs: readonly (readonly number[])[] = [shape]) => ({
  storage: "float32" as const,
  shape,
  inputs,
  weight: () => floatWeight([1], Float32Array.of(1)),
});
const rows = (layer: object, ...of: Parameters<typeof source>) =>
  kerasNodes({ name: "a", inputs: ["x"], ...layer } as unknown as Layer, source(...of))
    .map(({ suffix, className, config }) => [suffix, className, config]);

Deno.test("channels are split and shuffled by moves that Keras has", () => {
  assert.deepEqual(rows({ kind: "split", parts: 2, part: 1 }, [4, 4, 3]), [
    [".rows", "Permute", { dims: [3, 1, 2] }],
    [".cut", "Cropping2D", { cropping: [[3, 0], [0, 0]] }],
    ["", "Permute", { dims: [2, 3, 1] }],
  ]);
  assert.deepEqual(rows({ kind: "shuffle", groups: 2 }, [4, 5, 6]), [
    [".grouped", "Reshape", { "target_shape": [4, 5, 2, 3] }],
    [".turned", "Permute", { dims: [1, 2, 4, 3] }],
    ["", "Reshape", { "target_shape": [4, 5, 6] }],
  ]);
});

Deno.test("explicit zeros around a convolution are a layer before it; one around a pool cannot be written", () => {
  const window = { kernel: [3, 3], strides: [1, 1], padding: [[1, 0], [0, 1]], dilations: [1, 1] };
  const conv = { kind: "conv", filters: 1, ...window, bias: false, activation: "linear" };
  const [zeros, layer] = rows(conv, [4, 4, 1]);
  assert.deepEqual(zeros, [".zeros", "ZeroPadding2D", { padding: [[1, 0], [0, 1]] }]);
  assert.deepEqual((layer![2] as { padding: string }).padding, "valid");
  assert.throws(
    () => rows({ kind: "max-pool", size: [2, 2], ...window }, [4, 4, 1]),
    /Cannot write "a" for tfjs: its pooling ignores explicit padding/,
  );
});

Deno.test("an activation that Keras cannot name is a layer behind, another one inside", () => {
  const dense = { kind: "dense", units: 1, bias: true };
  assert.deepEqual(rows({ ...dense, activation: "relu" }, [1]).map(([suffix]) => suffix), [""]);
  assert.deepEqual(
    rows({ ...dense, activation: "leaky-relu" }, [1]).map((row) => row.slice(0, 2)),
    [
      ["", "Dense"],
      [".activation", "LeakyReLU"],
    ],
  );
  assert.deepEqual(rows({ kind: "sample" }, [1]), []);
});

const image = { inputs: [[4, 5, 2]], shape: [4, 5, 2] };
const window = { strides: [2, 1], padding: "same", dilations: [1, 1] };
const plain = { filters: 2, kernel: [3, 2], ...window, bias: true, activation: "linear" };
type Place = Parameters<typeof kerasSource>[0];

/** What each kind is written as, of an image where nothing else is said. */
const written:
  readonly (readonly [layer: object, lines: readonly string[], place?: Partial<Place>])[] = [
    [{ kind: "dense", units: 3, bias: true, activation: "linear" }, [
      'Dense {"units":3,"use_bias":true}',
      "  kernel [2,3] 0 1 2 3 4 5",
      "  bias [3] 0 1 2",
    ], { weights: { kernel: counted(2, 3), bias: counted(3) } }],
    [{ kind: "dense", units: 3, bias: false, activation: "gelu" }, [
      'Dense {"units":3,"use_bias":false,"activation":"gelu"}',
      "  kernel [1] 0",
    ]],
    [{ kind: "dense", units: 3, bias: true, activation: "leaky-relu" }, [
      'Dense {"units":3,"use_bias":true}',
      "  kernel [1] 0",
      "  bias [1] 0",
      '.activation LeakyReLU {"alpha":0.2}',
    ]],
    [{ kind: "conv", ...plain, activation: "relu" }, [
      'Conv2D {"filters":2,"kernel_size":[3,2],"strides":[2,1],"padding":"same","use_bias":true,"activation":"relu"}',
      "  kernel [1] 0",
      "  bias [1] 0",
    ]],
    [{ kind: "conv", ...plain, dilations: [1, 2], bias: false }, [
      'Conv2D {"filters":2,"kernel_size":[3,2],"strides":[2,1],"dilation_rate":[1,2],"padding":"same","use_bias":false}',
      "  kernel [1] 0",
    ]],
    [{ kind: "depthwise", ...plain, multiplier: 3, bias: false }, [
      'DepthwiseConv2D {"kernel_size":[3,2],"depth_multiplier":3,"strides":[2,1],"padding":"same","use_bias":false}',
      "  depthwise_kernel [1] 0",
    ]],
    [{ kind: "conv-transpose", ...plain }, [
      'Conv2DTranspose {"filters":2,"kernel_size":[3,2],"strides":[2,1],"padding":"same","use_bias":true}',
      // [height, width, in, out] becomes [height, width, out, in].
      "  kernel [1,1,3,2] 0 3 1 4 2 5",
      "  bias [1] 0",
    ], { weights: { kernel: counted(1, 1, 2, 3) } }],
    [{ kind: "batchnorm", epsilon: 0.25, momentum: 0.5, activation: "relu" }, [
      'BatchNormalization {"axis":-1,"epsilon":0.25,"momentum":0.5}',
      "  gamma [2] 0 1",
      "  beta [1] 0",
      "  moving_mean [3] 0 1 2",
      "  moving_variance [4] 0 1 2 3",
      '.activation Activation {"activation":"relu"}',
    ], { weights: { gamma: counted(2), mean: counted(3), variance: counted(4) } }],
    [{ kind: "layer-norm", epsilon: 0.25 }, [
      'LayerNormalization {"axis":-1,"epsilon":0.25}',
      "  gamma [2] 0 1",
      "  beta [3] 0 1 2",
    ], { weights: { gamma: counted(2), beta: counted(3) } }],
    [{ kind: "embedding", vocabulary: 3, size: 2 }, [
      'Embedding {"input_dim":3,"output_dim":2}',
      "  embeddings [3,2] 0 1 2 3 4 5",
    ], { weights: { kernel: counted(3, 2) } }],
    [{ kind: "activation", activation: "tanh" }, ['Activation {"activation":"tanh"}']],
    [{ kind: "activation", activation: "leaky-relu" }, ['LeakyReLU {"alpha":0.2}']],
    [{ kind: "max-pool", size: [3, 2], ...window }, [
      'MaxPooling2D {"pool_size":[3,2],"strides":[2,1],"padding":"same"}',
    ]],
    [{ kind: "average-pool", size: [3, 2], ...window, padding: "valid" }, [
      'AveragePooling2D {"pool_size":[3,2],"strides":[2,1],"padding":"valid"}',
    ]],
    [{ kind: "global-average-pool" }, ["GlobalAveragePooling2D {}"]],
    [{ kind: "global-max-pool" }, ["GlobalMaxPooling2D {}"]],
    [{ kind: "upsample", size: [2, 3] }, [
      'UpSampling2D {"size":[2,3],"interpolation":"nearest"}',
    ]],
    [{ kind: "flatten" }, ["Flatten {}"]],
    [{ kind: "reshape", shape: [-1, 2] }, ['Reshape {"target_shape":[20,2]}'], { shape: [20, 2] }],
    [{ kind: "pad", amounts: [[1, 2], [3, 4]] }, ['ZeroPadding2D {"padding":[[1,2],[3,4]]}']],
    [{ kind: "crop", amounts: [[1, 0], [0, 2]] }, ['Cropping2D {"cropping":[[1,0],[0,2]]}']],
    [{ kind: "permute", order: [2, 0, 1] }, ['Permute {"dims":[3,1,2]}']],
    [{ kind: "add", activation: "linear" }, ["Add {}"]],
    [{ kind: "add", activation: "relu6" }, [
      "Add {}",
      '.activation Activation {"activation":"relu6"}',
    ]],
    [{ kind: "concat" }, ['Concatenate {"axis":-1}']],
    // The second of four parts of two channels: two are cut away before it, four behind.
    [{ kind: "split", parts: 4, part: 1 }, [
      '.rows Permute {"dims":[3,1,2]}',
      '.cut Cropping2D {"cropping":[[2,4],[0,0]]}',
      'Permute {"dims":[2,3,1]}',
    ]],
    [{ kind: "dropout", rate: 0.25 }, ['Dropout {"rate":0.25}']],
    [{ kind: "sample" }, []],
  ];

Deno.test("each kind is written as the Keras layers that do the same, with all that Keras asks for", () => {
  for (const [layer, lines, place] of written) {
    const of = { name: "a", inputs: ["x"], ...layer } as unknown as Layer;
    const nodes = kerasNodes(of, kerasSource({ ...image, ...place }));
    assert.deepEqual(kerasLines(nodes), lines, JSON.stringify(layer));
  }
});

Deno.test("integers with a scale for each column stand bare, scales and bias behind, the activation last", () => {
  const encoding = {
    ...{ use: "affine", bits: 8, axis: 1, symmetry: "asymmetric" } as const,
    scale: Float32Array.of(0.5, 2),
    zero: Int32Array.of(0, 1),
  };
  const kernel = { shape: [2, 2], encoding, data: Int8Array.of(1, 2, 3, 4) };
  const behind = (...beta: number[]) => [
    '.scale BatchNormalization {"axis":-1,"epsilon":0}',
    "  gamma [2] 0.5 2",
    `  beta [2] ${beta.join(" ")}`,
    "  moving_mean [2] uint8 · 1 + 0: 0 0",
    "  moving_variance [2] uint8 · 1 + 1: 0 0",
  ];
  // 1 − 0, 2 − 1, 3 − 0, 4 − 1.
  const bare = "[2,2] uint8 · 1 + 0: 1 1 3 3";
  const lines = (layer: object, weights: Place["weights"]) =>
    kerasLines(
      kerasNodes(
        { name: "a", inputs: ["x"], ...layer } as unknown as Layer,
        kerasSource({ shape: [2], weights: { kernel, ...weights } }),
      ),
    );
  const dense = { kind: "dense", units: 2 };
  const bias = floatWeight([2], Float32Array.of(5, 6));
  assert.deepEqual(lines({ ...dense, bias: true, activation: "relu" }, { bias }), [
    'Dense {"units":2,"use_bias":false}',
    `  kernel ${bare}`,
    ...behind(5, 6),
    '.activation Activation {"activation":"relu"}',
  ]);
  assert.deepEqual(lines({ ...dense, bias: false, activation: "linear" }, {}), [
    'Dense {"units":2,"use_bias":false}',
    `  kernel ${bare}`,
    ...behind(0, 0),
  ]);
  assert.deepEqual(lines({ kind: "embedding", vocabulary: 2, size: 2 }, {}), [
    'Embedding {"input_dim":2,"output_dim":2}',
    `  embeddings ${bare}`,
    ...behind(0, 0),
  ]);
});

Deno.test("a pool between explicit zeros is refused with a whole sentence", () => {
  const pool = { kind: "average-pool", size: [2, 2], ...window, padding: [[1, 0], [0, 1]] };
  assert.throws(
    () => rows(pool, [4, 4, 1]),
    new RangeError('Cannot write "a" for tfjs: its pooling ignores explicit padding'),
  );
});
