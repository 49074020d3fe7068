/** Values, and functions of one number that layers end in, or are. No dependencies. */

/** A value: its shape without the batch, its numbers row by row. */
export const value = (shape, data) => ({ shape, data });
/** How many numbers a shape has. */
export const size = (shape) => shape.reduce((product, extent) => product * extent, 1);
/** Each number changed. */
export const mapped = (x, of) => value(x.shape, x.data.map(of));

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Abramowitz and Stegun 7.1.26, within 1.5e-7. */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const sum = series.reduce((all, each) => (all + each) * t, 0);
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

/** By the names that layers give them. */
export const activations = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  sigmoid,
  tanh: Math.tanh,
  gelu: (x) => x * 0.5 * (1 + erf(x / Math.SQRT2)),
  elu: (x) => x > 0 ? x : Math.expm1(x),
  "leaky-relu": (x) => x > 0 ? x : 0.2 * x,
};

/** Layers that are a function with parameters, by their names. */
export const functions = {
  swish: (x) => x * sigmoid(x),
  "hard-swish": (x) => x * Math.min(6, Math.max(0, x + 3)) / 6,
  "hard-sigmoid": (x, slope, offset) => Math.min(1, Math.max(0, slope * x + offset)),
  "leaky-relu": (x, slope) => x < 0 ? slope * x : x,
  scale: (x, factor, offset) => factor * x + offset,
};

/** Each number through an activation. */
export const bent = (x, activation) =>
  activation === "linear" ? x : mapped(x, activations[activation]);
