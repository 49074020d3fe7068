/** A small training that uses many kernels; run as a program it prints its digest. */
import { createHash } from "node:crypto";
import {
  type Room,
  type RoomOptions,
  type Tensor,
  withTensors,
} from "../../../../engine/tensor/mod.ts";
import { stream } from "../../../../engine/tensor/random.ts";

const SHAPES = [
  [3, 3, 2, 16], // convolution, "same"
  [16],
  [16],
  [3, 3, 16, 1], // by channel, stride 2
  [3, 3, 16, 24],
  [1, 1, 24, 8],
  [8],
  [8, 5], // dense
  [5],
];

function logits({ nn }: Room, x: Tensor, p: readonly Tensor[]): Tensor {
  const same = { strides: [1, 1], padding: "same" } as const;
  const halved = { strides: [2, 2], padding: "same" } as const;
  let y = nn.conv2d(x, p[0]!, null, same, "linear");
  const normed = nn.batchNormTraining(y, p[1]!, p[2]!, 1e-3, "relu");
  y = nn.depthwise2d(normed.y, p[3]!, null, halved, "linear");
  y = nn.conv2d(y, p[4]!, null, same, "gelu");
  y = nn.conv2d(y, p[5]!, p[6]!, same, "relu6");
  y = nn.maxPool(y, [2, 2], halved);
  return nn.dense(nn.globalAveragePool(y), p[7]!, p[8]!, "linear");
}

/** The digest of the weights after six updates by two optimizers. */
export const trainedDigest = (options: RoomOptions): Promise<string> =>
  withTensors((room) => {
    const { tf, nn, tensor, values, valueAndGradients, update } = room;
    const draw = (name: string, shape: number[]) => {
      const count = shape.reduce((product, n) => product * n, 1);
      const scale = 1 / Math.sqrt(count / shape.at(-1)!);
      return tensor(stream(1, name).normals(0, count).map((v) => v * scale), shape);
    };
    const weights = SHAPES.map((shape, i) => draw(`init:${i}`, shape));
    const slots = SHAPES.map((shape) => [tf.zeros(shape), tf.zeros(shape)]);
    const x = draw("x", [6, 13, 11, 2]);
    const hot = new Float32Array(30);
    for (let i = 0; i < 6; i++) hot[i * 5 + i % 5] = 1;
    const targets = tensor(hot, [6, 5]);
    for (let step = 1; step <= 6; step++) {
      const { value, gradients } = valueAndGradients(
        () => tf.mean(nn.crossEntropy(logits(room, x, weights), targets, 2)),
        weights,
      );
      weights.forEach((weight, i) => {
        const common = { learningRate: 0.01, weightDecay: 1e-4 };
        const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, decoupled: true, step };
        if (step % 2 === 0) {
          update(weight, gradients[i]!, slots[i]!, { use: "adam", ...common, ...adam });
        } else {
          const settings = { use: "nesterov", ...common, momentum: 0.9 } as const;
          update(weight, gradients[i]!, [slots[i]![0]!], settings);
        }
        gradients[i]!.dispose();
      });
      value.dispose();
    }
    const hash = createHash("sha256");
    for (const weight of weights) hash.update(new Uint8Array(values(weight).buffer));
    tf.dispose([x, targets, weights, slots.flat()]);
    return hash.digest("hex");
  }, options);

if (import.meta.main) {
  await Deno.stdout.write(new TextEncoder().encode(await trainedDigest({ threads: 2 })));
}
