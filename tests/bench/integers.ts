// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Inference of networks quantized to int8 against the same in float32, in our own room and by turns: pairs, so that what
 * slows the machine slows both; by the processor's clock, which a busy machine disturbs less. Prints a JSON line per
 * network and rules: medians in milliseconds of a batch, and the median of the pairs' ratios, int8 over float.
 * `deno run -A tests/bench/integers.ts [--batch N] [--pairs N] [--rules onnx,tflite,tensorflow]
 * [--kernels KIND] [network…]`
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type KernelChoice, kernelsHere } from "../../engine/library/kernels.ts";
import { type Tensor, withTensors } from "../../engine/tensor/mod.ts";
import { runner } from "../../ops/model/infer.ts";
import { initialModel } from "../../ops/model/initialize.ts";
import type { Architecture, Model, Quantization } from "../../ops/model/model.ts";
import { mlp } from "../../ops/model/zoo/mlp.ts";
import { mobilenetV1 } from "../../ops/model/zoo/mobilenet_v1.ts";
import { mobilenetV2 } from "../../ops/model/zoo/mobilenet_v2.ts";
import { resnet } from "../../ops/model/zoo/resnet.ts";
import { quantized } from "../../ops/quantize/quantized.ts";
import { noiseData } from "../ops/noise_data.ts";
import { runContext } from "../ops/run_context.ts";
import { median } from "./median.ts";

const NETWORKS: { readonly [name: string]: () => Architecture } = {
  mlp: () => mlp.build([784], 10, { hidden: [512, 512], dropout: 0 }),
  "resnet-8": () => resnet.build([32, 32, 3], 10, { depth: 8, width: 1 }),
  "mobilenet-v1": () => mobilenetV1.build([32, 32, 3], 10, { depth: 7, width: 0.5 }),
  "mobilenet-v2": () => mobilenetV2.build([32, 32, 3], 10, { depth: 6, width: 0.5 }),
};

const int8 = (model: Model, rules: Quantization["rules"]): Promise<Model> =>
  quantized(model, noiseData(model, 32), {
    scheme: "int8",
    granularity: "channel",
    symmetry: "symmetric",
    activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
    calibrate: { use: "minmax", samples: 32 },
    fold: "batchnorm",
    equalize: "none",
    "bias_correction": "none",
    rules,
  }, runContext());

/** Milliseconds of processor time, all threads together. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const { values: flags, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    batch: { type: "string", default: "32" },
    kernels: { type: "string", default: "wasm" },
    pairs: { type: "string", default: "15" },
    rules: { type: "string", default: "onnx" },
  },
});
const batch = Number(flags.batch);
const pairs = Number(flags.pairs);
const { use, library: kernels } = await kernelsHere(flags.kernels as KernelChoice);

for (const [bench, build] of Object.entries(NETWORKS)) {
  if (positionals.length > 0 && !positionals.includes(bench)) continue;
  for (const rules of flags.rules.split(",") as Quantization["rules"][]) {
    const model = initialModel(build(), 1);
    const integers = await int8(model, rules);
    await withTensors(async (room) => {
      const networks = [await runner(room, model), await runner(room, integers)] as const;
      const { x: samples } = noiseData(model, batch).parts.train!;
      const x = room.tensor(samples as Float32Array, [batch, ...model.inputs[0]!.shape]);
      const pass = ({ run }: { run(x: readonly Tensor[]): Tensor }) =>
        room.tf.tidy(() => room.values(run([x])));
      // So often that a pass of either takes a measurable time.
      const repeats = networks.map((network) => {
        for (let i = 0; i < 3; i++) pass(network);
        const began = now();
        for (let i = 0; i < 3; i++) pass(network);
        return Math.max(1, Math.ceil(60 / (now() - began)));
      });
      const timed = (network: typeof networks[number], i: number): number => {
        const began = now();
        for (let pass_ = 0; pass_ < repeats[i]!; pass_++) pass(network);
        return (now() - began) / repeats[i]!;
      };
      const found = Array.from({ length: pairs }, () => networks.map(timed) as [number, number]);
      x.dispose();
      const [float32, int8] = [0, 1].map((side) => median(found.map((pair) => pair[side]!)));
      const rounded = (value: number) => Math.round(value * 1000) / 1000;
      console.log(JSON.stringify({
        ...{ bench, rules, kernels: use, batch, pairs, unit: "ms", float32: rounded(float32!) },
        ...{ int8: rounded(int8!), ratio: rounded(median(found.map(([a, b]) => b / a))) },
      }));
      for (const { dispose } of networks) dispose();
    }, { threads: 1, kernels });
  }
}
