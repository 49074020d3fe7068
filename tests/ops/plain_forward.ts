/**
 * A network computed the slow and obvious way: one sample, plain loops, double precision. It shares nothing with the
 * tensor room but the meaning of a model, so it says whether the rest of the project computes what it should.
 */
import type { Activation } from "../../engine/tensor/mod.ts";
import type {
  Layer,
  LayerKind,
  LayerOf,
  Model,
  Role,
  WindowAttributes,
} from "../../ops/model/model.ts";
import { weightName } from "../../ops/model/model.ts";
import { decodeWeight } from "../../ops/model/weights.ts";
import { plainContrast, plainLookup, plainOneHot } from "./plain_codes.ts";
import { plainConv3d, plainConv3dTranspose, plainConvLstm } from "./plain_volumes.ts";

/** A value of one sample: shape without the batch, row-major. */
export interface Plain {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Every layer's value by name, inputs too; `x` is one preprocessed sample per input. */
export function plainValues(model: Model, x: readonly Plain[]): Record<string, Plain> {
  const values: Record<string, Plain> = {};
  model.inputs.forEach((input, i) => values[input.name] = x[i]!);
  for (const layer of model.layers) {
    values[layer.name] = plainLayer(model, layer, layer.inputs.map((name) => values[name]!));
  }
  return values;
}

/** One layer's value, of the values it reads. */
export function plainLayer(model: Model, layer: Layer, inputs: readonly Plain[]): Plain {
  const weight = (role: Role): Float32Array | undefined => {
    const found = model.weights[weightName(layer.name, role)];
    return found && decodeWeight(found);
  };
  const reference = references[layer.kind] as Row<LayerKind> | undefined;
  if (reference === undefined) {
    throw new Error(`no plain loops compute a layer of kind ${layer.kind}`);
  }
  return reference(layer, inputs, weight);
}

/** The logits of one sample. */
export function plainLogits(model: Model, x: readonly Plain[]): number[] {
  const values = plainValues(model, x);
  return model.outputs.flatMap((name) => [...values[name]!.data]);
}

type Weights = (role: Role) => Float32Array | undefined;
/** Plain loops of one kind. */
export type Row<K extends LayerKind> = (
  layer: LayerOf<K>,
  inputs: readonly Plain[],
  weight: Weights,
) => Plain;

const activations: Readonly<Record<Activation, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  gelu: (x) => x * 0.5 * (1 + erf(x / Math.SQRT2)),
  elu: (x) => x > 0 ? x : Math.expm1(x),
  "leaky-relu": (x) => x > 0 ? x : 0.2 * x,
};

const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const between = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));

/** Functions of one value, as their papers and Keras's documentation write them. */
export const functions: Readonly<
  Record<LayerOf<"function">["function"], (x: number, ...parameters: number[]) => number>
> = {
  swish: (x) => x * logistic(x),
  "hard-swish": (x) => x < -3 ? 0 : x > 3 ? x : x * (x + 3) / 6,
  "hard-sigmoid": (x, slope, offset) => between(slope! * x + offset!, 0, 1),
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  selu: (x) =>
    x > 0 ? 1.0507009873554805 * x : 1.0507009873554805 * 1.6732632423543772 * Math.expm1(x),
  softplus: (x) => Math.log1p(Math.exp(x)),
  softsign: (x) => x / (1 + Math.abs(x)),
  exponential: Math.exp,
  "log-sigmoid": (x) => Math.log(logistic(x)),
  "gelu-tanh": (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  "leaky-relu": (x, slope) => x < 0 ? slope! * x : x,
  elu: (x, alpha) => x < 0 ? alpha! * Math.expm1(x) : x,
  celu: (x, alpha) => x < 0 ? alpha! * Math.expm1(x / alpha!) : x,
  threshold: (x, limit) => x > limit! ? x : 0,
  "bounded-relu": (x, slope, from, most) => x < from! ? slope! * (x - from!) : Math.min(x, most!),
  clip: (x, low, high) => between(x, low!, high!),
  "tanh-shrink": (x) => x - Math.tanh(x),
  "soft-shrink": (x, by) => Math.sign(x) * Math.max(0, Math.abs(x) - by!),
  "hard-shrink": (x, by) => Math.abs(x) > by! ? x : 0,
  root: (x, least) => Math.sqrt(Math.max(x, least!)),
  logarithm: (x, least) => Math.log(Math.max(x, least!)),
  squareplus: (x, b) => (x + Math.sqrt(x * x + b!)) / 2,
  differs: (x, number) => Math.min(1, Math.abs(x - number!)),
  scale: (x, factor, offset) => factor! * x + offset!,
};

/** Activations of states and gates. */
export const rnnFunctions: Readonly<Record<LayerOf<"rnn">["gates"], (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  sigmoid: logistic,
  tanh: Math.tanh,
  "hard-sigmoid": (x) => between(0.2 * x + 0.5, 0, 1),
  "hard-sigmoid-6": (x) => between(x / 6 + 0.5, 0, 1),
};

const combined: Readonly<
  Record<LayerOf<"combine">["by"], (a: number, b: number) => number>
> = {
  sum: (a, b) => a + b,
  product: (a, b) => a * b,
  difference: (a, b) => a - b,
  maximum: Math.max,
  minimum: Math.min,
};

/** The activation of a plain value. */
export const plainActivation = (activation: Activation): (x: number) => number =>
  activations[activation];

/** Abramowitz & Stegun 7.1.5: the series, which double precision sums exactly enough up to |x| = 4. */
function erf(x: number): number {
  if (Math.abs(x) > 4) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= -x * x / n;
    sum += term / (2 * n + 1);
  }
  return sum * 2 / Math.sqrt(Math.PI);
}

/** Plain loops by kind; `kinds/mod_test.ts` asks for those of every kind. */
export const references: { readonly [K in LayerKind]?: Row<K> } = {
  dense: ({ units, activation }, [x], weight) => {
    const [w, b] = [weight("kernel")!, weight("bias")];
    const width = x!.shape.at(-1)!;
    const count = x!.data.length / width;
    const data = new Float64Array(count * units);
    for (let row = 0; row < count; row++) {
      for (let u = 0; u < units; u++) {
        let sum = b?.[u] ?? 0;
        for (let i = 0; i < width; i++) sum += x!.data[row * width + i]! * w[i * units + u]!;
        data[row * units + u] = activations[activation](sum);
      }
    }
    return { shape: [...x!.shape.slice(0, -1), units], data };
  },
  conv: (layer, [x], weight) => {
    const [w, b] = [weight("kernel")!, weight("bias")];
    const { filters } = layer;
    const depth = x!.shape[2]!;
    return slide(x!, layer.kernel, layer, filters, (cells, f) => {
      let sum = b?.[f] ?? 0;
      for (const { at, ky, kx } of cells) {
        for (let c = 0; c < depth; c++) {
          sum += x!.data[at + c]! *
            w[((ky * layer.kernel[1] + kx) * depth + c) * filters + f]!;
        }
      }
      return activations[layer.activation](sum);
    });
  },
  depthwise: (layer, [x], weight) => {
    const [w, b] = [weight("kernel")!, weight("bias")];
    const { multiplier } = layer;
    const depth = x!.shape[2]!;
    return slide(x!, layer.kernel, layer, depth * multiplier, (cells, f) => {
      let sum = b?.[f] ?? 0;
      const c = Math.floor(f / multiplier);
      for (const { at, ky, kx } of cells) {
        const tap = (ky * layer.kernel[1] + kx) * depth + c;
        sum += x!.data[at + c]! * w[tap * multiplier + f % multiplier]!;
      }
      return activations[layer.activation](sum);
    });
  },
  "conv-transpose": (layer, [x], weight) => {
    const [w, b] = [weight("kernel")!, weight("bias")];
    const { filters, kernel, activation } = layer;
    const depth = x!.shape[2]!;
    const shape = [...transposedShape(x!, layer), filters];
    const data = Float64Array.from(
      { length: shape.reduce((product, extent) => product * extent, 1) },
      (_, i) => b?.[i % filters] ?? 0,
    );
    scatter(x!, layer, ({ from, to, ky, kx }) => {
      for (let c = 0; c < depth; c++) {
        for (let f = 0; f < filters; f++) {
          data[to * filters + f]! += x!.data[from * depth + c]! *
            w[((ky * kernel[1] + kx) * depth + c) * filters + f]!;
        }
      }
    });
    return { shape, data: data.map(activations[activation]) };
  },
  conv3d: plainConv3d,
  "conv3d-transpose": plainConv3dTranspose,
  "conv-lstm": plainConvLstm,
  contrast: plainContrast,
  lookup: plainLookup,
  "one-hot": plainOneHot,
  batchnorm: ({ epsilon, activation }, [x], weight) => {
    const [gamma, beta] = [weight("gamma")!, weight("beta")!];
    const [mean, variance] = [weight("mean")!, weight("variance")!];
    return each(x!, (value, c) =>
      activations[activation](
        (value - mean[c]!) / Math.sqrt(variance[c]! + epsilon) * gamma[c]! + beta[c]!,
      ));
  },
  embedding: ({ size }, [x], weight) => {
    const table = weight("kernel")!;
    const rows = [...x!.data].flatMap((
      token,
    ) => [...table.subarray(token * size, (token + 1) * size)]);
    return { shape: [...x!.shape, size], data: Float64Array.from(rows) };
  },
  position: (_layer, [x], weight) => {
    const table = weight("kernel")!;
    return { shape: x!.shape, data: x!.data.map((value, i) => value + table[i]!) };
  },
  constant: ({ shape }, _inputs, weight) => ({ shape, data: Float64Array.from(weight("mean")!) }),
  "layer-norm": ({ epsilon }, [x], weight) => {
    const [gamma, beta] = [weight("gamma")!, weight("beta")!];
    const width = x!.shape.at(-1)!;
    const data = new Float64Array(x!.data.length);
    for (let at = 0; at < data.length; at += width) {
      const row = x!.data.subarray(at, at + width);
      const mean = row.reduce((sum, v) => sum + v, 0) / width;
      const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / width;
      row.forEach((v, c) =>
        data[at + c] = (v - mean) / Math.sqrt(variance + epsilon) * gamma[c]! + beta[c]!
      );
    }
    return { shape: x!.shape, data };
  },
  attention: ({ heads }, [q, k, v, tokens]) => {
    const [width, wide] = [q!.shape[1]!, v!.shape[1]!];
    const [depth, deep] = [width / heads, wide / heads];
    const keys = Array.from({ length: k!.shape[0]! }, (_, j) => j)
      .filter((j) => tokens?.data[j] !== 0);
    const data = new Float64Array(q!.shape[0]! * wide);
    for (let i = 0; i < q!.shape[0]!; i++) {
      for (let h = 0; h < heads; h++) {
        const powers = keys.map((j) => {
          let score = 0;
          for (let c = h * depth; c < (h + 1) * depth; c++) {
            score += q!.data[i * width + c]! * k!.data[j * width + c]!;
          }
          return Math.exp(score / Math.sqrt(depth));
        });
        const total = powers.reduce((sum, power) => sum + power, 0);
        for (let c = h * deep; c < (h + 1) * deep; c++) {
          keys.forEach((j, n) =>
            data[i * wide + c]! += powers[n]! / total * v!.data[j * wide + c]!
          );
        }
      }
    }
    return { shape: [q!.shape[0]!, wide], data };
  },
  first: (_layer, [x]) => ({
    shape: x!.shape.slice(1),
    data: x!.data.slice(0, x!.data.length / x!.shape[0]!),
  }),
  "token-mean": (_layer, [x, mask]) => {
    const [length, size] = x!.shape as [number, number];
    const places = Array.from({ length }, (_, at) => at);
    const counted = places.filter((at) => mask!.data[at] !== 0);
    const used = counted.length === 0 ? places : counted;
    const data = Float64Array.from(
      { length: size },
      (_, c) => used.reduce((sum, at) => sum + x!.data[at * size + c]!, 0) / used.length,
    );
    return { shape: [size], data };
  },
  activation: ({ activation }, [x]) => each(x!, activations[activation]),
  "max-pool": (layer, [x]) =>
    slide(
      x!,
      layer.size,
      layer,
      x!.shape[2]!,
      (cells, c) => Math.max(...cells.map(({ at }) => x!.data[at + c]!)),
    ),
  "average-pool": (layer, [x]) =>
    slide(
      x!,
      layer.size,
      layer,
      x!.shape[2]!,
      (cells, c) => cells.reduce((sum, { at }) => sum + x!.data[at + c]!, 0) / cells.length,
    ),
  "global-average-pool": (_layer, [x]) => {
    const depth = x!.shape[2]!;
    const data = new Float64Array(depth);
    x!.data.forEach((value, i) => data[i % depth]! += value / (x!.data.length / depth));
    return { shape: [depth], data };
  },
  upsample: ({ size }, [x]) => {
    const [height, width, depth] = x!.shape as [number, number, number];
    const [rows, columns] = [height * size[0], width * size[1]];
    const data = Float64Array.from({ length: rows * columns * depth }, (_, i) => {
      const [row, column] = [Math.floor(i / (columns * depth)), Math.floor(i / depth) % columns];
      return x!
        .data[
          (Math.floor(row / size[0]) * width + Math.floor(column / size[1])) * depth + i % depth
        ]!;
    });
    return { shape: [rows, columns, depth], data };
  },
  "global-max-pool": (_layer, [x]) => {
    const depth = x!.shape[2]!;
    const data = new Float64Array(depth).fill(-Infinity);
    x!.data.forEach((value, i) => data[i % depth] = Math.max(data[i % depth]!, value));
    return { shape: [depth], data };
  },
  recurrent: ({ units, sequence, gates }, [x], weight) => {
    const [w, b] = [weight("kernel")!, weight("bias")!];
    const [length, width] = x!.shape as [number, number];
    const gate = gates === "sigmoid"
      ? activations.sigmoid
      : (z: number) => Math.min(1, Math.max(0, 0.2 * z + 0.5));
    let [h, c] = [new Float64Array(units), new Float64Array(units)];
    const states: number[] = [];
    for (let t = 0; t < length; t++) {
      const read = [...x!.data.slice(t * width, (t + 1) * width), ...h];
      const z = (column: number) =>
        read.reduce((sum, value, row) => sum + value * w[row * 4 * units + column]!, b[column]!);
      c = c.map((before, u) =>
        gate(z(units + u)) * before + gate(z(u)) * Math.tanh(z(2 * units + u))
      );
      h = h.map((_, u) => gate(z(3 * units + u)) * Math.tanh(c[u]!));
      states.push(...h);
    }
    return sequence
      ? { shape: [length, units], data: Float64Array.from(states) }
      : { shape: [units], data: h };
  },
  flatten: (_layer, [x]) => ({ shape: [x!.data.length], data: x!.data }),
  reshape: ({ shape }, [x]) => {
    const known = shape.filter((extent) => extent !== -1).reduce((p, extent) => p * extent, 1);
    return {
      shape: shape.map((extent) => extent === -1 ? x!.data.length / known : extent),
      data: x!.data,
    };
  },
  pad: ({ amounts: [[top, bottom], [left, right]] }, [x]) => {
    const [h, w, c] = x!.shape as [number, number, number];
    const shape = [h + top + bottom, w + left + right, c] as const;
    const data = new Float64Array(shape[0] * shape[1] * c);
    x!.data.forEach((value, i) => {
      const [row, column] = [Math.floor(i / (w * c)), Math.floor(i / c) % w];
      data[((row + top) * shape[1] + column + left) * c + i % c] = value;
    });
    return { shape, data };
  },
  crop: ({ amounts: [[top, bottom], [left, right]] }, [x]) => {
    const [h, w, c] = x!.shape as [number, number, number];
    const inside = (i: number) => {
      const [row, column] = [Math.floor(i / (w * c)), Math.floor(i / c) % w];
      return row >= top && row < h - bottom && column >= left && column < w - right;
    };
    return {
      shape: [h - top - bottom, w - left - right, c],
      data: x!.data.filter((_, i) => inside(i)),
    };
  },
  permute: ({ order }, [x]) => {
    const shape = order.map((axis) => x!.shape[axis]!);
    const places = (of: readonly number[], i: number) =>
      of.map((extent, axis) =>
        Math.floor(i / of.slice(axis + 1).reduce((a, b) => a * b, 1)) % extent
      );
    const data = new Float64Array(x!.data.length);
    x!.data.forEach((value, i) => {
      const from = places(x!.shape, i);
      data[order.reduce((at, axis, k) => at * shape[k]! + from[axis]!, 0)] = value;
    });
    return { shape, data };
  },
  add: ({ activation }, inputs) => ({
    shape: inputs[0]!.shape,
    data: inputs[0]!.data.map((_, i) =>
      activations[activation](inputs.reduce((sum, x) => sum + x.data[i]!, 0))
    ),
  }),
  mixture: ({ shares }, inputs) => {
    const mean = new Float64Array(inputs[0]!.data.length);
    for (const [k, { data }] of inputs.entries()) {
      const powers = data.map(Math.exp);
      const sum = powers.reduce((all, each) => all + each, 0);
      powers.forEach((power, i) => mean[i]! += shares[k]! * power / sum);
    }
    return { shape: inputs[0]!.shape, data: mean.map(Math.log) };
  },
  concat: (_layer, inputs) => {
    const widths = inputs.map((x) => x.shape.at(-1)!);
    const count = inputs[0]!.data.length / widths[0]!;
    const data = Array.from(
      { length: count },
      (_, row) =>
        inputs.flatMap((x, i) => [...x.data.slice(row * widths[i]!, (row + 1) * widths[i]!)]),
    );
    const width = widths.reduce((sum, each) => sum + each, 0);
    return {
      shape: [...inputs[0]!.shape.slice(0, -1), width],
      data: Float64Array.from(data.flat()),
    };
  },
  split: ({ parts, part }, [x]) => {
    const [h, w, c] = x!.shape as [number, number, number];
    const wanted = (i: number) => Math.floor((i % c) / (c / parts)) === part;
    return { shape: [h, w, c / parts], data: x!.data.filter((_, i) => wanted(i)) };
  },
  shuffle: ({ groups }, [x]) => {
    const channels = x!.shape.at(-1)!;
    const data = new Float64Array(x!.data.length);
    x!.data.forEach((value, i) => {
      const [group, place] = [
        Math.floor((i % channels) * groups / channels),
        i % (channels / groups),
      ];
      data[i - i % channels + place * groups + group] = value;
    });
    return { shape: x!.shape, data };
  },
  function: (layer, [x]) =>
    each(x!, (value) => functions[layer.function](value, ...layer.parameters)),
  reverse: (_layer, [x]) => {
    const width = x!.shape[1]!;
    const length = x!.shape[0]!;
    return {
      shape: x!.shape,
      data: x!.data.map((_, i) =>
        x!.data[(length - 1 - Math.floor(i / width)) * width + i % width]!
      ),
    };
  },
  resize: ({ size, by }, [x]) => {
    const [height, width, depth] = x!.shape as [number, number, number];
    const pixel = (row: number, column: number, c: number) =>
      x!.data[
        (Math.min(height - 1, Math.max(0, row)) * width +
            Math.min(width - 1, Math.max(0, column))) *
          depth + c
      ]!;
    const data = Float64Array.from({ length: size[0] * size[1] * depth }, (_, i) => {
      const [row, column, c] = [
        Math.floor(i / (size[1] * depth)),
        Math.floor(i / depth) % size[1],
        i % depth,
      ];
      const [y, x0] = [(row + 0.5) * height / size[0], (column + 0.5) * width / size[1]];
      if (by === "nearest") return pixel(Math.floor(y), Math.floor(x0), c);
      const [top, left] = [Math.floor(y - 0.5), Math.floor(x0 - 0.5)];
      const [v, u] = [y - 0.5 - top, x0 - 0.5 - left];
      return (1 - v) * ((1 - u) * pixel(top, left, c) + u * pixel(top, left + 1, c)) +
        v * ((1 - u) * pixel(top + 1, left, c) + u * pixel(top + 1, left + 1, c));
    });
    return { shape: [...size, depth], data };
  },
  rnn: (layer, [x, mask], weight) => {
    const { cell, units, nonlinearity, gates } = layer;
    const [w, b] = [weight("kernel")!, weight("bias")!];
    const [length, width] = x!.shape as [number, number];
    const columns = { simple: 1, gru: 3, "gru-after": 3, lstm: 4 }[cell] * units;
    const bend = rnnFunctions[nonlinearity];
    const gate = rnnFunctions[gates];
    let [h, c] = [Array(units).fill(0), Array(units).fill(0)] as [number[], number[]];
    const states: number[] = [];
    for (let t = 0; t < length; t++) {
      if (mask?.data[t] === 0) {
        states.push(...h);
        continue;
      }
      const own = [...x!.data.slice(t * width, (t + 1) * width)];
      const of = (values: readonly number[], first: number, column: number) =>
        values.reduce((sum, value, row) => sum + value * w[(first + row) * columns + column]!, 0);
      const input = (column: number) => of(own, 0, column) + b[column]!;
      const back = (column: number, state = h) => of(state, width, column);
      const units_ = Array.from({ length: units }, (_, u) => u);
      if (cell === "simple") h = units_.map((u) => bend(input(u) + back(u)));
      else if (cell === "lstm") {
        const z = (k: number) => units_.map((u) => input(k * units + u) + back(k * units + u));
        const [i, f, g, o] = [0, 1, 2, 3].map(z);
        c = units_.map((u) => gate(f![u]!) * c[u]! + gate(i![u]!) * bend(g![u]!));
        h = units_.map((u) => gate(o![u]!) * bend(c[u]!));
      } else {
        const after = cell === "gru-after";
        const extra = (column: number) => after ? b[columns + column]! : 0;
        const [update, reset] = [0, 1].map((k) =>
          units_.map((u) => gate(input(k * units + u) + back(k * units + u) + extra(k * units + u)))
        );
        const fresh = units_.map((u) => {
          const column = 2 * units + u;
          return bend(
            input(column) +
              (after
                ? reset![u]! * (back(column) + extra(column))
                : back(column, h.map((value, k) => value * reset![k]!))),
          );
        });
        h = units_.map((u) => update![u]! * h[u]! + (1 - update![u]!) * fresh[u]!);
      }
      states.push(...h);
    }
    return layer.sequence
      ? { shape: [length, units], data: Float64Array.from(states) }
      : { shape: [units], data: Float64Array.from(h) };
  },
  prelu: (_layer, [x], weight) => {
    const slopes = weight("gamma")!;
    return each(x!, (value, c) => value < 0 ? slopes[c]! * value : value);
  },
  softmax: ({ log }, [x]) =>
    eachRow(x!, (row) => {
      const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
      return row.map((z) => log ? z - Math.log(total) : Math.exp(z) / total);
    }),
  standardize: ({ by, epsilon }, [x]) =>
    eachRow(x!, (row) => {
      const mean = by === "deviation" ? row.reduce((sum, v) => sum + v, 0) / row.length : 0;
      const squares = row.reduce((sum, v) => sum + (v - mean) ** 2, 0);
      const spread = by === "length" ? Math.max(squares, epsilon) : squares / row.length + epsilon;
      return row.map((v) => (v - mean) / Math.sqrt(spread));
    }),
  combine: ({ by }, inputs) =>
    inputs.reduce((a, b) => {
      const shape = a.shape.map((extent, axis) => Math.max(extent, b.shape[axis]!));
      const at = (x: Plain, i: number) => {
        let [rest, place, stride] = [i, 0, 1];
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          if (x.shape[axis] !== 1) place += rest % shape[axis]! * stride;
          stride *= x.shape[axis]!;
          rest = Math.floor(rest / shape[axis]!);
        }
        return x.data[place]!;
      };
      const size = shape.reduce((product, extent) => product * extent, 1);
      const data = Float64Array.from({ length: size }, (_, i) => combined[by](at(a, i), at(b, i)));
      return { shape, data };
    }),
  dot: ({ axes }, [a, b]) => {
    if (a!.shape.length === 1) {
      return {
        shape: [1],
        data: Float64Array.of(a!.data.reduce((s, v, i) => s + v * b!.data[i]!, 0)),
      };
    }
    const at = ({ shape, data }: Plain, axis: number, free: number, summed: number) =>
      data[axis === 0 ? summed * shape[1]! + free : free * shape[1]! + summed]!;
    const shape = [a!.shape[1 - axes[0]]!, b!.shape[1 - axes[1]]!] as const;
    const data = new Float64Array(shape[0] * shape[1]);
    for (let i = 0; i < data.length; i++) {
      const [row, column] = [Math.floor(i / shape[1]), i % shape[1]];
      for (let k = 0; k < a!.shape[axes[0]]!; k++) {
        data[i]! += at(a!, axes[0], row, k) * at(b!, axes[1], column, k);
      }
    }
    return { shape: [...shape], data };
  },
  dropout: (_layer, [x]) => x!,
  sample: (_layer, [mean]) => mean!,
};

function each(x: Plain, change: (value: number, channel: number) => number): Plain {
  const depth = x.shape.at(-1)!;
  return { shape: x.shape, data: x.data.map((value, i) => change(value, i % depth)) };
}

function eachRow(x: Plain, change: (row: number[]) => number[]): Plain {
  const width = x.shape.at(-1)!;
  const rows = Array.from(
    { length: x.data.length / width },
    (_, i) => change([...x.data.slice(i * width, (i + 1) * width)]),
  );
  return { shape: x.shape, data: Float64Array.from(rows.flat()) };
}

/** A cell of a window inside the image: where its pixel begins, and its place in the window. */
export interface Cell {
  readonly at: number;
  readonly ky: number;
  readonly kx: number;
}

/** Slides a window over an image; cells outside it are left out, which is zero padding. */
export function slide(
  x: { readonly shape: readonly number[] },
  size: readonly [number, number],
  { strides, padding, dilations }: WindowAttributes,
  channels: number,
  value: (cells: readonly Cell[], channel: number) => number,
): Plain {
  const [height, width, depth] = x.shape as [number, number, number];
  const along = (extent: number, axis: 0 | 1) => {
    const reach = (size[axis] - 1) * dilations[axis] + 1;
    if (padding === "same") {
      const count = Math.ceil(extent / strides[axis]);
      const total = Math.max(0, (count - 1) * strides[axis] + reach - extent);
      return { count, before: Math.floor(total / 2) };
    }
    const [before, after] = padding === "valid" ? [0, 0] : padding[axis];
    return { count: Math.floor((extent + before + after - reach) / strides[axis]) + 1, before };
  };
  const [rows, columns] = [along(height, 0), along(width, 1)];
  const data = new Float64Array(rows.count * columns.count * channels);
  for (let y = 0; y < rows.count; y++) {
    for (let x0 = 0; x0 < columns.count; x0++) {
      const cells: Cell[] = [];
      for (let ky = 0; ky < size[0]; ky++) {
        for (let kx = 0; kx < size[1]; kx++) {
          const row = y * strides[0] - rows.before + ky * dilations[0];
          const column = x0 * strides[1] - columns.before + kx * dilations[1];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          cells.push({ at: (row * width + column) * depth, ky, kx });
        }
      }
      for (let c = 0; c < channels; c++) {
        data[(y * columns.count + x0) * channels + c] = value(cells, c);
      }
    }
  }
  return { shape: [rows.count, columns.count, channels], data };
}

/** Height and width of what a transposed convolution gives (Keras's `deconv_output_length`). */
function transposedShape(
  { shape }: { readonly shape: readonly number[] },
  { kernel, strides, padding }: Omit<LayerOf<"conv-transpose">, "kind" | "name" | "inputs">,
): number[] {
  return [0, 1].map((axis) =>
    padding === "same"
      ? shape[axis]! * strides[axis]!
      : shape[axis]! * strides[axis]! + Math.max(kernel[axis]! - strides[axis]!, 0)
  );
}

/** Tells, pixel by pixel (by their numbers), where each of the input lands in the output, and by which place of the window. */
export function scatter(
  x: { readonly shape: readonly number[] },
  layer: Omit<LayerOf<"conv-transpose">, "kind" | "name" | "inputs">,
  visit: (cell: { from: number; to: number; ky: number; kx: number }) => void,
): void {
  const { kernel, strides, padding } = layer;
  const [height, width] = x.shape as [number, number];
  const [rows, columns] = transposedShape(x, layer) as [number, number];
  const cut = ([0, 1] as const).map((axis) =>
    padding === "same" ? Math.floor(Math.max(kernel[axis] - strides[axis], 0) / 2) : 0
  );
  for (let y = 0; y < height; y++) {
    for (let x0 = 0; x0 < width; x0++) {
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const row = y * strides[0] + ky - cut[0]!;
          const column = x0 * strides[1] + kx - cut[1]!;
          if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
          visit({ from: y * width + x0, to: row * columns + column, ky, kx });
        }
      }
    }
  }
}
