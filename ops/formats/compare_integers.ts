/**
 * Checks a file with integers between its layers. Where a real number lies half-way between two integers, two
 * arithmetics may round it to either, and all that is computed from it differs then: nothing is learned from logits. So
 * the file is asked for its integers too, and each value is compared alone, given what the file itself computed before it:
 * its integers are nearest to the reals that the model computes from the same integers, that is not more than half a step
 * away, but for the rounding of float32. What is wrong in a file (a scale, a kernel, a bias) is further off.
 */
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { shapesOf, sizeOf } from "../model/layers.ts";
import type { ActivationFormat, Model } from "../model/model.ts";
import { preprocessed } from "../model/preprocess.ts";
import { integerRunner, type Value } from "../model/integers/integer.ts";
import type { RuntimeSamples } from "./runtime.ts";
import { DifferenceError, largestDifference } from "./compare.ts";

/**
 * How far an integer may be from the real that it stands for, in steps: half of one, and what a float32 of hundreds of
 * steps may be off after some thousand sums, with room.
 */
const STEPS = 0.5 + 1 / 64;

/** Numbers that are taken out of the file at once. */
const NUMBERS = 0x400_0000;

/** What was found. */
interface IntegerComparison {
  /** The logits of the file. */
  readonly logits: Float32Array;
  /** How far the integer that is furthest from its real is from it, in steps of its format. */
  readonly rounding: number;
}

/** A value that a file rounds to integers, and where it stands there. */
export interface HeldValue {
  /** Its name in the file. */
  readonly value: string;
  /** Where the channels stand: behind the batch, or at the end. */
  readonly layout: "first" | "last";
  /** Integers, q + raised of the model's q; or real numbers, each row of which becomes integers where it is multiplied. */
  readonly held: "integers" | "reals";
  readonly raised?: number;
  /** How many steps more it may be off, where the file rounds it more than once. Default: 0. */
  readonly spare?: number;
}

/** A file in its runtime. */
interface IntegerFile {
  /** By the names of inputs and layers. */
  readonly rounded: ReadonlyMap<string, HeldValue>;
  /** The name of the logits in the file. */
  readonly logits: string;
  /** What it computes from samples, by those names. */
  run(
    samples: Required<RuntimeSamples>,
    inside: readonly string[],
  ): Promise<Readonly<Record<string, Float32Array | Uint8Array | Int8Array>>>;
}

/**
 * Compares on samples as the file reads them. Values that become integers row by row, and the logits, are compared likewise,
 * by `tolerance` as a fraction of the largest. Throws a DifferenceError that names the value.
 */
export async function compareIntegers(
  { room, model, samples, file }: {
    readonly room: Room;
    readonly model: Model;
    readonly samples: RuntimeSamples;
    readonly file: IntegerFile;
  },
  { tolerance, signal }: { readonly tolerance: number; readonly signal: AbortSignal },
): Promise<IntegerComparison> {
  const shapes = shapesOf(model);
  const { rounded, logits: output } = file;
  const inside = [...new Set([...rounded.values()].map(({ value }) => value))];
  const size = sizeOf(samples.shape);
  const count = samples.x.length / size;
  const numbers = [...rounded.keys()].reduce((sum, name) => sum + sizeOf(shapes[name]!), size);
  const together = Math.max(1, Math.min(count, Math.floor(NUMBERS / numbers)));
  const width = sizeOf(shapes[model.outputs[0]!]!);
  const logits = new Float32Array(count * width);
  const { run, dispose } = integerRunner(room, model, { exact: true });
  let rounding = 0;
  try {
    for (let first = 0; first < count; first += together) {
      signal.throwIfAborted();
      const batch = batchOf(samples, first, together);
      const found = await file.run(batch, inside);
      /** The value as the file has it, which what follows reads. */
      const compare = (name: string, own: Value): Value => {
        const where = rounded.get(name);
        if (where === undefined) return own;
        const data = found[where.value]!;
        if (own.format === undefined) {
          const theirs = data as Float32Array;
          assertReals(`the values of "${name}" are`, theirs, room.values(own.tensor), tolerance);
          return { tensor: room.tensor(theirs, own.tensor.shape) };
        }
        const integers = centred(data, own.format, where, shapes[name]!);
        rounding = Math.max(rounding, stepsApart(name, integers, own.exact!, where.spare));
        return { ...own, tensor: room.short(integers, own.tensor.shape) };
      };
      const own = room.tf.tidy(() => room.values(run(tensorsOf(room, model, batch), compare)));
      const theirs = found[output] as Float32Array;
      assertReals("the logits are", theirs, own, tolerance);
      logits.set(theirs, first * width);
      await room.yieldToEventLoop();
    }
  } finally {
    dispose();
  }
  return { logits, rounding };
}

/** The samples from `first` on, so many of them as there are. */
function batchOf(
  { x, shape, conditions = [] }: RuntimeSamples,
  first: number,
  together: number,
): Required<RuntimeSamples> {
  const rows = (of: Omit<RuntimeSamples, "conditions">) => {
    const width = sizeOf(of.shape);
    return { ...of, x: of.x.subarray(first * width, (first + together) * width) };
  };
  return { ...rows({ x, shape }), conditions: conditions.map(rows) };
}

/** What the model's inputs get of a batch. */
function tensorsOf(
  room: Room,
  model: Model,
  { x, shape, conditions }: Required<RuntimeSamples>,
): Tensor[] {
  const inputs = [preprocessed(x, model.preprocess), ...conditions.map(({ x }) => x)];
  const count = x.length / sizeOf(shape);
  return inputs.map((values, at) => room.tensor(values, [count, ...model.inputs[at]!.shape]));
}

/** How far an integer of the file is at most from the real that it stands for, in steps. */
function stepsApart(
  name: string,
  integers: Int32Array,
  exact: Float32Array,
  spare = 0,
): number {
  let most = 0;
  for (let i = 0; i < exact.length; i++) most = Math.max(most, Math.abs(integers[i]! - exact[i]!));
  if (most <= STEPS + spare) return most;
  throw new DifferenceError(
    `an integer of "${name}" is ${most.toPrecision(3)} steps from the number that the model ` +
      `computes from the same values; rounding explains half a step, ${
        (STEPS + spare).toPrecision(3)
      } is tolerated`,
  );
}

function assertReals(
  what: string,
  found: Float32Array,
  own: Float32Array,
  tolerance: number,
): void {
  const difference = largestDifference(found, own);
  if (difference <= tolerance) return;
  throw new DifferenceError(
    `${what} not those that the model computes from the same values: they differ by ` +
      `${difference.toPrecision(3)} of the largest one, ${tolerance} is tolerated`,
  );
}

/** q − zero of the file's integers, in our layout. */
function centred(
  data: Float32Array | Uint8Array | Int8Array,
  { zero }: ActivationFormat,
  { raised = 0, layout }: HeldValue,
  shape: readonly number[],
): Int32Array {
  const lowest = zero + raised;
  const integers = new Int32Array(data.length);
  const channels = shape.at(-1)!;
  const positions = sizeOf(shape) / channels;
  if (layout === "last" || positions === 1) {
    for (let i = 0; i < data.length; i++) integers[i] = data[i]! - lowest;
    return integers;
  }
  for (let at = 0, row = 0; at < data.length; row += positions * channels) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < positions; p++, at++) {
        integers[row + p * channels + c] = data[at]! - lowest;
      }
    }
  }
  return integers;
}
