// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Exported files in the runtimes that they are for, as `evaluate.latency` loads them: float beside int8, by turns, so that
 * what slows the machine slows both, and by the processor's clock, which a busy machine disturbs less. Prints a JSON line
 * per network and runtime: median, 10th and 90th percentile of one inference of one sample in milliseconds, the median of
 * the turns' ratios, float over int8, and how many of the operators that the runtime computes do so with integers.
 * Beside the WebAssembly that `evaluate.latency` has, the same files are timed in the native builds of the runtimes where
 * `DECANT_ONNX_PYTHON` and `DECANT_LITERT_PYTHON` name interpreters with the packages `onnxruntime` and `ai-edge-litert`.
 * Networks are the published ones where `DECANT_TEST_DATA` has them, else of the zoo with weights at random.
 * `deno run -A tests/bench/latency.ts [--turns N] [--clock processor|wall] [network…]`
 *
 * What decides in ONNX Runtime: all convolutions between integers become QLinearConv, in both builds (the profile names the
 * kernels). Its WebAssembly has vector kernels for their products, but scalar loops for depthwise ones and for what rounds
 * sums to 8 bits (`MlasConvDepthwiseKernel` and `MlasRequantizeOutput` know SSE2 and NEON alone): by the profile of 400
 * inferences of MobileNet v1 0.25 a depthwise layer of 64 × 64 × 8 takes 397 µs in integers and 94 in floats, one of
 * 16 × 16 × 64 203 and 86, while convolutions of 3 × 3 in ResNet-8 take 166 and 218.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { quantile } from "../../ops/evaluate/latency.ts";
import { timedFormat } from "../../ops/evaluate/runtimes.ts";
import { computing } from "../../ops/formats/onnx/time_onnx.ts";
import type { RunnableFiles, Runtime } from "../../ops/formats/runtime.ts";
import { initialModel } from "../../ops/model/initialize.ts";
import type { Architecture, Model, Quantization } from "../../ops/model/model.ts";
import { mobilenetV1 } from "../../ops/model/zoo/mobilenet_v1.ts";
import { mobilenetV2 } from "../../ops/model/zoo/mobilenet_v2.ts";
import { resnet } from "../../ops/model/zoo/resnet.ts";
import { quantized } from "../../ops/quantize/quantized.ts";
import { filesIn, modelOf, testData } from "../ops/model/support/test_data.ts";
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

/** Milliseconds by the processor's clock, of all threads together. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const now = () => flags.clock === "wall" ? performance.now() : processorTime();

/** Milliseconds of a turn at least: the processor's clock ticks slowly. */
const TURN = 40;

/** Milliseconds of the processor until WebAssembly is compiled as well as it will be (`latency_in.ts`), with time to spare. */
const WARM_UP = 2000;

/** Of each turn the milliseconds of an inference: float, int8. */
type Pairs = readonly (readonly number[])[];

type Inference = RunnableFiles["infer"];

/** So many inferences that they take a measurable time, once nothing changes any more. */
async function repeatsOf(infer: Inference): Promise<number> {
  const countIn = async (milliseconds: number) => {
    const began = processorTime();
    let count = 0;
    for (; processorTime() - began < milliseconds; count++) await infer();
    return count;
  };
  await countIn(WARM_UP);
  return await countIn(TURN);
}

/** Turns of both. */
async function byTurns(both: readonly Inference[]): Promise<Pairs> {
  const repeats: number[] = [];
  for (const infer of both) repeats.push(await repeatsOf(infer));
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

type Told = Pick<RunnableFiles, "threads" | "operators">;

const rounded = (value: number) => Number(value.toPrecision(3));

function spread(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const [low, median, high] = [0.1, 0.5, 0.9].map((part) => rounded(quantile(sorted, part)));
  return { median, low, high };
}

/** Interpreters of Python that have the runtimes' native builds. */
const PYTHONS = {
  onnxruntime: Deno.env.get("DECANT_ONNX_PYTHON"),
  litert: Deno.env.get("DECANT_LITERT_PYTHON"),
};

const SCRIPT = new URL("native_latency.py", import.meta.url).pathname;

/** The same turns in a native build. Throws an Error with what Python says where it has none. */
async function natively(
  use: keyof typeof PYTHONS,
  shape: readonly number[],
  both: readonly Uint8Array[],
): Promise<{ runtime: string; times: Pairs; profile?: string }> {
  const folder = await Deno.makeTempDir();
  try {
    const paths = both.map((_, side) => `${folder}/${side}`);
    for (const [side, path] of paths.entries()) await Deno.writeFile(path, both[side]!);
    const args = [SCRIPT, use, flags.clock, flags.turns, shape.join(), ...paths];
    const { success, stdout, stderr } = await new Deno.Command(PYTHONS[use]!, { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [bench, { folder, build }] of Object.entries(NETWORKS)) {
  if (positionals.length > 0 && !positionals.includes(bench)) continue;
  const path = folder === undefined ? undefined : testData(folder);
  const model = path === undefined ? initialModel(build(), 1) : modelOf(filesIn(path));
  const weights = path === undefined ? "random" : "published";
  const tell = (runtime: string, pairs: Pairs, { threads, operators }: Told) => {
    const times = [0, 1].map((side) => spread(pairs.map((pair) => pair[side]!)));
    console.log(JSON.stringify({
      ...{ bench, weights, runtime, threads, batch: 1, clock: flags.clock },
      ...{ turns, unit: "ms", float: times[0], int8: times[1] },
      ratio: rounded(spread(pairs.map(([a, b]) => a! / b!)).median!),
      integers: operators,
    }));
  };
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
    const operators = await load(float, (floats) =>
      load(small, async (integers) => {
        tell(runtime.as, await byTurns([floats.infer, integers.infer]), integers);
        return integers.operators;
      }));
    if (PYTHONS[use] === undefined) continue;
    const files = [float, small].map(({ files }) => Object.values(files)[0]!);
    const { runtime: native, times, profile } = await natively(use, shape, files);
    // A file fixes LiteRT's; ONNX Runtime decides when it loads one.
    const counted = profile === undefined ? operators : computing(profile);
    tell(native, times, { threads: 1, operators: counted });
  }
}
