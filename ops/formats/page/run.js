/**
 * Runs a model of Decant in a page: plain loops over what `unpack` gives, one sample at a time, in double precision. No
 * dependencies. Values between layers are real numbers, of quantized models too.
 */

import { activations, bent, functions, mapped, size, value } from "./functions.js";
import { conv, depthwise, overall, pad, pool } from "./windows.js";

function dense({ units, activation }, [x], weight) {
  const [kernel, bias] = [weight("kernel"), weight("bias")];
  const width = x.shape.at(-1);
  const rows = x.data.length / width;
  const data = new Float64Array(rows * units);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      const from = x.data[row * width + i];
      for (let u = 0; u < units; u++) data[row * units + u] += from * kernel[i * units + u];
    }
  }
  if (bias) { for (let i = 0; i < data.length; i++) data[i] += bias[i % units]; }
  return bent(value([...x.shape.slice(0, -1), units], data), activation);
}

function batchnorm({ epsilon, activation }, [x], weight) {
  const [gamma, beta] = [weight("gamma"), weight("beta")];
  const [mean, variance] = [weight("mean"), weight("variance")];
  const depth = x.shape.at(-1);
  const scale = gamma.map((each, c) => each / Math.sqrt(variance[c] + epsilon));
  const data = x.data.map((each, i) =>
    (each - mean[i % depth]) * scale[i % depth] + beta[i % depth]
  );
  return bent(value(x.shape, data), activation);
}

/** Each row of the last axis, changed as a whole. */
function rows(x, change) {
  const width = x.shape.at(-1);
  const data = new Float64Array(x.data.length);
  for (let at = 0; at < data.length; at += width) {
    data.set(change(x.data.subarray(at, at + width)), at);
  }
  return value(x.shape, data);
}

const layerNorm = ({ epsilon }, [x], weight) => {
  const [gamma, beta] = [weight("gamma"), weight("beta")];
  return rows(x, (row) => {
    const mean = row.reduce((sum, each) => sum + each, 0) / row.length;
    const spread = row.reduce((sum, each) => sum + (each - mean) ** 2, 0) / row.length;
    return row.map((each, c) => (each - mean) / Math.sqrt(spread + epsilon) * gamma[c] + beta[c]);
  });
};

/** Of each row eᶻ over the sum of all. */
export function softmax(logits) {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const powers = Float64Array.from(logits, (each) => Math.exp(each - largest));
  const sum = powers.reduce((all, each) => all + each, 0);
  return powers.map((each) => each / sum);
}

function attention({ heads }, [q, k, v, tokens]) {
  const [length, width, wide] = [q.shape[0], q.shape[1], v.shape[1]];
  const [depth, deep] = [width / heads, wide / heads];
  const keys = [...Array(k.shape[0]).keys()].filter((j) => tokens?.data[j] !== 0);
  const data = new Float64Array(length * wide);
  for (let i = 0; i < length; i++) {
    for (let h = 0; h < heads; h++) {
      const shares = softmax(keys.map((j) => {
        let score = 0;
        for (let c = h * depth; c < (h + 1) * depth; c++) {
          score += q.data[i * width + c] * k.data[j * width + c];
        }
        return score / Math.sqrt(depth);
      }));
      keys.forEach((j, n) => {
        for (let c = h * deep; c < (h + 1) * deep; c++) {
          data[i * wide + c] += shares[n] * v.data[j * wide + c];
        }
      });
    }
  }
  return value([length, wide], data);
}

function concat(_layer, inputs) {
  const widths = inputs.map(({ shape }) => shape.at(-1));
  const count = inputs[0].data.length / widths[0];
  const width = widths.reduce((sum, each) => sum + each, 0);
  const data = new Float64Array(count * width);
  for (let row = 0, at = 0; row < count; row++) {
    inputs.forEach((x, i) => {
      data.set(x.data.subarray(row * widths[i], (row + 1) * widths[i]), at);
      at += widths[i];
    });
  }
  return value([...inputs[0].shape.slice(0, -1), width], data);
}

function tokenMean(_layer, [x, mask]) {
  const [length, width] = x.shape;
  const places = [...Array(length).keys()];
  const counted = places.filter((at) => mask.data[at] !== 0);
  const used = counted.length === 0 ? places : counted;
  const mean = (_, c) => used.reduce((sum, at) => sum + x.data[at * width + c], 0) / used.length;
  return value([width], Float64Array.from({ length: width }, mean));
}

/** Two values place by place; an extent of 1 is as long as the other's. */
function combined(a, b, of) {
  const shape = a.shape.map((extent, axis) => Math.max(extent, b.shape[axis]));
  const at = (x, i) => {
    let [rest, place, stride] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (x.shape[axis] !== 1) place += rest % shape[axis] * stride;
      stride *= x.shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return x.data[place];
  };
  return value(shape, Float64Array.from({ length: size(shape) }, (_, i) => of(at(a, i), at(b, i))));
}

/** The channels of each place, taken from others: `from` says which, of the channel's number. */
function channels(x, count, from) {
  const depth = x.shape.at(-1);
  const places = x.data.length / depth;
  const taken = (_, i) => x.data[Math.floor(i / count) * depth + from(i % count, depth)];
  return value(
    [...x.shape.slice(0, -1), count],
    Float64Array.from({ length: places * count }, taken),
  );
}

const sum = (a, b) => a + b;
const combinations = {
  sum,
  product: (a, b) => a * b,
  difference: (a, b) => a - b,
  maximum: Math.max,
  minimum: Math.min,
};
const ratio = (all, count) => all / count;

/** A layer's value by its kind: of its attributes, the values that it reads, and its weights by role. */
export const layers = {
  dense,
  conv,
  depthwise,
  batchnorm,
  attention,
  concat,
  pad,
  "layer-norm": layerNorm,
  "token-mean": tokenMean,
  add: ({ activation }, [first, ...others]) =>
    bent(others.reduce((a, b) => mapped(a, (each, i) => each + b.data[i]), first), activation),
  activation: ({ activation }, [x]) => bent(x, activation),
  function: (layer, [x]) =>
    mapped(x, (each) => functions[layer.function](each, ...layer.parameters)),
  softmax: ({ log }, [x]) => rows(x, (row) => log ? softmax(row).map(Math.log) : softmax(row)),
  "max-pool": (layer, inputs) => pool(layer, inputs, -Infinity, Math.max, (all) => all),
  "average-pool": (layer, inputs) => pool(layer, inputs, 0, sum, ratio),
  "global-max-pool": (_layer, [x]) => overall(x, -Infinity, Math.max),
  "global-average-pool": (_layer, [x]) => overall(x, 0, sum, ratio),
  embedding: ({ size }, [x], weight) => {
    const table = weight("kernel");
    const found = [...x.data].flatMap((
      token,
    ) => [...table.subarray(token * size, (token + 1) * size)]);
    return value([...x.shape, size], Float64Array.from(found));
  },
  position: (_layer, [x], weight) => mapped(x, (each, i) => each + weight("kernel")[i]),
  first: (_layer, [x]) => value(x.shape.slice(1), x.data.slice(0, x.data.length / x.shape[0])),
  flatten: (_layer, [x]) => value([x.data.length], x.data),
  reshape: ({ shape }, [x]) => {
    const known = size(shape.filter((extent) => extent !== -1));
    return value(shape.map((extent) => extent === -1 ? x.data.length / known : extent), x.data);
  },
  combine: ({ by }, inputs) => inputs.reduce((a, b) => combined(a, b, combinations[by])),
  split: ({ parts, part }, [x]) => {
    const count = x.shape.at(-1) / parts;
    return channels(x, count, (c) => part * count + c);
  },
  shuffle: ({ groups }, [x]) =>
    channels(
      x,
      x.shape.at(-1),
      (c, depth) => (c % groups) * (depth / groups) + Math.floor(c / groups),
    ),
  dropout: (_layer, [x]) => x,
};

/** What the answers of a model say: of all classes one, or of each label whether it is there. */
export const shares = (logits, head) =>
  head === "sigmoid" ? logits.map(activations.sigmoid) : softmax(logits);

/** Whether all of a model can be run here: layers as rows of a packed header with their attributes by name. */
export const runs = (model) =>
  model.inputs.length === 1 && model.outputs.length === 1 &&
  model.layers.every((layer) =>
    Object.hasOwn(layers, layer.kind) &&
    (layer.kind !== "function" || Object.hasOwn(functions, layer.function))
  );

/** The logits of one sample, prepared: the first output's numbers. `weights` are those of `unpack`. */
export function logitsOf(model, weights, data) {
  const [input] = model.inputs;
  const values = new Map([[input.name, value(input.shape, Float64Array.from(data))]]);
  for (const layer of model.layers) {
    const weight = (role) => weights[`${layer.tied ?? layer.name}/${role}`]?.values;
    const read = layer.inputs.map((name) => values.get(name));
    values.set(layer.name, layers[layer.kind](layer, read, weight));
  }
  return values.get(model.outputs[0]).data;
}
