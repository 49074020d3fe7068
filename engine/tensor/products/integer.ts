/**
 * Products and convolutions of 16-bit integers as plans on addresses. Windows lie on images in frames of zeros, as
 * those of floats do; panels of weights hold pairs of k, and stay packed until the weights change.
 */
import type { Machine } from "../machine.ts";
import { frameOf } from "./convolution.ts";
import type { Image } from "./frame.ts";
import type { Geometry } from "./geometry.ts";
import { BLOCK } from "./matrix.ts";

/** What becomes of sums on their way out, as `kernels/integer_end.ts` reads it. */
export interface IntegerEpilogue {
  /** Address; 0 for sums as they are. */
  readonly table: number;
  readonly code: number;
  readonly low: number;
  readonly high: number;
  /** Address of a float for each row, or 0. */
  readonly rows: number;
  /** Bytes of a result. */
  readonly bytes: number;
}

/** Addresses of 16-bit integers, of int32 weights of 16 bits, and of results. */
export interface IntegerOperands {
  readonly x: number;
  readonly w: number;
  readonly out: number;
  readonly end: IntegerEpilogue;
}

/** Bytes of a table for a column. */
const ENTRY = 28;
/** The most bytes of packed panels that are swept by each block of rows: they then stay in the second cache. */
const SWEEP = 262144;

/** Left sides as the product walks them; in bytes. */
interface Walk {
  readonly rows: number;
  readonly ny: number;
  readonly nx: number;
  readonly from: readonly [at: number, image: number, y: number, x: number];
  readonly to: readonly [image: number, y: number, x: number];
}

/** The runs of a left side: 16-bit integers in each, and where each begins; columns of the right side. */
interface Runs {
  readonly length: number;
  readonly offsets: readonly number[];
  readonly n: number;
}

/** out [rows, n] of x [rows, inner] and w [inner, n]. */
export function multiplyIntegers(
  machine: Machine,
  { rows, inner, n }: { readonly rows: number; readonly inner: number; readonly n: number },
  at: IntegerOperands,
): void {
  const walk: Walk = {
    ...{ rows, ny: 1, nx: rows, from: [at.x, 0, 0, inner * 2] },
    to: [0, 0, n * at.end.bytes],
  };
  product(machine, walk, { length: inner, offsets: [0], n }, at);
}

/** out [B, H', W', n] of the images x and w [kh, kw, C, n]. */
export function convolveIntegers(
  machine: Machine,
  g: Geometry,
  n: number,
  at: IntegerOperands,
): void {
  const plain = g.kernelHeight * g.kernelWidth * g.strideY * g.strideX === 1 &&
    g.outHeight === g.height && g.outWidth === g.width;
  if (plain) {
    const rows = g.images * g.height * g.width;
    return multiplyIntegers(machine, { rows, inner: g.channels, n }, at);
  }
  framedIntegers(machine, { ...g, at: at.x, repeat: 1 }, (image) => {
    const pixel = g.channels * 2;
    const line = image.width * pixel;
    // Taps beside each other read consecutive integers unless dilated: one run per row of the window.
    const joined = g.dilationX === 1 ? g.kernelWidth : 1;
    const offsets: number[] = [];
    for (let ky = 0; ky < g.kernelHeight; ky++) {
      for (let kx = 0; kx < g.kernelWidth; kx += joined) {
        offsets.push(ky * g.dilationY * line + kx * g.dilationX * pixel);
      }
    }
    const to = n * at.end.bytes;
    const walk: Walk = {
      ...{ rows: g.images * g.outHeight * g.outWidth, ny: g.outHeight, nx: g.outWidth },
      from: [image.at, image.height * line, g.strideY * line, g.strideX * pixel],
      to: [g.outHeight * g.outWidth * to, g.outWidth * to, to],
    };
    product(machine, walk, { length: joined * g.channels, offsets, n }, at);
  });
}

function product(
  machine: Machine,
  { rows, ny, nx, from, to }: Walk,
  { length, offsets, n }: Runs,
  { w, out, end }: IntegerOperands,
): void {
  if (rows * n === 0) return;
  const { panel: width } = machine.blocking;
  const pairs = Math.ceil(length / 2);
  const panels = Math.ceil(n / width);
  const run = pairs * width * 4;
  const panelBytes = offsets.length * run;
  const pack = (packed: number) =>
    offsets.forEach((_, s) => {
      const weights = w + s * length * n * 4;
      machine.launch("packPairs", panels, packed + s * run, panelBytes, weights, length, n);
    });
  const layout = { layout: `pairs of ${width}`, inner: offsets.length * pairs, columns: n };
  const sweep = Math.max(1, Math.floor(SWEEP / Math.max(1, panelBytes)));
  withPacked(
    machine,
    [w, { ...layout, bytes: panels * panelBytes }, pack],
    (packed) =>
      withNumbers(machine, offsets, (table) => {
        for (let panel = 0; panel < panels; panel += sweep) {
          const column = panel * width;
          machine.launch(
            "integerProduct",
            Math.ceil(rows / BLOCK),
            ...[...from, rows, ny, nx, table, offsets.length, pairs],
            ...[packed + panel * panelBytes, Math.min(n - column, sweep * width)],
            ...[out + column * end.bytes, ...to],
            end.table === 0 ? 0 : end.table + column * ENTRY,
            ...[end.code, end.low, end.high, end.rows],
          );
        }
      }),
  );
}

/** out [B, H', W', C·m] of the images x and w [kh, kw, C, m], by channel. */
export function depthwiseIntegers(
  machine: Machine,
  g: Geometry,
  m: number,
  at: IntegerOperands,
): void {
  const channels = g.channels * m;
  if (g.images * g.outHeight * g.outWidth * channels === 0) return;
  const { w, out, end } = at;
  if (m === 1 && suitsWindow(g)) return windowIntegers(machine, g, at);
  framedIntegers(machine, { ...g, at: at.x, repeat: m }, (image) => {
    const taps: number[] = [];
    for (let ky = 0; ky < g.kernelHeight; ky++) {
      for (let kx = 0; kx < g.kernelWidth; kx++) {
        taps.push((ky * g.dilationY * image.width + kx * g.dilationX) * channels * 2);
      }
    }
    const count = taps.length;
    // The weight of the last pair's second is 0; what lies there must be inside the image.
    if (count % 2 === 1) taps.push(taps.at(-1)!);
    const { panel: width } = machine.blocking;
    const pairs = taps.length / 2;
    const groups = Math.ceil(channels / width);
    const layout = { layout: `taps of ${width}`, inner: pairs, columns: channels };
    const pack = (packed: number) => machine.launch("packTaps", groups, packed, w, count, channels);
    withPacked(
      machine,
      [w, { ...layout, bytes: groups * pairs * width * 4 }, pack],
      (packed) =>
        withNumbers(machine, taps, (table) =>
          machine.launch(
            "integerDepthwise",
            g.images * g.outHeight,
            ...[image.at, image.height, image.width, channels, table, pairs, packed],
            ...[g.strideY, g.strideX, out, g.outHeight, g.outWidth],
            ...[end.table, end.code, end.low, end.high],
          )),
    );
  });
}

/** Whether windows go by the kernel that needs no frame. */
function suitsWindow({ strideY, strideX, ...g }: Geometry): boolean {
  return g.kernelHeight === 3 && g.kernelWidth === 3 && g.dilationY === 1 && g.dilationX === 1 &&
    strideY === strideX && strideY <= 2;
}

function windowIntegers(machine: Machine, g: Geometry, { x, w, out, end }: IntegerOperands): void {
  const { channels } = g;
  const { panel: width } = machine.blocking;
  const groups = Math.ceil(channels / width);
  const layout = { layout: `windows of ${width}`, inner: 6, columns: channels };
  const pack = (packed: number) => machine.launch("packWindow", groups, packed, w, channels);
  withPacked(
    machine,
    [w, { ...layout, bytes: groups * 6 * width * 4 }, pack],
    (packed) =>
      machine.launch(
        "integerWindow",
        g.images * g.outHeight,
        ...[x, g.height, g.width, channels, packed, g.strideY, g.top, g.left],
        ...[out, g.outHeight, g.outWidth, end.table, end.code, end.low, end.high],
      ),
  );
}

type Packing = Parameters<Machine["packed"]["of"]>;

/** Runs `body` with packed weights, those that are kept if there is room. */
export function withPacked(
  machine: Machine,
  [w, layout, pack]: Packing,
  body: (packed: number) => void,
): void {
  const kept = machine.packed.of(w, layout, pack);
  if (kept !== 0) return body(kept);
  machine.scratch(layout.bytes, (packed) => {
    pack(packed);
    body(packed);
  });
}

function withNumbers(
  machine: Machine,
  numbers: readonly number[],
  body: (at: number) => void,
): void {
  machine.scratch(numbers.length * 4, (at) => {
    new Int32Array(machine.memory.buffer, at, numbers.length).set(numbers);
    body(at);
  });
}

/** Images of 16-bit integers at an address, each channel so many times. */
interface Images extends Geometry {
  readonly at: number;
  readonly repeat: number;
}

/** Runs `body` with the images inside a frame, of the size that holds every tap of every output pixel at least. */
export function framedIntegers(
  machine: Machine,
  { repeat, at, ...g }: Images,
  body: (image: Image) => void,
  least: { readonly height: number; readonly width: number } = { height: 0, width: 0 },
): void {
  const taps = frameOf(g);
  const height = Math.max(taps.height, least.height);
  const width = Math.max(taps.width, least.width);
  const inside = g.top === 0 && g.left === 0 && height <= g.height && width <= g.width;
  if (inside && repeat === 1) return body({ at, height: g.height, width: g.width });
  if (g.images * g.channels * repeat === 0) return;
  machine.scratch(g.images * height * width * g.channels * repeat * 2, (out) => {
    machine.launch(
      "frameShorts",
      g.images * height,
      ...[out, height, width, at, g.height, g.width, g.channels, repeat, g.top, g.left],
    );
    body({ at: out, height, width });
  });
}
