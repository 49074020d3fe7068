// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Inference of a ResNet-20 with and without half its channels, in our own room and by turns: pairs, so that what slows
 * the machine slows both. Prints a JSON line per batch size: medians in milliseconds, and the median of the pairs' ratios.
 * `atLeast` is what half the channels have to give. `deno run -A tests/bench/pruned.ts [THREADS]`
 */
import { withTensors } from "../../engine/tensor/mod.ts";
import { runner } from "../../ops/model/infer.ts";
import { initialModel } from "../../ops/model/initialize.ts";
import { resnet } from "../../ops/model/zoo/resnet.ts";
import { cutChannels } from "../../ops/prune/cut_channels.ts";
import { noise } from "../ops/lively_model.ts";
import { median } from "./median.ts";

const AT_LEAST = 1.6;
const PAIRS = 60;
const threads = Number(Deno.args[0] ?? 2);

const whole = initialModel(resnet.build([32, 32, 3], 10, { depth: 20, width: 1 }), 1);
const pruned = cutChannels(
  whole,
  {
    granularity: "channel",
    criterion: "l1",
    scope: "layer",
    ratio: 0.5,
    min_keep: 1,
    round_to: 1,
  } as Parameters<typeof cutChannels>[1],
  0,
);

await withTensors(async (room) => {
  const networks = [await runner(room, whole), await runner(room, pruned)] as const;
  for (const batch of [1, 32]) {
    const samples = Array.from({ length: batch }, (_, i) => [...noise(whole, 2, i)[0]!.data]);
    const x = room.tensor(Float32Array.from(samples.flat()), [batch, 32, 32, 3]);
    const timed = ({ run }: typeof networks[number]): number => {
      const began = performance.now();
      room.tf.tidy(() => room.values(run([x])));
      return performance.now() - began;
    };
    for (let round = 0; round < 5; round++) networks.forEach(timed);
    const pairs = Array.from({ length: PAIRS }, () => networks.map(timed) as [number, number]);
    x.dispose();
    const ratio = median(pairs.map(([before, after]) => before / after));
    const [before, after] = [0, 1].map((side) => median(pairs.map((pair) => pair[side]!)));
    const rounded = (ms: number) => Math.round(ms * 1000) / 1000;
    console.log(JSON.stringify({
      ...{ bench: "resnet-20 without half its channels", unit: "ms", batch, threads, pairs: PAIRS },
      ...{ whole: rounded(before!), pruned: rounded(after!), times: rounded(ratio) },
      atLeast: AT_LEAST,
    }));
  }
  for (const { dispose } of networks) dispose();
}, { threads });
