/** The time of one inference where the recipe says: of exported files in their runtime, or of the model in our own room. */
import { given } from "../../engine/given.ts";
import type { Files } from "../../engine/kind.ts";
import type { Metrics, Timing } from "../../engine/metrics.ts";
import type { RunContext } from "../../engine/op.ts";
import type { RuntimeSamples } from "../formats/runtime.ts";
import type { Model } from "../model/model.ts";
import { noiseOf } from "../model/noise.ts";
import { quantile, timed, type Times, timesOf } from "./latency.ts";
import { type RuntimeParams, type TimedFormat, timedFormat } from "./runtimes.ts";

/** What is timed, and how often. */
interface LatencyOptions {
  readonly in: RuntimeParams;
  /** The samples of an inference. */
  readonly batch: number;
  readonly repeats: number;
  /** Milliseconds before the clock counts. */
  readonly warmUp?: number;
}

/**
 * Engines of WebAssembly begin with code that a quick compiler made, and replace it function by function by better code that
 * other threads make meanwhile. ONNX Runtime's kernels of floats gain a tenth by that, those of integers are 2.4 times as
 * fast: what is timed too early shows int8 as slower than it is. A small network takes a hundred inferences or half a
 * second until nothing changes.
 */
const WARM_UP = 1000;

type Latency = Required<Pick<Metrics, "latency" | "timing">>;

/**
 * The median with its circumstances. Undefined, with a warning, where the model has no form in the format: others may have
 * one. Throws an Error where the runtime does not take the files.
 */
export async function latencyIn(
  model: Model,
  { in: { use, ...options }, batch, repeats, warmUp = WARM_UP }: LatencyOptions,
  context: RunContext,
): Promise<Latency | undefined> {
  const format = timedFormat({ use });
  const of = (times: Times, circumstances: Pick<Timing, "runtime" | "threads" | "operators">) => ({
    latency: quantile(times, 0.5),
    timing: {
      in: use,
      ...circumstances,
      low: quantile(times, 0.1),
      high: quantile(times, 0.9),
      batch,
      repeats,
    },
  });
  if (format === undefined) {
    const { threads, kernels } = context;
    const runtime = `our own arithmetic, ${kernels?.level ?? "WebAssembly"}`;
    return of(await timesOf(model, batch, repeats, context), { runtime, threads });
  }
  const files = await writtenIn(format, model, { use, options, context });
  if (files === undefined) return undefined;
  const { runtime } = format;
  return await runtime.load(
    { files, samples: noiseFor(model, batch), context },
    async ({ threads, operators, infer }) => {
      const times = await timed(infer, repeats, { context, rest, warmUp });
      return of(times, {
        runtime: runtime.as,
        threads,
        ...given({ operators: isQuantized(model) ? operators : undefined }),
      });
    },
  );
}

async function writtenIn(
  format: TimedFormat,
  model: Model,
  { use, options, context }: {
    readonly use: string;
    readonly options: object;
    readonly context: RunContext;
  },
): Promise<Files | undefined> {
  try {
    return await format.write(model, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.warn(`its latency in ${use} is not measured: ${error.message}`);
  }
}

/** Noise for each of a model's inputs. */
function noiseFor(model: Model, batch: number): RuntimeSamples {
  const [first, ...conditions] = model.inputs.map((input, index) => ({
    x: noiseOf(model, input, batch, index),
    shape: input.shape,
  }));
  return { ...first!, conditions };
}

/** Whether some of its numbers are integers. */
function isQuantized({ quantization, weights }: Model): boolean {
  return quantization !== null ||
    Object.values(weights).some(({ encoding }) => encoding.use === "affine");
}

/** Lets others work, a signal among them: what a runtime promises is kept without that. */
const rest = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
