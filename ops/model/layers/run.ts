/** The arithmetic of layer kinds, on our kernels. */
import type { Activation, Norm, Room, Tensor, Tf } from "../../../engine/tensor/mod.ts";
import type { Layer, Role } from "../model.ts";
import { attention } from "./attention.ts";
import { mixture } from "./mixture.ts";
import { recurrent } from "./recurrent.ts";
import { answer, type LayerTable } from "./table.ts";
import { transposedExtents } from "./window.ts";

type Tensor4D = ReturnType<Tf["tensor4d"]>;

/** What a layer's arithmetic needs besides its attributes. */
export interface LayerRun {
  readonly room: Room;
  /** Values of the layers it reads. */
  readonly inputs: readonly Tensor[];
  /** Its weight of a role. */
  weight(role: Role): Tensor;
  /** Batch statistics and dropout. */
  readonly training: boolean;
  /** A batch normalisation that a convolution does on the way out, and its activation. */
  readonly norm?: Norm & { readonly activation: Activation };
  /** Takes the batch statistics of a batchnorm. */
  statistics(mean: Tensor, variance: Tensor): void;
  /** The mask of a dropout over a value of this shape. */
  dropout(shape: readonly number[], rate: number): Tensor;
  /** Standard normal draws for a sampling layer. */
  noise(shape: readonly number[]): Tensor;
}

const arithmetic: LayerTable<[run: LayerRun], Tensor> = {
  dense({ bias, activation, units }, run) {
    const { nn, tf } = run.room;
    const [x] = run.inputs as [Tensor];
    const product = (rows: Tensor) =>
      nn.dense(rows, run.weight("kernel"), bias ? run.weight("bias") : null, activation);
    if (x.rank === 2) return product(x);
    // Each position of a longer shape is a row of its own.
    const rows = tf.reshape(x, [-1, x.shape.at(-1)!]);
    return tf.reshape(product(rows), [...x.shape.slice(0, -1), units]);
  },
  conv: ({ bias, activation, ...window }, run) =>
    run.room.nn.conv2d(
      run.inputs[0]!,
      run.weight("kernel"),
      bias ? run.weight("bias") : null,
      window,
      run.norm?.activation ?? activation,
      run.norm,
    ),
  depthwise: ({ bias, activation, ...window }, run) =>
    run.room.nn.depthwise2d(
      run.inputs[0]!,
      run.weight("kernel"),
      bias ? run.weight("bias") : null,
      window,
      run.norm?.activation ?? activation,
      run.norm,
    ),
  "conv-transpose"(layer, run) {
    const { nn, tf } = run.room;
    const { bias, filters, strides, padding, activation } = layer;
    const [batch, height, width] = run.inputs[0]!.shape as [number, number, number];
    const shape = [batch, ...transposedExtents([height, width], layer), filters] as const;
    // tfjs writes the channels that leave before those that enter.
    const kernel = tf.transpose(run.weight("kernel"), [0, 1, 3, 2]) as Tensor4D;
    const x = run.inputs[0] as Tensor4D;
    const y = tf.conv2dTranspose(x, kernel, [...shape], [...strides], padding);
    return nn.activate(bias ? tf.add(y, run.weight("bias")) : y, activation);
  },
  batchnorm({ epsilon, activation }, run) {
    const { nn } = run.room;
    const [x] = run.inputs as [Tensor];
    const [gamma, beta] = [run.weight("gamma"), run.weight("beta")];
    if (!run.training) {
      const [mean, variance] = [run.weight("mean"), run.weight("variance")];
      return nn.batchNorm(x, mean, variance, gamma, beta, epsilon, activation);
    }
    const { y, mean, variance } = nn.batchNormTraining(x, gamma, beta, epsilon, activation);
    run.statistics(mean, variance);
    return y;
  },
  embedding: (_layer, { room: { nn, tf }, inputs: [tokens], weight }) =>
    nn.embedding(weight("kernel"), tf.cast(tokens!, "int32")),
  position: (_layer, { room, inputs: [x], weight }) => room.tf.add(x!, weight("kernel")),
  "layer-norm": ({ epsilon }, { room, inputs: [x], weight }) =>
    room.nn.layerNorm(x!, weight("gamma"), weight("beta"), epsilon),
  attention: ({ heads }, { room, inputs }) => attention(room, heads, inputs),
  first: (_layer, { room, inputs: [x] }) => {
    const [batch, , size] = x!.shape as [number, number, number];
    return room.tf.reshape(room.tf.slice(x!, [0, 0, 0], [batch, 1, size]), [batch, size]);
  },
  activation: ({ activation }, { room, inputs }) => room.nn.activate(inputs[0]!, activation),
  "max-pool": ({ size, ...window }, { room, inputs }) => room.nn.maxPool(inputs[0]!, size, window),
  "average-pool": ({ size, ...window }, { room, inputs }) =>
    room.nn.averagePool(inputs[0]!, size, window),
  "global-average-pool": (_layer, { room, inputs }) => room.nn.globalAveragePool(inputs[0]!),
  "global-max-pool": (_layer, { room: { nn, tf }, inputs: [x] }) => {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const window = { strides: [1, 1], padding: "valid" } as const;
    return tf.reshape(nn.maxPool(x!, [height, width], window), [batch, channels]);
  },
  recurrent,
  upsample({ size: [rows, columns] }, { room, inputs: [x] }) {
    const [, height, width] = x!.shape as [number, number, number];
    return room.tf.image.resizeNearestNeighbor(x as Tensor4D, [height * rows, width * columns]);
  },
  flatten: (_layer, { room, inputs: [x] }) =>
    room.tf.reshape(x!, [x!.shape[0]!, x!.size / x!.shape[0]!]),
  reshape: ({ shape }, { room, inputs: [x] }) => room.tf.reshape(x!, [x!.shape[0]!, ...shape]),
  pad: ({ amounts: [rows, columns] }, { room, inputs }) =>
    room.tf.pad(inputs[0]!, [[0, 0], [...rows], [...columns], [0, 0]]),
  crop({ amounts: [[top, bottom], [left, right]] }, { room, inputs: [x] }) {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const size = [batch, height - top - bottom, width - left - right, channels];
    return room.tf.slice(x!, [0, top, left, 0], size);
  },
  permute: ({ order }, { room, inputs: [x] }) =>
    room.tf.transpose(x!, [0, ...order.map((axis) => axis + 1)]),
  add({ activation }, { room, inputs: [first, ...others] }) {
    const last = others.length - 1;
    return others.reduce(
      (sum, next, index) => room.nn.add(sum, next, index === last ? activation : "linear"),
      first!,
    );
  },
  concat: (_layer, { room, inputs }) => room.tf.concat([...inputs], -1),
  mixture: ({ shares }, { room, inputs }) => mixture(room, shares, inputs),
  split({ parts, part }, { room, inputs: [x] }) {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const each = channels / parts;
    return room.tf.slice(x!, [0, 0, 0, part * each], [batch, height, width, each]);
  },
  shuffle({ groups }, { room: { tf }, inputs: [x] }) {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const grouped = tf.reshape(x!, [batch * height * width, groups, channels / groups]);
    return tf.reshape(tf.transpose(grouped, [0, 2, 1]), x!.shape);
  },
  dropout({ rate }, { room, training, inputs: [x], dropout }) {
    return training && rate > 0 ? room.tf.mul(x!, dropout(x!.shape, rate)) : x!;
  },
  // z = μ + σ ε with σ = exp(log σ² / 2) (Kingma & Welling 2014, arXiv 1312.6114, §2.4).
  sample(_layer, { room: { tf }, training, noise, inputs: [mean, logVariance] }) {
    if (!training) return mean!;
    return tf.add(mean!, tf.mul(tf.exp(tf.mul(logVariance!, 0.5)), noise(mean!.shape)));
  },
};

/** The value of a layer, batch first. */
export function runLayer(layer: Layer, run: LayerRun): Tensor {
  return answer(arithmetic, layer, run);
}
