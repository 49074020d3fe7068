/** A step of training and a pass of inference of the benchmarks' networks. */
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import type { Network, Pass } from "./networks.ts";

/** The state of one network in the room. */
export interface State {
  readonly parameters: Tensor[];
  readonly slots: Tensor[][];
  /** A mean and a variance for each batch normalisation. */
  readonly statistics: [Tensor, Tensor][];
}

const MOMENTUM = 0.1;
const EPSILON = 1e-5;

/** A network's parameters, drawn, and its slots and statistics. */
export function start(room: Room, network: Network): State {
  const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
  const zeros = (shape: readonly number[]) => room.tensor(new Float32Array(size(shape)), shape);
  const ones = (n: number) => room.tensor(new Float32Array(n).fill(1), [n]);
  let state = 7;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2147483648 - 1;
  const parameters = network.parameters.map((shape) => {
    if (shape.length === 1) return ones(shape[0]!);
    const limit = Math.sqrt(3 / (size(shape) / shape.at(-1)!));
    return room.tensor(Float32Array.from({ length: size(shape) }, () => random() * limit), shape);
  });
  return {
    parameters,
    slots: network.parameters.map((shape) =>
      network.optimizer === "adam" ? [zeros(shape), zeros(shape)] : [zeros(shape)]
    ),
    statistics: network.norms.map((channels) => [zeros([channels]), ones(channels)]),
  };
}

/** A pass that trains, collecting each batch normalisation's statistics, or one that infers. */
export function createPass(
  room: Room,
  state: State,
  collect?: (mean: Tensor, variance: Tensor) => void,
): Pass {
  let parameter = 0;
  let norm = 0;
  const next = () => state.parameters[parameter++]!;
  return {
    room,
    nn: room.nn,
    next,
    last(x, layer) {
      const y = layer(x);
      if (!collect) x.dispose();
      return y;
    },
    normed(layer, x, window, activation) {
      const [w, gamma, beta] = [next(), next(), next()];
      const [mean, variance] = state.statistics[norm++]!;
      if (!collect) {
        const given = { mean, variance, gamma, beta, epsilon: EPSILON };
        return room.nn[layer](x, w, null, window, activation, given);
      }
      const z = room.nn[layer](x, w, null, window, "linear");
      const made = room.nn.batchNormTraining(z, gamma, beta, EPSILON, activation);
      collect(room.tf.keep(made.mean), room.tf.keep(made.variance));
      return made.y;
    },
  };
}

/** Moving averages of the statistics: the same arithmetic as a plain SGD step towards them. */
function move(room: Room, averages: readonly Tensor[], found: readonly Tensor[]): void {
  averages.forEach((average, i) => {
    const moved = room.tf.tidy(() =>
      room.tf.add(room.tf.mul(average, 1 - MOMENTUM), room.tf.mul(found[i]!, MOMENTUM))
    );
    average.dispose();
    found[i]!.dispose();
    (averages as Tensor[])[i] = moved;
  });
}

/** One step; returns the loss. */
export function train(
  room: Room,
  network: Network,
  state: State,
  x: Tensor,
  targets: Tensor,
  step: number,
): number {
  const found: [Tensor, Tensor][] = [];
  const { value, gradients } = room.valueAndGradients(() => {
    const pass = createPass(room, state, (mean, variance) => found.push([mean, variance]));
    return room.tf.mean(room.nn.crossEntropy(network.logits(pass, x), targets, 1));
  }, state.parameters);
  state.parameters.forEach((parameter, i) => {
    const gradient = gradients[i]!;
    const settings = network.optimizer === "adam"
      ? {
        ...{ use: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const,
        ...{ weightDecay: 0, decoupled: false, step },
      }
      : { use: "sgd", learningRate: 0.01, momentum: 0.9, weightDecay: 0 } as const;
    room.update(parameter, gradient, state.slots[i]!, settings);
    gradient.dispose();
  });
  found.forEach((pair, i) => move(room, state.statistics[i]!, pair));
  const loss = room.values(value)[0]!;
  value.dispose();
  return loss;
}
