/** Layers that slide a window over an image, or read all of it at once. */
import { bent, size, value } from "./functions.js";

/** How many steps a window makes along an axis, and how many zeros stand before the image. */
function steps(extent, axis, window, { strides, padding, dilations }) {
  const reach = (window[axis] - 1) * dilations[axis] + 1;
  if (padding === "same") {
    const count = Math.ceil(extent / strides[axis]);
    return { count, before: Math.max(0, (count - 1) * strides[axis] + reach - extent) >> 1 };
  }
  const [before, after] = padding === "valid" ? [0, 0] : padding[axis];
  return { count: Math.floor((extent + before + after - reach) / strides[axis]) + 1, before };
}

/** Tells each place of the output, and each cell of its window that is inside the image. */
function slide(x, window, layer, channels, visit) {
  const [height, width, depth] = x.shape;
  const [rows, columns] = [steps(height, 0, window, layer), steps(width, 1, window, layer)];
  const data = new Float64Array(rows.count * columns.count * channels);
  for (let row = 0; row < rows.count; row++) {
    for (let column = 0; column < columns.count; column++) {
      const cells = [];
      for (let ky = 0; ky < window[0]; ky++) {
        for (let kx = 0; kx < window[1]; kx++) {
          const y = row * layer.strides[0] - rows.before + ky * layer.dilations[0];
          const at = column * layer.strides[1] - columns.before + kx * layer.dilations[1];
          if (y < 0 || y >= height || at < 0 || at >= width) continue;
          cells.push([(y * width + at) * depth, ky * window[1] + kx]);
        }
      }
      visit(data, (row * columns.count + column) * channels, cells);
    }
  }
  return value([rows.count, columns.count, channels], data);
}

/** Every filter sums over the window in all channels. */
export function conv(layer, [x], weight) {
  const [kernel, bias] = [weight("kernel"), weight("bias")];
  const { filters } = layer;
  const depth = x.shape[2];
  const made = slide(x, layer.kernel, layer, filters, (data, to, cells) => {
    if (bias) data.set(bias, to);
    for (const [at, tap] of cells) {
      for (let c = 0; c < depth; c++) {
        const from = x.data[at + c];
        const first = (tap * depth + c) * filters;
        for (let f = 0; f < filters; f++) data[to + f] += from * kernel[first + f];
      }
    }
  });
  return bent(made, layer.activation);
}

/** Filters for each channel by itself. */
export function depthwise(layer, [x], weight) {
  const [kernel, bias] = [weight("kernel"), weight("bias")];
  const { multiplier } = layer;
  const channels = x.shape[2] * multiplier;
  const made = slide(x, layer.kernel, layer, channels, (data, to, cells) => {
    if (bias) data.set(bias, to);
    for (const [at, tap] of cells) {
      for (let f = 0; f < channels; f++) {
        data[to + f] += x.data[at + Math.floor(f / multiplier)] * kernel[tap * channels + f];
      }
    }
  });
  return bent(made, layer.activation);
}

/** Along each channel of an image. */
export function overall(x, start, step, end = (sum) => sum) {
  const depth = x.shape[2];
  const data = new Float64Array(depth).fill(start);
  x.data.forEach((each, i) => data[i % depth] = step(data[i % depth], each));
  return value([depth], data.map((each) => end(each, x.data.length / depth)));
}

/** One number of each channel for a window. */
export function pool(layer, [x], start, step, end) {
  const channels = x.shape[2];
  return slide(x, layer.size, layer, channels, (data, to, cells) => {
    for (let c = 0; c < channels; c++) {
      const all = cells.reduce((sum, [at]) => step(sum, x.data[at + c]), start);
      data[to + c] = end(all, cells.length);
    }
  });
}

/** Zeros around an image. */
export function pad({ amounts: [[top, bottom], [left, right]] }, [x]) {
  const [height, width, depth] = x.shape;
  const shape = [height + top + bottom, width + left + right, depth];
  const data = new Float64Array(size(shape));
  for (let row = 0; row < height; row++) {
    const from = row * width * depth;
    data.set(x.data.subarray(from, from + width * depth), ((row + top) * shape[1] + left) * depth);
  }
  return value(shape, data);
}
