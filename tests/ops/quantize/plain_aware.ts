/**
 * Quantization-aware training written down a second time, over `plain_tape.ts`: it says whether ours trains what it
 * should.
 *
 * A rounding is a decision: near half-way between two integers, the last digit of its input decides it, and what
 * follows is another training. So whoever asks can decide, and see how close each decision was.
 */
import { type LayerOf, type Model, weightName } from "../../../ops/model/model.ts";
import { decodedWeights } from "../../../ops/model/weights.ts";
import {
  add,
  added,
  averaged,
  convolved,
  momentsOf,
  multiplied,
  normalized,
  type Tape,
  type Value,
  valueOf,
} from "./plain_tape.ts";

/**
 * Given x / scale + zero, the integers they round to, before they are clipped. `place`: the input or layer whose value is
 * rounded, or with ` kernel`, ` bias`, ` zero` behind its name what belongs to it.
 */
export type Decide = (place: string, codes: Float64Array, update: number) => Float64Array;

/** What is trained, and how: descent with momentum on the mean squared error of the whole data set. */
export interface PlainAware {
  readonly model: Model;
  readonly x: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  readonly updates: number;
  readonly rate: number;
  readonly momentum: number;
  /** Bits of the weights, each channel scaled by itself; what is between layers has 8. */
  readonly bits: number;
  /** Whether step sizes learn, or follow the largest weight. */
  readonly scales: "learned" | "observed";
  /** Whether a batchnorm's factor is in the weights before they are rounded. */
  readonly folds: boolean;
  /** Weight of the batches before in the moving average of ranges. */
  readonly memory: number;
  /** How a number is stored: as it is, or as a float32. */
  readonly stored: (value: number) => number;
  readonly decide?: Decide;
}

/** What was learned. */
export interface PlainTrained {
  /** Of each update, before it. */
  readonly losses: readonly number[];
  /** Weights, averages and learned scales by name. */
  readonly arrays: Readonly<Record<string, Float64Array>>;
}

/** The nearest integer, the even one of two. */
export function nearest(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || rest === 0.5 && below % 2 === 0 ? below : below + 1;
}

const clip = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

type Storing = LayerOf<"conv" | "dense">;

/** Trains a network of conv, batchnorm, add, global-average-pool and dense layers. */
export function trainedPlainly(task: PlainAware): PlainTrained {
  const { model, rate, momentum, memory, stored } = task;
  const learned = task.scales === "learned";
  const high = 2 ** (task.bits - 1) - 1;
  const norms = new Map(
    model.layers.flatMap((layer) =>
      layer.kind === "batchnorm" && task.folds ? [[layer.inputs[0]!, layer]] : []
    ),
  );
  const arrays: Record<string, Float64Array> = {};
  for (const [name, values] of Object.entries(decodedWeights(model))) {
    arrays[name] = Float64Array.from(values);
  }
  if (learned) { for (const layer of model.layers) if (stores(layer)) firstScales(layer); }
  const steps: Record<string, Float64Array> = {};
  const ranges: Record<string, readonly [number, number]> = {};
  let update = -1;
  // The first ranges are those of the float network in inference.
  pass();
  const losses: number[] = [];
  for (update = 0; update < task.updates; update++) losses.push(pass());
  return { losses, arrays };

  function decide(place: string, codes: Float64Array): Float64Array {
    return task.decide?.(place, codes, update) ?? codes.map(nearest);
  }

  /** γ/√(σ² + ε) per channel, of the moving averages; 1 where nothing is folded. */
  function factorsOf({ name }: Storing, channels: number): Float64Array {
    const norm = norms.get(name);
    if (norm === undefined) return new Float64Array(channels).fill(1);
    const variance = arrays[weightName(norm.name, "variance")]!;
    return arrays[weightName(norm.name, "gamma")]!.map((gamma, c) =>
      stored(gamma / Math.sqrt(variance[c]! + norm.epsilon))
    );
  }

  /** 2 · mean|w| / √high per channel (LSQ, §2.1). */
  function firstScales(layer: Storing): void {
    const kernel = arrays[weightName(layer.name, "kernel")]!;
    const channels = layer.kind === "conv" ? layer.filters : layer.units;
    const factors = factorsOf(layer, channels);
    const sums = new Float64Array(channels);
    kernel.forEach((w, i) => sums[i % channels]! += Math.abs(w * factors[i % channels]!));
    arrays[`scale:${layer.name}`] = sums.map((sum) =>
      stored(2 * sum / (kernel.length / channels) / Math.sqrt(high))
    );
  }

  /** One pass over all samples, and its update; the loss. Before the first update only ranges are seen. */
  function pass(): number {
    const training = update >= 0;
    const tape: Tape = { stored, back: [] };
    const values = new Map<string, Value>();
    const parameters = new Map<string, Value>();
    const seen: Record<string, readonly [number, number]> = {};
    const follow: (() => void)[] = [];
    const [input] = model.inputs;
    const count = task.x.length / input!.shape.reduce((product, extent) => product * extent, 1);
    put(input!.name, valueOf(tape, [count, ...input!.shape], Float64Array.from(task.x)));
    for (const layer of model.layers) {
      const inputs = layer.inputs.map((name) => values.get(name)!) as [Value, Value];
      put(layer.name, computed(layer, inputs));
    }
    const { data, gradient } = values.get(model.outputs[0]!)!;
    const errors = data.map((y, i) => y - task.targets[i]!);
    if (!training) {
      Object.assign(ranges, seen);
      return NaN;
    }
    add(gradient, (i) => stored(2 * errors[i]! / data.length));
    for (const back of tape.back.reverse()) back();
    for (const [name, { gradient }] of parameters) {
      const step = steps[name] ??= new Float64Array(gradient.length);
      gradient.forEach((g, i) => step[i] = stored(momentum * step[i]! + stored(g)));
      arrays[name] = arrays[name]!.map((w, i) => stored(w - rate * step[i]!));
    }
    for (const each of follow) each();
    for (const [name, now] of Object.entries(seen)) {
      const mixed = (end: 0 | 1) => stored(memory * ranges[name]![end] + (1 - memory) * now[end]);
      ranges[name] = [mixed(0), mixed(1)];
    }
    return errors.reduce((sum, error) => sum + error * error / data.length, 0);

    function parameter(name: string): Value {
      const found = parameters.get(name) ?? valueOf(tape, [], arrays[name]!);
      parameters.set(name, found);
      return found;
    }

    function computed(layer: Model["layers"][number], inputs: readonly [Value, Value]): Value {
      const [x] = inputs;
      if (layer.kind === "conv") return convolved(tape, layer, x, kernelOf(layer, layer.filters));
      if (layer.kind === "dense") {
        return multiplied(tape, x, kernelOf(layer, layer.units), biasOf(layer));
      }
      if (layer.kind === "add") return added(tape, layer, inputs);
      if (layer.kind === "global-average-pool") return averaged(tape, x);
      if (layer.kind !== "batchnorm") throw new Error(`${layer.kind} is not written down here`);
      const [gamma, beta, mean, variance] = (["gamma", "beta", "mean", "variance"] as const)
        .map((role) => weightName(layer.name, role)) as [string, string, string, string];
      const averages = { mean: arrays[mean]!, variance: arrays[variance]! };
      const moments = training ? momentsOf(x) : averages;
      const moved = (role: "mean" | "variance") =>
        averages[role].map((old, c) =>
          stored(layer.momentum * old + (1 - layer.momentum) * stored(moments[role][c]!))
        );
      if (training) {
        follow.push(() =>
          Object.assign(arrays, { [mean]: moved("mean"), [variance]: moved("variance") })
        );
      }
      return normalized(tape, layer, x, parameter(gamma), parameter(beta), moments);
    }

    /** Keeps a value for those who read it: as integers hold it, but for outputs and what folding takes away. */
    function put(name: string, exact: Value): void {
      const floats = norms.has(name) || name === model.outputs[0];
      values.set(name, floats || !training ? exact : rounded(name, exact));
      if (floats) return;
      let [minimum, maximum] = [0, 0];
      for (const each of exact.data) {
        if (each < minimum) minimum = each;
        if (each > maximum) maximum = each;
      }
      seen[name] = [minimum, maximum];
    }

    function rounded(name: string, exact: Value): Value {
      const { scale, zero } = gridOf(name);
      const codes = decide(name, exact.data.map((each) => each / scale + zero));
      const held = codes.map((code) => (clip(code, -128, 127) - zero) * scale);
      const result = valueOf(tape, exact.shape, held);
      const inside = codes.map((code) => code < -128 || code > 127 ? 0 : 1);
      tape.back.push(() => add(exact.gradient, (i) => inside[i]! * result.gradient[i]!));
      return result;
    }

    function gridOf(name: string): { readonly scale: number; readonly zero: number } {
      const [minimum, maximum] = ranges[name]!;
      const scale = stored((maximum - minimum) / 255);
      const [zero] = decide(`${name} zero`, Float64Array.of(-128 - minimum / scale));
      return { scale, zero: clip(zero!, -128, 127) };
    }

    function scalesOf({ name }: Storing, scaled: Float64Array, channels: number): Float64Array {
      if (learned) return parameter(`scale:${name}`).data;
      const largest = new Float64Array(channels);
      scaled.forEach((w, i) =>
        largest[i % channels] = Math.max(largest[i % channels]!, Math.abs(w))
      );
      return largest.map((each) => stored(each / high));
    }

    function kernelOf(layer: Storing, channels: number): Value {
      const kernel = parameter(weightName(layer.name, "kernel"));
      if (!training) return kernel;
      const factors = factorsOf(layer, channels);
      const scaled = kernel.data.map((w, i) => stored(w * factors[i % channels]!));
      const scales = scalesOf(layer, scaled, channels);
      const ratios = scaled.map((w, i) => stored(w / scales[i % channels]!));
      const cut = ratios.map((ratio) => clip(ratio, -high, high));
      const codes = decide(`${layer.name} kernel`, learned ? cut : ratios);
      const held = codes.map((code, i) =>
        stored(clip(code, -high, high) * scales[i % channels]!) / factors[i % channels]!
      );
      const result = valueOf(tape, [], held);
      tape.back.push(() => {
        // Observed: where the integer needed no clipping (Jacob et al. 2018); learned: where the quotient did not.
        const inside = (i: number) => Math.abs(learned ? ratios[i]! : codes[i]!) <= high;
        add(kernel.gradient, (i) => inside(i) ? result.gradient[i]! : 0);
        if (!learned) return;
        const scale = parameter(`scale:${layer.name}`).gradient;
        const g = 1 / Math.sqrt(ratios.length / channels * high);
        result.gradient.forEach((dw, i) => {
          const slope = inside(i) ? codes[i]! - ratios[i]! : cut[i]!;
          scale[i % channels]! += g * slope * dw / factors[i % channels]!;
        });
      });
      return result;
    }

    /** In units of what a product of integers is worth. */
    function biasOf(layer: LayerOf<"dense">): Value {
      const bias = parameter(weightName(layer.name, "bias"));
      if (!training) return bias;
      const { scale } = gridOf(layer.inputs[0]!);
      const kernel = parameter(weightName(layer.name, "kernel")).data;
      const units = scalesOf(layer, kernel, layer.units).map((each) => stored(scale * each));
      const codes = decide(`${layer.name} bias`, bias.data.map((b, c) => b / units[c]!));
      const result = valueOf(tape, [], codes.map((code, c) => code * units[c]!));
      tape.back.push(() => add(bias.gradient, (i) => result.gradient[i]!));
      return result;
    }
  }
}

function stores(layer: Model["layers"][number]): layer is Storing {
  return layer.kind === "conv" || layer.kind === "dense";
}
