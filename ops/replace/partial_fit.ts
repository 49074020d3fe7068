/** Kernels of blocks that keep part of a convolution's kernel as it is. */
import type { Shape } from "../model/layers.ts";
import type { Fit } from "./fit.ts";

/**
 * One kernel [height, width, M/g, N/g] for each of `groups`: the part of the kernel between the group's own channels.
 * A grouped convolution is a whole one with zeros elsewhere, so what is lost is what stood there, and nothing is
 * nearer.
 */
export function groupedFit(kernel: Float32Array, shape: Shape, groups: number): Fit {
  const [height, width, inputs, filters] = shape as [number, number, number, number];
  const [own, made] = [inputs / groups, filters / groups];
  const kernels = Array.from(
    { length: groups },
    () => new Float32Array(height * width * own * made),
  );
  let [whole, lost] = [0, 0];
  kernel.forEach((value, at) => {
    const [n, row] = [at % filters, Math.floor(at / filters)];
    const [m, place] = [row % inputs, Math.floor(row / inputs)];
    const group = Math.floor(n / made);
    whole += value * value;
    if (Math.floor(m / own) !== group) lost += value * value;
    else kernels[group]![(place * own + m % own) * made + n % made] = value;
  });
  return { kernels, lost, whole };
}

/**
 * The primary kernel is that of the first N/s filters. The cheap filter that makes channel N/s + c·(s − 1) + j from
 * primary channel c is the multiple of it, at the middle of its window, nearest to the filter that stood there:
 * a = ⟨w, p⟩ / ⟨p, p⟩ (0 where p is 0). Other windows would see beyond the convolution's own.
 */
export function ghostFit(kernel: Float32Array, shape: Shape, parts: number, window: number): Fit {
  const [height, width, inputs, filters] = shape as [number, number, number, number];
  const rows = height * width * inputs;
  const primaries = filters / parts;
  const primary = new Float32Array(rows * primaries);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < primaries; c++) primary[row * primaries + c] = kernel[row * filters + c]!;
  }
  const cheap = new Float32Array(window * window * primaries * (parts - 1));
  const middle = (window * window - 1) / 2;
  const between = (a: number, b: number) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      sum += kernel[row * filters + a]! * kernel[row * filters + b]!;
    }
    return sum;
  };
  let [whole, lost] = [0, 0];
  for (let n = 0; n < filters; n++) {
    const own = between(n, n);
    whole += own;
    if (n < primaries) continue;
    const made = n - primaries;
    const c = Math.floor(made / (parts - 1));
    const [along, length] = [between(n, c), between(c, c)];
    cheap[middle * primaries * (parts - 1) + made] = length === 0 ? 0 : along / length;
    lost += length === 0 ? own : Math.max(0, own - along * along / length);
  }
  return { kernels: [primary, cheap], lost, whole };
}

/** The primary channels keep their bias; behind a cheap filter stands what its multiple of theirs lacks. */
export function ghostBiases(
  bias: Float32Array,
  cheap: Float32Array,
  parts: number,
  window: number,
): readonly [primary: Float32Array, cheap: Float32Array] {
  const primaries = bias.length / parts;
  const middle = (window * window - 1) / 2 * (bias.length - primaries);
  const primary = bias.slice(0, primaries);
  const behind = bias.slice(primaries).map((value, made) =>
    value - cheap[middle + made]! * primary[Math.floor(made / (parts - 1))]!
  );
  return [primary, behind];
}
