/**
 * Training and inference speed of the tensor room, one JSON line per workload as the PyTorch peer prints them:
 * `deno task bench:tensor [--threads N] [--clock processor] [workload…]`. Medians of five windows of 0.6 s; by the
 * processor's clock a busy machine disturbs less.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type Room, type Tensor, withTensors } from "../../engine/tensor/mod.ts";
import { type Network, NETWORKS, type Pass } from "./networks.ts";

/** The state of one network in the room. */
interface State {
  readonly parameters: Tensor[];
  readonly slots: Tensor[][];
  /** A mean and a variance for each batch normalisation. */
  readonly statistics: [Tensor, Tensor][];
}

const MOMENTUM = 0.1;
const EPSILON = 1e-5;

function start(room: Room, network: Network): State {
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
function createPass(
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

function train(
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

type Clock = () => number;

/** Milliseconds by the wall, and of processor time, all threads together. */
const CLOCKS: { readonly [name: string]: Clock } = {
  wall: () => performance.now(),
  processor: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

function rate(body: () => void, items: number, now: Clock): number {
  for (let i = 0; i < 2; i++) body();
  let begin = now();
  body();
  const repeats = Math.max(2, Math.floor(600 / (now() - begin)));
  const rates = Array.from({ length: 5 }, () => {
    begin = now();
    for (let i = 0; i < repeats; i++) body();
    return items * repeats * 1000 / (now() - begin);
  });
  return rates.sort((a, b) => a - b)[2]!;
}

/** Items per second of training and of inference. */
function measure(
  room: Room,
  network: Network,
  now: Clock,
): { train: number; infer: number; loss: number } {
  const { tf } = room;
  const state = start(room, network);
  const x = network.input(room);
  const labels = Int32Array.from({ length: network.batch }, (_, i) => i * 7 % network.classes);
  const hot = new Float32Array(network.batch * network.classes);
  labels.forEach((label, i) => hot[i * network.classes + label] = 1);
  const targets = room.tensor(hot, [network.batch, network.classes]);
  let step = 0;
  let loss = 0;
  const trained = rate(
    () => {
      loss = train(room, network, state, x, targets, ++step);
    },
    network.batch,
    now,
  );
  if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`);
  const inferred = rate(
    () => {
      const logits = tf.tidy(() => network.logits(createPass(room, state), x));
      logits.dispose();
    },
    network.batch,
    now,
  );
  tf.dispose([x, targets, state.parameters, state.slots.flat(), state.statistics.flat()]);
  return { train: trained, infer: inferred, loss };
}

if (import.meta.main) {
  const { values: flags, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      threads: { type: "string", default: "1" },
      clock: { type: "string", default: "wall" },
      loss: { type: "boolean" },
    },
  });
  const threads = Number(flags.threads);
  const round = (x: number) => Math.round(x * 10) / 10;
  for (const [workload, build] of Object.entries(NETWORKS)) {
    if (positionals.length > 0 && !positionals.includes(workload)) continue;
    const { train, infer, loss } = await withTensors(
      (room) => measure(room, build(), CLOCKS[flags.clock]!),
      { threads },
    );
    const line = {
      workload,
      threads,
      "train_items_per_s": round(train),
      "infer_items_per_s": round(infer),
    };
    const text = JSON.stringify(flags.loss ? { ...line, loss } : line);
    await Deno.stdout.write(new TextEncoder().encode(text + "\n"));
  }
}
