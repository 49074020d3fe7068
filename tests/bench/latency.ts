// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Exported files in the runtimes that they are for, as `evaluate.latency` loads them: float beside int8, by turns, so that
 * what slows the machine slows both, and by the processor's clock, which a busy machine disturbs less. Prints a JSON line
 * per network and runtime: median, 10th and 90th percentile of one inference of one sample in milliseconds, the median of
 * the turns' ratios, float over int8, and how many of the operators that the runtime computes do so with integers.
 * Networks are the published ones where `DECANT_TEST_DATA` has them, else of the zoo with weights at random.
 * `deno run -A tests/bench/latency.ts [--turns N] [--clock processor|wall] [network…]`
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { quantile } from "../../ops/evaluate/latency.ts";
import { timedFormat } from "../../ops/evaluate/runtimes.ts";
import type { RunnableFiles, Runtime } from "../../ops/formats/runtime.ts";
import { initialModel } from "../../ops/model/initialize.ts";
import type { Architecture, Model, Quantization } from "../../ops/model/model.ts";
import { mobilenetV1 } from "../../ops/model/zoo/mobilenet_v1.ts";
import { mobilenetV2 } from "../../ops/model/zoo/mobilenet_v2.ts";
import { resnet } from "../../ops/model/zoo/resnet.ts";
import { quantized } from "../../ops/quantize/quantized.ts";
import { filesIn, modelOf, testData } from "../ops/model/test_data.ts";
import { noiseData } from "../ops/noise_data.ts";
import { runContext } from "../ops/run_context.ts";

interface Network {
  /** Of the published layers-model. */
  readonly folder?: string;
  build(): Architecture;
}

const NETWORKS: { readonly [name: string]: Network } = {
  "resnet-8": {
    folder: "mlperf-tiny-resnet-cifar10/tfjs-resnet8",
    build: () => resnet.build([32, 32, 3], 10, { depth: 8, width: 1 }),
  },
  "mobilenet-v1-0.25-128": {
    folder: "mobilenet-v1-025-128/tfjs",
    build: () => mobilenetV1.build([128, 128, 3], 1001, { depth: 13, width: 0.25 }),
  },
  "mobilenet-v2-1.0-224": {
    build: () => mobilenetV2.build([224, 224, 3], 1000, { depth: 17, width: 1 }),
  },
};

/** The runtimes, and the rules by which a network is rounded for each. */
const RUNTIMES = [
  ["onnxruntime", "onnx", { float: "float", int8: "qdq" }],
  ["litert", "tflite", { float: "float", int8: "int8" }],
] as const;

const int8 = (model: Model, rules: Quantization["rules"]): Promise<Model> =>
  quantized(model, noiseData(model, 8), {
    scheme: "int8",
    granularity: "channel",
    symmetry: "symmetric",
    activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
    calibrate: { use: "minmax", samples: 8 },
    fold: "batchnorm",
    equalize: "none",
    "bias_correction": "none",
    rules,
  }, runContext());

const { values: flags, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    clock: { type: "string", default: "processor" },
    turns: { type: "string", default: "50" },
  },
});
const turns = Number(flags.turns);

/** Milliseconds of the chosen clock; of the processor's all threads together. */
function now(): number {
  if (flags.clock === "wall") return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of a turn at least: the processor's clock ticks slowly. */
const TURN = 40;

type Inference = RunnableFiles["infer"];

/** So many inferences that they take a measurable time. */
async function repeatsOf(infer: Inference): Promise<number> {
  for (let i = 0; i < 5; i++) await infer();
  const began = performance.now();
  for (let i = 0; i < 5; i++) await infer();
  return Math.max(1, Math.ceil(TURN * 5 / (performance.now() - began)));
}

/** Milliseconds of an inference, by turns of both: float, int8. */
async function byTurns(both: readonly Inference[]): Promise<readonly (readonly number[])[]> {
  const repeats = await Promise.all(both.map(repeatsOf));
  const found: number[][] = [];
  for (let turn = 0; turn < turns; turn++) {
    const pair: number[] = [];
    for (const [side, infer] of both.entries()) {
      const began = now();
      for (let i = 0; i < repeats[side]!; i++) await infer();
      pair.push((now() - began) / repeats[side]!);
    }
    found.push(pair);
  }
  return found;
}

const rounded = (value: number) => Number(value.toPrecision(3));

function spread(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const [low, median, high] = [0.1, 0.5, 0.9].map((part) => rounded(quantile(sorted, part)));
  return { median, low, high };
}

for (const [bench, { folder, build }] of Object.entries(NETWORKS)) {
  if (positionals.length > 0 && !positionals.includes(bench)) continue;
  const path = folder === undefined ? undefined : testData(folder);
  const model = path === undefined ? initialModel(build(), 1) : modelOf(filesIn(path));
  for (const [use, rules, forms] of RUNTIMES) {
    const { runtime, write } = timedFormat({ use })!;
    const { shape } = model.inputs[0]!;
    const x = noiseData(model, 1).parts.train!.x as Float32Array;
    const asked = async (of: Model, form: string) => ({
      files: await write(of, { form, opset: 17, "c_array": false }),
      samples: { x, shape },
      context: runContext(),
    });
    const [float, small] = [
      await asked(model, forms.float),
      await asked(await int8(model, rules), forms.int8),
    ];
    const load: Runtime["load"] = (asked, work) => runtime.load(asked, work);
    await load(float, (floats) =>
      load(small, async (integers) => {
        const pairs = await byTurns([floats.infer, integers.infer]);
        const times = [0, 1].map((side) => spread(pairs.map((pair) => pair[side]!)));
        console.log(JSON.stringify({
          ...{ bench, weights: path === undefined ? "random" : "published" },
          ...{ runtime: runtime.as, threads: integers.threads, batch: 1, clock: flags.clock },
          ...{ turns, unit: "ms", float: times[0], int8: times[1] },
          ratio: rounded(spread(pairs.map(([a, b]) => a! / b!)).median!),
          integers: integers.operators,
        }));
      }));
  }
}
