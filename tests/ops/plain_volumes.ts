/** Convolutions of volumes, and what steps by them, in plain loops of one sample: rows of `plain_forward.ts`. */
import { type Plain, plainActivation, rnnFunctions, type Row } from "./plain_forward.ts";

type Three = readonly [number, number, number];

interface Geometry {
  readonly kernel: Three;
  readonly strides: Three;
  readonly padding: "same" | "valid";
  readonly dilations: Three;
}

/** All places of a volume in order. */
function* places([d, h, w]: Three): Generator<Three> {
  for (let z = 0; z < d; z++) {
    for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) yield [z, y, x];
  }
}

/** Σ over window and channels, by the definition; rows of the kernel from `first` on meet the channels. */
function convolved(
  { shape, data }: Plain,
  kernel: Float32Array,
  { geometry, rows, first, filters }: {
    readonly geometry: Geometry;
    readonly rows: number;
    readonly first: number;
    readonly filters: number;
  },
): Plain {
  const { kernel: size, strides, padding, dilations } = geometry;
  const [d, h, w, channels] = shape as [number, number, number, number];
  const reach = size.map((taps, axis) => (taps - 1) * dilations[axis]! + 1);
  const counts = [d, h, w].map((extent, axis) =>
    padding === "same"
      ? Math.ceil(extent / strides[axis]!)
      : Math.ceil((extent - reach[axis]! + 1) / strides[axis]!)
  ) as unknown as Three;
  const before = [d, h, w].map((extent, axis) =>
    padding === "valid"
      ? 0
      : Math.floor(Math.max((counts[axis]! - 1) * strides[axis]! + reach[axis]! - extent, 0) / 2)
  );
  const sums: number[] = [];
  for (const at of places(counts)) {
    for (let f = 0; f < filters; f++) {
      let sum = 0;
      for (const tap of places(size)) {
        const [z, y, x] = at.map((place, axis) =>
          place * strides[axis]! - before[axis]! + tap[axis]! * dilations[axis]!
        ) as unknown as Three;
        if (z < 0 || y < 0 || x < 0 || z >= d || y >= h || x >= w) continue;
        const weight = (tap[0] * size[1] + tap[1]) * size[2] + tap[2];
        for (let c = 0; c < channels; c++) {
          sum += data[((z * h + y) * w + x) * channels + c]! *
            kernel[(weight * rows + first + c) * filters + f]!;
        }
      }
      sums.push(sum);
    }
  }
  return { shape: [...counts, filters], data: Float64Array.from(sums) };
}

/** `conv3d`. */
export const plainConv3d: Row<"conv3d"> = (layer, [x], weight) => {
  const { filters, activation } = layer;
  const rows = x!.shape.at(-1)!;
  const { shape, data } = convolved(x!, weight("kernel")!, {
    geometry: layer,
    rows,
    first: 0,
    filters,
  });
  const bias = weight("bias");
  const activated = plainActivation(activation);
  return { shape, data: data.map((sum, i) => activated(sum + (bias?.[i % filters] ?? 0))) };
};

/** `conv3d-transpose`: every value adds to its window of the result. */
export const plainConv3dTranspose: Row<"conv3d-transpose"> = (layer, [x], weight) => {
  const { filters, kernel: size, strides, padding, activation } = layer;
  const [d, h, w, channels] = x!.shape as [number, number, number, number];
  const extents = [d, h, w].map((extent, axis) =>
    extent * strides[axis]! + (padding === "same" ? 0 : Math.max(size[axis]! - strides[axis]!, 0))
  ) as unknown as Three;
  const cut = size.map((taps, axis) =>
    padding === "same" ? Math.floor(Math.max(taps - strides[axis]!, 0) / 2) : 0
  );
  const kernel = weight("kernel")!;
  const bias = weight("bias");
  const data = Float64Array.from(
    { length: extents[0] * extents[1] * extents[2] * filters },
    (_, i) => bias?.[i % filters] ?? 0,
  );
  for (const from of places([d, h, w])) {
    for (const tap of places(size)) {
      const to = from.map((place, axis) => place * strides[axis]! + tap[axis]! - cut[axis]!);
      if (to.some((place, axis) => place < 0 || place >= extents[axis]!)) continue;
      const at = (to[0]! * extents[1] + to[1]!) * extents[2] + to[2]!;
      const row = (tap[0] * size[1] + tap[1]) * size[2] + tap[2];
      for (let c = 0; c < channels; c++) {
        const value = x!.data[((from[0] * h + from[1]) * w + from[2]) * channels + c]!;
        for (let f = 0; f < filters; f++) {
          data[at * filters + f]! += value * kernel[(row * channels + c) * filters + f]!;
        }
      }
    }
  }
  return { shape: [...extents, filters], data: data.map(plainActivation(activation)) };
};

/** `conv-lstm`. */
export const plainConvLstm: Row<"conv-lstm"> = (layer, [x], weight) => {
  const { filters, sequence } = layer;
  const [steps, ...extents] = x!.shape as [number, number, number, number, number];
  const [kernel, bias] = [weight("kernel")!, weight("bias")!];
  const channels = extents.at(-1)!;
  const rows = channels + filters;
  const [gate, activated] = [rnnFunctions[layer.gates], rnnFunctions[layer.nonlinearity]];
  const size = extents.reduce((product, extent) => product * extent, 1);
  const states: Float64Array[] = [];
  let [h, c] = [new Float64Array(0), new Float64Array(0)];
  let shape: readonly number[] = [];
  for (let t = 0; t < steps; t++) {
    const own = convolved(
      { shape: extents, data: x!.data.slice(t * size, (t + 1) * size) },
      kernel,
      { geometry: layer, rows, first: 0, filters: 4 * filters },
    );
    shape = [...own.shape.slice(0, 3), filters];
    const cells = own.data.length / 4;
    if (t === 0) [h, c] = [new Float64Array(cells), new Float64Array(cells)];
    const back = convolved({ shape, data: h }, kernel, {
      geometry: { ...layer, strides: [1, 1, 1], dilations: [1, 1, 1], padding: "same" },
      rows,
      first: channels,
      filters: 4 * filters,
    });
    const z = (i: number, of: number) => {
      const at = (i - i % filters) * 4 + of * filters + i % filters;
      return own.data[at]! + back.data[at]! + bias[of * filters + i % filters]!;
    };
    c = c.map((before, i) => gate(z(i, 1)) * before + gate(z(i, 0)) * activated(z(i, 2)));
    h = h.map((_, i) => gate(z(i, 3)) * activated(c[i]!));
    states.push(h);
  }
  const data = Float64Array.from(sequence ? states.flatMap((state) => [...state]) : h);
  return { shape: [...sequence ? [steps] : [], ...shape], data };
};
