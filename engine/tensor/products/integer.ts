/**
 * Products and convolutions of 16-bit integers as plans on addresses. Windows lie on images in frames of zeros, as
 * those of floats do; panels of weights hold pairs of k, and stay packed until the weights change.
 */
import type { Machine } from "../machine.ts";
import { frameOf } from "./convolution.ts";
import type { Image, ImageFrame } from "./frame.ts";
import type { Geometry } from "./geometry.ts";
import { BLOCK } from "./matrix.ts";

/** What becomes of sums on their way out, as `kernels/integers/integer_end.ts` reads it. */
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
  /** Where weights have 8 bits and x less this lies within 0 … 255. */
  readonly low?: number;
}

/** Bytes of a table for a column. */
const ENTRY = 28;
/** The most bytes of packed panels that are swept by each block of rows: they then stay in the second cache. */
const SWEEP = 262144;
/** Products of a row from which on it pays to copy its integers to bytes first, where four are multiplied at a time. */
const COPIED = 8192;
/** The longest row of bytes: kernels without an instruction for bytes widen some rows in their scratch memory. */
const LONGEST = 65536;

/** Left sides as the product walks them; in bytes. */
interface ByteWalk {
  readonly rows: number;
  readonly ny: number;
  readonly nx: number;
  readonly from: readonly [at: number, image: number, y: number, x: number];
  readonly to: readonly [image: number, y: number, x: number];
}

/** The runs of a left side: integers in each, their bytes, and where each begins; columns of the right side. */
interface Runs {
  readonly length: number;
  readonly bytes: number;
  readonly offsets: readonly number[];
  readonly n: number;
}

/** out [rows, n] of x [rows, inner] and w [inner, n]. */
export function multiplyIntegers(
  machine: Machine,
  { rows, inner, n }: { readonly rows: number; readonly inner: number; readonly n: number },
  at: IntegerOperands,
): void {
  const as = (x: number, bytes: number) => {
    const walk: ByteWalk = {
      rows,
      ny: 1,
      nx: rows,
      from: [x, 0, 0, inner * bytes],
      to: [0, 0, n * at.end.bytes],
    };
    product(machine, walk, { length: inner, offsets: [0], n, bytes }, at);
  };
  const copied = machine.blocking.byteGroup === 4 && at.low !== undefined &&
    inner * n >= COPIED && inner <= LONGEST;
  if (!copied) return as(at.x, 2);
  const image = { images: 1, height: rows, width: 1, channels: inner };
  framedBytes(
    machine,
    { ...image, at: at.x, low: at.low },
    { ...image, top: 0, left: 0 },
    (x) => as(x, 1),
  );
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
  const as = (image: Image, bytes: number) => {
    const pixel = g.channels * bytes;
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
    const walk: ByteWalk = {
      rows: g.images * g.outHeight * g.outWidth,
      ny: g.outHeight,
      nx: g.outWidth,
      from: [image.at, image.height * line, g.strideY * line, g.strideX * pixel],
      to: [g.outHeight * g.outWidth * to, g.outWidth * to, to],
    };
    product(machine, walk, { length: joined * g.channels, offsets, n, bytes }, at);
  };
  const frame = frameOf(g);
  const short = at.low === undefined || isInside(frame, g) ||
    g.kernelHeight * g.kernelWidth * g.channels > LONGEST;
  if (short) framedIntegers(machine, { ...g, at: at.x, repeat: 1 }, (image) => as(image, 2));
  else {framedBytes(machine, { ...g, at: at.x, low: at.low }, frame, (x) =>
      as({ ...frame, at: x }, 1));}
}

function product(
  machine: Machine,
  { rows, ny, nx, from, to }: ByteWalk,
  { length, offsets, n, bytes }: Runs,
  { w, out, end, low = 0 }: IntegerOperands,
): void {
  if (rows * n === 0) return;
  const { panel: width, byteGroup } = machine.blocking;
  const pairs = Math.ceil(length / (bytes === 1 ? byteGroup : 2));
  const panels = Math.ceil(n / width);
  const run = pairs * width * 4;
  // Panels for bytes begin with what their sums begin with.
  const panelBytes = offsets.length * run + (bytes === 1 ? width * 4 : 0);
  const pack = (packed: number) =>
    bytes === 1
      ? machine.launch("packBytes", panels, packed, panelBytes, w, offsets.length, length, n, low)
      : offsets.forEach((_, s) => {
        const weights = w + s * length * n * 4;
        machine.launch("packPairs", panels, packed + s * run, panelBytes, weights, length, n);
      });
  const name = bytes === 1 ? `bytes of ${width} from ${low}` : `pairs of ${width}`;
  const layout = { layout: name, inner: offsets.length * pairs, columns: n };
  const sweep = Math.max(1, Math.floor(SWEEP / Math.max(1, panelBytes)));
  withPacked(
    machine,
    [w, { ...layout, bytes: panels * panelBytes }, pack],
    (packed) =>
      withNumbers(machine, offsets, (table) => {
        for (let panel = 0; panel < panels; panel += sweep) {
          const column = panel * width;
          machine.launch(
            bytes === 1 ? "byteProduct" : "integerProduct",
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

/** Runs `body` with the address of a table of int32. */
export function withNumbers(
  machine: Machine,
  numbers: readonly number[],
  body: (at: number) => void,
): void {
  machine.scratch(numbers.length * 4, (at) => {
    new Int32Array(machine.memory.buffer, at, numbers.length).set(numbers);
    body(at);
  });
}

/** Whether a frame, with the images' corner at its own, holds no more than they do. */
const isInside = (frame: ImageFrame, { height, width }: Geometry): boolean =>
  frame.top === 0 && frame.left === 0 && frame.height <= height && frame.width <= width;

/** Runs `body` with the address of images in a frame as bytes, each integer less `low`. */
function framedBytes(
  machine: Machine,
  { images, channels, at, low, ...x }: Image & { images: number; channels: number; low: number },
  { height, width, top, left }: ImageFrame,
  body: (at: number) => void,
): void {
  if (images * channels === 0) return;
  // What lies behind the last run is read, too.
  machine.scratch(images * height * width * channels + 64, (out) => {
    machine.launch(
      "frameBytes",
      images * height,
      ...[out, height, width, at, x.height, x.width, channels, top, left, low],
    );
    body(out);
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
  const inside = isInside({ ...g, height, width }, g);
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
