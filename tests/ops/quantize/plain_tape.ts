/**
 * Layers of image networks and their gradients written down a second time: plain loops, double precision, batch first.
 * It shares nothing with the tensor room.
 */
import type { Activation } from "../../../engine/tensor/mod.ts";
import type { LayerOf } from "../../../ops/model/model.ts";

/** A value and what the loss says of it. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  readonly gradient: Float64Array;
}

/** Mean and variance of each channel. */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** One pass: what was computed, ready to be gone back through. */
export interface Tape {
  /** How a number is stored: as it is, or as a float32. */
  readonly stored: (value: number) => number;
  readonly back: (() => void)[];
}

/** A value that nothing reads yet. */
export function valueOf({ stored }: Tape, shape: readonly number[], data: Float64Array): Value {
  return { shape, data: data.map(stored), gradient: new Float64Array(data.length) };
}

/** Adds to each number of an array. */
export function add(to: Float64Array, of: (i: number) => number): void {
  for (let i = 0; i < to.length; i++) to[i]! += of(i);
}

/** A convolution without bias, padded to keep its extent. */
export function convolved(
  tape: Tape,
  { filters, kernel: [kh, kw], strides: [sh, sw], ...layer }: LayerOf<"conv">,
  x: Value,
  w: Value,
): Value {
  if (layer.padding !== "same" || layer.bias || layer.activation !== "linear") {
    throw new Error(`${layer.name} is not written down here`);
  }
  const [count, height, width, depth] = x.shape as [number, number, number, number];
  const [rows, columns] = [Math.ceil(height / sh), Math.ceil(width / sw)];
  const top = Math.floor(Math.max(0, (rows - 1) * sh + kh - height) / 2);
  const left = Math.floor(Math.max(0, (columns - 1) * sw + kw - width) / 2);
  /** Where an output pixel, the input pixel and the place of the window that it reads begin. */
  const each = (visit: (at: number, pixel: number, tap: number) => void) => {
    for (let at = 0, n = 0; n < count; n++) {
      for (let y = 0; y < rows; y++) {
        for (let z = 0; z < columns; z++, at += filters) {
          for (let place = 0; place < kh * kw; place++) {
            const row = y * sh + Math.floor(place / kw) - top;
            const column = z * sw + place % kw - left;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            visit(at, ((n * height + row) * width + column) * depth, place * depth);
          }
        }
      }
    }
  };
  const data = new Float64Array(count * rows * columns * filters);
  each((at, pixel, tap) => {
    for (let c = 0; c < depth; c++) {
      const from = x.data[pixel + c]!;
      for (let f = 0; f < filters; f++) data[at + f]! += from * w.data[(tap + c) * filters + f]!;
    }
  });
  const result = valueOf(tape, [count, rows, columns, filters], data);
  tape.back.push(() =>
    each((at, pixel, tap) => {
      for (let c = 0; c < depth; c++) {
        const weights = (tap + c) * filters;
        for (let f = 0; f < filters; f++) {
          const dy = result.gradient[at + f]!;
          x.gradient[pixel + c]! += dy * w.data[weights + f]!;
          w.gradient[weights + f]! += dy * x.data[pixel + c]!;
        }
      }
    })
  );
  return result;
}

/** A linear dense layer. */
export function multiplied(tape: Tape, x: Value, w: Value, b: Value): Value {
  const [count, inputs] = x.shape as [number, number];
  const units = b.data.length;
  const each = (visit: (at: number, from: number, weight: number) => void) => {
    for (let n = 0; n < count; n++) {
      for (let k = 0; k < inputs * units; k++) {
        visit(n * units + k % units, n * inputs + Math.floor(k / units), k);
      }
    }
  };
  const data = new Float64Array(count * units).map((_, i) => b.data[i % units]!);
  each((at, from, weight) => data[at]! += x.data[from]! * w.data[weight]!);
  const result = valueOf(tape, [count, units], data);
  tape.back.push(() => {
    result.gradient.forEach((dy, i) => b.gradient[i % units]! += dy);
    each((at, from, weight) => {
      w.gradient[weight]! += result.gradient[at]! * x.data[from]!;
      x.gradient[from]! += result.gradient[at]! * w.data[weight]!;
    });
  });
  return result;
}

/** The moments of a batch. */
export function momentsOf({ shape, data }: Value): Moments {
  const channels = shape.at(-1)!;
  const rows = data.length / channels;
  const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)];
  data.forEach((v, i) => mean[i % channels]! += v / rows);
  data.forEach((v, i) => variance[i % channels]! += (v - mean[i % channels]!) ** 2 / rows);
  return { mean, variance };
}

/** Batch normalisation; gradients are those of training, where the moments are the batch's own. */
export function normalized(
  tape: Tape,
  { epsilon, activation }: LayerOf<"batchnorm">,
  x: Value,
  gamma: Value,
  beta: Value,
  { mean, variance }: Moments,
): Value {
  const channels = mean.length;
  const rows = x.data.length / channels;
  const slope = gamma.data.map((g, c) => g / Math.sqrt(variance[c]! + epsilon));
  const centred = x.data.map((v, i) =>
    (v - mean[i % channels]!) / Math.sqrt(variance[i % channels]! + epsilon)
  );
  const exact = centred.map((v, i) => v * gamma.data[i % channels]! + beta.data[i % channels]!);
  const result = valueOf(tape, x.shape, exact.map(activated(activation)));
  tape.back.push(() => {
    const dy = result.gradient.map((d, i) => d * derivative(activation, exact[i]!));
    dy.forEach((d, i) => {
      beta.gradient[i % channels]! += d;
      gamma.gradient[i % channels]! += d * centred[i]!;
    });
    add(x.gradient, (i) => {
      const c = i % channels;
      const taken = beta.gradient[c]! + centred[i]! * gamma.gradient[c]!;
      return slope[c]! * (dy[i]! - taken / rows);
    });
  });
  return result;
}

/** The sum of two values. */
export function added(
  tape: Tape,
  { activation }: LayerOf<"add">,
  [one, other]: readonly [Value, Value],
): Value {
  const sums = one.data.map((v, i) => v + other.data[i]!);
  const result = valueOf(tape, one.shape, sums.map(activated(activation)));
  tape.back.push(() => {
    for (const { gradient } of [one, other]) {
      add(gradient, (i) => result.gradient[i]! * derivative(activation, sums[i]!));
    }
  });
  return result;
}

/** Each channel's mean over the image. */
export function averaged(tape: Tape, x: Value): Value {
  const [count, height, width, channels] = x.shape as [number, number, number, number];
  const pixels = height * width;
  const place = (i: number) => Math.floor(i / (pixels * channels)) * channels + i % channels;
  const data = new Float64Array(count * channels);
  x.data.forEach((v, i) => data[place(i)]! += v / pixels);
  const result = valueOf(tape, [count, channels], data);
  tape.back.push(() => add(x.gradient, (i) => result.gradient[place(i)]! / pixels));
  return result;
}

const activated = (activation: Activation) => (v: number) =>
  activation === "relu" ? Math.max(0, v) : v;

const derivative = (activation: Activation, v: number) => activation === "relu" && v <= 0 ? 0 : 1;
