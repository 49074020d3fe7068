/** Functions of one value that no kernel computes on its own, in operations of tfjs whose bits the room fixes. */
import { Type } from "../../../engine/field.ts";
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";

/** One function. */
interface ValueFunction {
  /** How many parameters it takes. */
  readonly parameters: number;
  run(room: Room, x: Tensor, parameters: readonly number[]): Tensor;
}

/** σ(x), by the kernel of the activation. */
const sigmoid = ({ nn }: Room, x: Tensor): Tensor => nn.activate(x, "sigmoid");

/** Where x > limit 1, else 0; it has no slope. */
const above = ({ tf }: Room, x: Tensor, limit: number): Tensor => tf.step(tf.sub(x, limit));

/** |x|, its slope at 0 none. */
const magnitude = ({ tf }: Room, x: Tensor): Tensor => tf.add(tf.relu(x), tf.relu(tf.neg(x)));

/** The scale and the limit of `selu`, at which mean 0 and variance 1 are kept (Klambauer et al. 2017, arXiv 1706.02515). */
const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 } as const;

/** α (eˣ − 1) below 0, x above. */
function elu(room: Room, x: Tensor, alpha: number): Tensor {
  const { tf, nn } = room;
  const below = tf.mul(nn.activate(tf.minimum(x, 0), "elu"), alpha);
  return tf.add(tf.relu(x), below);
}

/** Every function by name. Parameters in the order given. */
export const functions = {
  /** x · σ(x) (Ramachandran et al. 2017, arXiv 1710.05941). */
  swish: { parameters: 0, run: (room, x) => room.tf.mul(x, sigmoid(room, x)) },
  /** x · clip(x + 3, 0, 6) / 6 (Howard et al. 2019, arXiv 1905.02244). */
  "hard-swish": {
    parameters: 0,
    run: ({ tf }, x) => tf.mul(x, tf.div(tf.clipByValue(tf.add(x, 3), 0, 6), 6)),
  },
  /** clip(slope · x + offset, 0, 1). */
  "hard-sigmoid": {
    parameters: 2,
    run: ({ tf }, x, [slope, offset]) => tf.clipByValue(tf.add(tf.mul(x, slope!), offset!), 0, 1),
  },
  /** x · tanh(log(1 + eˣ)) (Misra 2019, arXiv 1908.08681). */
  mish: {
    parameters: 0,
    run: ({ tf, nn }, x) => tf.mul(x, nn.activate(tf.softplus(x), "tanh")),
  },
  selu: {
    parameters: 0,
    run: (room, x) => room.tf.mul(elu(room, x, SELU.alpha), SELU.scale),
  },
  /** log(1 + eˣ). */
  softplus: { parameters: 0, run: ({ tf }, x) => tf.softplus(x) },
  /** x / (1 + |x|). */
  softsign: { parameters: 0, run: (room, x) => room.tf.div(x, room.tf.add(magnitude(room, x), 1)) },
  exponential: { parameters: 0, run: ({ tf }, x) => tf.exp(x) },
  /** −log(1 + e⁻ˣ). */
  "log-sigmoid": { parameters: 0, run: ({ tf }, x) => tf.neg(tf.softplus(tf.neg(x))) },
  /** ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks & Gimpel 2016, arXiv 1606.08415). */
  "gelu-tanh": {
    parameters: 0,
    run({ tf, nn }, x) {
      const inner = tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715));
      const bent = nn.activate(tf.mul(inner, Math.sqrt(2 / Math.PI)), "tanh");
      return tf.mul(tf.mul(x, 0.5), tf.add(bent, 1));
    },
  },
  /** x above 0, slope · x below. */
  "leaky-relu": {
    parameters: 1,
    run: ({ tf }, x, [slope]) => tf.add(tf.relu(x), tf.mul(tf.minimum(x, 0), slope!)),
  },
  /** x above 0, α (eˣ − 1) below. */
  elu: { parameters: 1, run: (room, x, [alpha]) => elu(room, x, alpha!) },
  /** x above 0, α (e^(x / α) − 1) below. */
  celu: {
    parameters: 1,
    run(room, x, [alpha]) {
      const { tf } = room;
      return tf.add(tf.relu(x), elu(room, tf.div(tf.minimum(x, 0), alpha!), alpha!));
    },
  },
  /** x above a limit, 0 up to it. */
  threshold: { parameters: 1, run: (room, x, [limit]) => room.tf.mul(x, above(room, x, limit!)) },
  /** x from the second number on, slope · (x − the second) below it; at most the third. */
  "bounded-relu": {
    parameters: 3,
    run(room, x, [slope, from, most]) {
      const { tf } = room;
      const inside = tf.cast(tf.greaterEqual(x, from!), "float32");
      const below = tf.mul(tf.minimum(tf.sub(x, from!), 0), slope!);
      return tf.add(tf.mul(tf.minimum(x, most!), inside), below);
    },
  },
  /** At least the first, at most the second. */
  clip: { parameters: 2, run: ({ tf }, x, [low, high]) => tf.clipByValue(x, low!, high!) },
  /** x − tanh(x). */
  "tanh-shrink": { parameters: 0, run: ({ tf, nn }, x) => tf.sub(x, nn.activate(x, "tanh")) },
  /** Nearer to 0 by so much, 0 where it is no further. */
  "soft-shrink": {
    parameters: 1,
    run: ({ tf }, x, [by]) => tf.add(tf.relu(tf.sub(x, by!)), tf.minimum(tf.add(x, by!), 0)),
  },
  /** 0 where it is no further from 0 than so much. */
  "hard-shrink": {
    parameters: 1,
    run: (room, x, [by]) => room.tf.mul(x, above(room, magnitude(room, x), by!)),
  },
  /** (x + √(x² + b)) / 2. */
  squareplus: {
    parameters: 1,
    run: ({ tf }, x, [b]) => tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), b!))), 0.5),
  },
  /** √max(x, least). */
  root: {
    parameters: 1,
    run: ({ tf }, x, [least]) => tf.sqrt(tf.maximum(x, least!)),
  },
  /** The natural logarithm of max(x, least). */
  logarithm: {
    parameters: 1,
    run: ({ tf }, x, [least]) => tf.log(tf.maximum(x, least!)),
  },
  /** min(|x − number|, 1): of whole numbers 1 for another and 0 for this one, so of tokens a mask. */
  differs: {
    parameters: 1,
    run: (room, x, [number]) => room.tf.minimum(magnitude(room, room.tf.sub(x, number!)), 1),
  },
  /** factor · x + offset. */
  scale: {
    parameters: 2,
    run: ({ tf }, x, [factor, offset]) => tf.add(tf.mul(x, factor!), offset!),
  },
} satisfies Readonly<Record<string, ValueFunction>>;

/** The name of one. */
export type FunctionName = keyof typeof functions;

/** The field of a layer that names one. */
export const FunctionField = Type.Unsafe<FunctionName>(
  Type.Union(Object.keys(functions).map((name) => Type.Literal(name))),
);

/** One by its name. */
export const functionNamed = (name: FunctionName): ValueFunction => functions[name];
