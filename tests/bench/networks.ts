/** The networks of the benchmarks, built directly on the room: mlp1200, cnn, resnet14, mobilenet, encoder and lstm. */
import type { LayerKernels, Room, Tensor, Window } from "../../engine/tensor/mod.ts";

/** A network: parameters by shape, statistics that training moves, and its logits. */
export interface Network {
  readonly batch: number;
  readonly classes: number;
  readonly optimizer: "adam" | "sgd";
  /** Shapes of the trainable parameters. */
  readonly parameters: readonly (readonly number[])[];
  /** Channels of each batch normalisation: a mean and a variance each. */
  readonly norms: readonly number[];
  input(room: Room): Tensor;
  logits(pass: Pass, x: Tensor): Tensor;
}

/** One pass through a network: parameters are taken in the order of their declaration. */
export interface Pass {
  readonly room: Room;
  readonly nn: LayerKernels;
  /** The next parameter. */
  next(): Tensor;
  /** Runs a layer on an input that nothing else reads: in inference its memory is given back at once. */
  last(x: Tensor, layer: (x: Tensor) => Tensor): Tensor;
  /** A convolution without bias and its batch normalisation, by the batch's or by the moving statistics. */
  normed(
    layer: "conv2d" | "depthwise2d",
    x: Tensor,
    window: Window,
    activation: "relu" | "linear",
  ): Tensor;
}

const CONVOLUTION = { strides: [1, 1], padding: [[1, 1], [1, 1]] } as const;

/** Collects the shapes while a network is described. */
function builder() {
  const parameters: number[][] = [];
  const norms: number[] = [];
  return {
    parameters,
    norms,
    dense: (inputs: number, outputs: number) => parameters.push([inputs, outputs], [outputs]),
    conv: (size: number, inputs: number, outputs: number) =>
      parameters.push([size, size, inputs, outputs]),
    norm: (channels: number) => {
      norms.push(channels);
      parameters.push([channels], [channels]);
    },
  };
}

const images = (batch: number, size: number, channels: number) => (room: Room): Tensor =>
  room.tensor(pixels(batch * size * size * channels), [batch, size, size, channels]);

/** Values that look like normalised pixels. */
function pixels(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 4294967296 - 0.5) * 3.46;
  });
}

function dense({ nn, next }: Pass, x: Tensor, activation: "relu" | "linear"): Tensor {
  return nn.dense(x, next(), next(), activation);
}

function mlp1200(): Network {
  const shapes = builder();
  shapes.dense(784, 1200);
  shapes.dense(1200, 1200);
  shapes.dense(1200, 10);
  return {
    ...shapes,
    ...{ batch: 128, classes: 10, optimizer: "adam" },
    input: (room) => room.tensor(pixels(128 * 784), [128, 784]),
    logits: (pass, x) => dense(pass, dense(pass, dense(pass, x, "relu"), "relu"), "linear"),
  };
}

function cnn(): Network {
  const shapes = builder();
  shapes.conv(3, 1, 16);
  shapes.parameters.push([16]);
  shapes.conv(3, 16, 32);
  shapes.parameters.push([32]);
  shapes.dense(1568, 128);
  shapes.dense(128, 10);
  const halve = { strides: [2, 2], padding: "valid" } as const;
  return {
    ...shapes,
    ...{ batch: 64, classes: 10, optimizer: "adam", input: images(64, 28, 1) },
    logits(pass, x) {
      const { nn, next, room } = pass;
      let y = nn.maxPool(nn.conv2d(x, next(), next(), CONVOLUTION, "relu"), [2, 2], halve);
      y = nn.maxPool(nn.conv2d(y, next(), next(), CONVOLUTION, "relu"), [2, 2], halve);
      return dense(pass, dense(pass, room.tf.reshape(y, [-1, 1568]), "relu"), "linear");
    },
  };
}

function resnet14(): Network {
  const shapes = builder();
  const stages = [[16, 1], [32, 2], [64, 2]] as const;
  const blocks: { inputs: number; outputs: number; stride: number }[] = [];
  let width = 16;
  for (const [outputs, stride] of stages) {
    for (let j = 0; j < 2; j++) {
      blocks.push({ inputs: width, outputs, stride: j === 0 ? stride : 1 });
      width = outputs;
    }
  }
  const turns = (block: typeof blocks[number]) =>
    block.stride > 1 || block.inputs !== block.outputs;
  shapes.conv(3, 3, 16);
  shapes.norm(16);
  for (const block of blocks) {
    shapes.conv(3, block.inputs, block.outputs);
    shapes.norm(block.outputs);
    shapes.conv(3, block.outputs, block.outputs);
    shapes.norm(block.outputs);
    if (turns(block)) {
      shapes.conv(1, block.inputs, block.outputs);
      shapes.norm(block.outputs);
    }
  }
  shapes.dense(64, 10);
  return {
    ...shapes,
    ...{ batch: 64, classes: 10, optimizer: "sgd", input: images(64, 32, 3) },
    logits(pass, x) {
      const { nn } = pass;
      let y = pass.normed("conv2d", x, CONVOLUTION, "relu");
      for (const block of blocks) {
        const strides = [block.stride, block.stride] as const;
        const window = { ...CONVOLUTION, strides };
        const z = pass.last(
          pass.normed("conv2d", y, window, "relu"),
          (z) => pass.normed("conv2d", z, CONVOLUTION, "linear"),
        );
        const shortcut = turns(block)
          ? pass.normed("conv2d", y, { strides, padding: "valid" }, "linear")
          : y;
        y = nn.add(z, shortcut, "relu");
      }
      return dense(pass, nn.globalAveragePool(y), "linear");
    },
  };
}

function mobilenet(): Network {
  const shapes = builder();
  const blocks = [[32, 1], [64, 2], [64, 1], [128, 2], [128, 1]] as const;
  shapes.conv(3, 3, 16);
  shapes.norm(16);
  let width = 16;
  for (const [outputs] of blocks) {
    shapes.parameters.push([3, 3, width, 1]);
    shapes.norm(width);
    shapes.conv(1, width, outputs);
    shapes.norm(outputs);
    width = outputs;
  }
  shapes.dense(128, 10);
  return {
    ...shapes,
    ...{ batch: 64, classes: 10, optimizer: "sgd", input: images(64, 32, 3) },
    logits(pass, x) {
      const { nn } = pass;
      const point = { strides: [1, 1], padding: "valid" } as const;
      let y = pass.normed("conv2d", x, CONVOLUTION, "relu");
      for (const [, stride] of blocks) {
        const window = { ...CONVOLUTION, strides: [stride, stride] as const };
        y = pass.last(y, (y) => pass.normed("depthwise2d", y, window, "relu"));
        y = pass.last(y, (y) => pass.normed("conv2d", y, point, "relu"));
      }
      return dense(pass, nn.globalAveragePool(y), "linear");
    },
  };
}

/** Two post-norm layers, width 128, 2 heads, 512 inside, 64 tokens of 8192, mean over the tokens. */
function encoder(): Network {
  const [batch, tokens, width, inside] = [32, 64, 128, 512];
  const shapes = builder();
  shapes.parameters.push([8192, width], [tokens, width]);
  for (let layer = 0; layer < 2; layer++) {
    shapes.dense(width, 3 * width);
    shapes.dense(width, width);
    shapes.parameters.push([width], [width]);
    shapes.dense(width, inside);
    shapes.dense(inside, width);
    shapes.parameters.push([width], [width]);
  }
  shapes.dense(width, 2);
  return {
    ...shapes,
    ...{ batch, classes: 2, optimizer: "adam" },
    input: (room) => {
      const ids = pixels(batch * tokens).map((v) => (v + 1.73) / 3.46 * 8191);
      return room.tensor(Int32Array.from(ids), [batch, tokens], "int32");
    },
    logits(pass, ids) {
      const { nn, next, room: { tf } } = pass;
      const rows = [batch * tokens, width];
      let x = tf.reshape(tf.add(nn.embedding(next(), ids), next()), rows);
      for (let layer = 0; layer < 2; layer++) {
        const qkv = tf.reshape(dense(pass, x, "linear"), [batch, tokens, 3 * width]);
        const mixed = tf.reshape(nn.selfAttention(qkv, 2), rows);
        const attended = dense(pass, mixed, "linear");
        x = nn.layerNorm(nn.add(x, attended, "linear"), next(), next(), 1e-5);
        const wide = nn.dense(x, next(), next(), "gelu");
        const narrow = dense(pass, wide, "linear");
        x = nn.layerNorm(nn.add(x, narrow, "linear"), next(), next(), 1e-5);
      }
      const pooled = tf.mean(tf.reshape(x, [batch, tokens, width]), 1);
      return dense(pass, pooled, "linear");
    },
  };
}

/** A model of characters: 32 texts of 64 characters out of 64, width 64, one LSTM of 128 units; an item is a character. */
function lstm(): Network {
  const [texts, length, entries, width, units] = [32, 64, 64, 64, 128];
  const shapes = builder();
  shapes.parameters.push([entries, width]);
  shapes.dense(width + units, 4 * units);
  shapes.dense(units, entries);
  return {
    ...shapes,
    ...{ batch: texts * length, classes: entries, optimizer: "adam" },
    input: (room) => {
      const ids = pixels(texts * length).map((v) => (v + 1.73) / 3.46 * (entries - 1));
      return room.tensor(Int32Array.from(ids), [texts, length], "int32");
    },
    logits(pass, ids) {
      const { nn, next, room } = pass;
      const x = nn.embedding(next(), ids);
      const layer = { units, sequence: true, gates: "sigmoid" } as const;
      const states = nn.recurrent(x, next(), next(), layer);
      return dense(pass, room.tf.reshape(states, [texts * length, units]), "linear");
    },
  };
}

/** All workloads by name. */
export const NETWORKS: { readonly [name: string]: () => Network } = {
  mlp1200,
  cnn,
  resnet14,
  mobilenet,
  encoder,
  lstm,
};
