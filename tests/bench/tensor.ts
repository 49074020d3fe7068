/**
 * Training and inference speed of the tensor room, one JSON line per workload as the PyTorch peer prints them:
 * `deno task bench:tensor [--threads N] [--kernels KIND] [--clock processor] [workload…]`. Medians of five windows of
 * 0.6 s; by the processor's clock a busy machine disturbs less.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type KernelChoice, kernelsHere } from "../../engine/library/kernels.ts";
import { type Room, withTensors } from "../../engine/tensor/mod.ts";
import { type Network, NETWORKS } from "./networks.ts";
import { createPass, start, train } from "./training.ts";

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
      kernels: { type: "string", default: "auto" },
      clock: { type: "string", default: "wall" },
      loss: { type: "boolean" },
    },
  });
  const threads = Number(flags.threads);
  const { use, library: kernels } = await kernelsHere(flags.kernels as KernelChoice);
  const round = (x: number) => Math.round(x * 10) / 10;
  for (const [workload, build] of Object.entries(NETWORKS)) {
    if (positionals.length > 0 && !positionals.includes(workload)) continue;
    const { train, infer, loss } = await withTensors(
      (room) => measure(room, build(), CLOCKS[flags.clock]!),
      { threads, kernels },
    );
    const line = {
      workload,
      threads,
      kernels: use,
      "train_items_per_s": round(train),
      "infer_items_per_s": round(infer),
    };
    const text = JSON.stringify(flags.loss ? { ...line, loss } : line);
    await Deno.stdout.write(new TextEncoder().encode(text + "\n"));
  }
}
