/**
 * Quantization simulated while a model trains: the constraint of quantization-aware training. A forward pass computes
 * with weights and values as they will be read once they are integers. What is learned is then rounded as after any
 * training. So the model of integers computes what the training saw, up to rounding ties and the bias of folded
 * batchnorms, which is rounded at the end alone.
 */
import { given } from "../../engine/given.ts";
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import type { ActivationFormat } from "../model/model.ts";
import type { ActiveConstraint, Constraint, Parameter } from "../learn/constraint.ts";
import type { Moment } from "../learn/optimizer.ts";
import {
  activationFormat,
  type ActivationScheme,
  type Range,
} from "../model/integers/activation_format.ts";
import { type SimulatedLayer, simulatedWeights } from "./simulated_weights.ts";

/** The range of a value between layers while a training watches it. */
export interface WatchedRange {
  /** From the smallest to the largest value, as calibration saw it. */
  readonly outer: Range;
  /** What calibration left of it; the share of each end that it left stays. */
  readonly kept: Range;
}

/** What is simulated. */
export interface Simulation {
  readonly layers: readonly (SimulatedLayer & {
    /** The value whose range decides the format of what the layer reads; undefined: it reads floats. */
    readonly reads: string | undefined;
  })[];
  /** Undefined: values between layers stay float. */
  readonly scheme: ActivationScheme | undefined;
  readonly ranges: Readonly<Record<string, WatchedRange>>;
  /** Layer or input → the name in `ranges` of the value that it gives. */
  readonly values: ReadonlyMap<string, string>;
  readonly norms: ReadonlySet<string>;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Weight of the batches before in the moving average of ranges. */
  readonly momentum: number;
  /** Epochs after which ranges, and BatchNorm's statistics, stand still. */
  readonly freezeAfter: { readonly ranges?: number; readonly batchnorm?: number };
}

const PREFIX = "range:";

/** The constraint. `finish` is given the learned model and the ranges that were kept with it. */
export function simulating(
  simulation: Simulation,
  finish: (
    model: Parameters<NonNullable<Constraint["finish"]>>[0],
    ranges: Readonly<Record<string, Range>>,
    arrays: Parameters<NonNullable<Constraint["finish"]>>[1],
  ) => ReturnType<NonNullable<Constraint["finish"]>>,
): Constraint {
  const usesAverages = simulation.freezeAfter.batchnorm !== undefined ||
    simulation.layers.some(({ norm }) => norm !== undefined);
  return {
    parameters: simulation.parameters,
    ...given({ averages: usesAverages ? "used" : undefined }),
    open: (room, arrays) => held(room, simulation, arrays ?? {}),
    finish: (model, arrays) => finish(model, keptRanges(simulation, arrays), arrays),
  };
}

function held(
  room: Room,
  simulation: Simulation,
  saved: Parameters<Constraint["open"]>[1],
): ActiveConstraint {
  const { layers, scheme, values, norms, freezeAfter, momentum } = simulation;
  const outer: Record<string, Float32Array> = {};
  for (const [name, { outer: { minimum, maximum } }] of Object.entries(simulation.ranges)) {
    outer[PREFIX + name] = saved?.[PREFIX + name]?.slice() ?? Float32Array.of(minimum, maximum);
  }
  const seen = new Map<string, Range>();

  return {
    pass({ weights, moment }) {
      const ranges = keptRanges(simulation, outer);
      const formats = new Map<string, ActivationFormat>();
      if (scheme !== undefined) {
        for (const name in ranges) formats.set(name, activationFormat(ranges[name]!, scheme));
      }
      const changed = layers.map((layer) =>
        simulatedWeights(room, layer, weights, formats.get(layer.reads ?? ""))
      );
      const stands = moment !== undefined && over(moment, freezeAfter.batchnorm);
      const watches = moment !== undefined && !over(moment, freezeAfter.ranges);
      const rounds = (name: string, value: Tensor): Tensor => {
        const owner = values.get(name);
        const format = owner === undefined ? undefined : formats.get(owner);
        if (owner === undefined || format === undefined) return value;
        if (watches) seen.set(owner, rangeOf(room, value));
        return rounded(room, value, format);
      };
      return {
        weights: Object.assign({ ...weights }, ...changed),
        transform: rounds,
        ...given({ frozen: stands ? norms : undefined }),
      };
    },
    between() {
      for (const [name, { minimum, maximum }] of seen) {
        const range = outer[PREFIX + name]!;
        range[0] = momentum * range[0]! + (1 - momentum) * Math.min(0, minimum);
        range[1] = momentum * range[1]! + (1 - momentum) * Math.max(0, maximum);
      }
      seen.clear();
    },
    capture: () =>
      Object.fromEntries(Object.entries(outer).map(([name, range]) => [name, range.slice()])),
  };
}

/** Whether the time after which something stands still has come. */
function over({ epoch }: Moment, after: number | undefined): boolean {
  return after !== undefined && epoch >= after;
}

/** The ranges that formats are made of: of what was watched, the share that calibration left. */
function keptRanges(
  { ranges }: Simulation,
  outer: Readonly<Record<string, Float32Array>>,
): Record<string, Range> {
  const share = (kept: number, whole: number) => whole === 0 ? 1 : kept / whole;
  return Object.fromEntries(
    Object.entries(ranges).map(([name, { outer: first, kept }]) => {
      const [minimum, maximum] = outer[PREFIX + name]!;
      return [name, {
        minimum: minimum! * share(kept.minimum, first.minimum),
        maximum: maximum! * share(kept.maximum, first.maximum),
      }];
    }),
  );
}

function rangeOf(room: Room, value: Tensor): Range {
  const [minimum, maximum] = [room.tf.min(value), room.tf.max(value)].map((each) =>
    room.values(each)[0]!
  );
  return { minimum: minimum!, maximum: maximum! };
}

function rounded(
  room: Room,
  value: Tensor,
  { scale, zero, minimum, maximum }: ActivationFormat,
): Tensor {
  const one = (number: number) => room.tensor(Float32Array.of(number), [1]);
  return room.nn.fakeQuantize(value, one(scale), one(zero), minimum, maximum);
}
