/** Exact integer layers, and what becomes of their sums. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import { sizeOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";
import { windowGeometry } from "../products/geometry.ts";
import { convolveIntegers, type IntegerEpilogue, multiplyIntegers } from "../products/integer.ts";
import { depthwiseIntegers } from "../products/integer_depthwise.ts";
import type { Ended, IntegerColumns, IntegerEnd, ShortTensor } from "../integer_types.ts";
import {
  fitsIntegerWinograd,
  type Magnitudes,
  suitsIntegerWinograd,
  winogradIntegers,
} from "../products/integer_winograd.ts";
import type { IntegerKernels } from "../types.ts";
import { shortOutput } from "./short.ts";

/** Codes of `kernels/integers/integer_end.ts`. */
const CODES = {
  sums: 0,
  reals: 1,
  rows: 2,
  even: 3,
  up: 4,
  fixed: 5,
  shifted: 6,
  away: 7,
} as const;

/** See `IntegerKernels`. */
export const integerLayers = (
  machine: Machine,
): Pick<
  IntegerKernels,
  "denseInteger" | "conv2dInteger" | "depthwise2dInteger" | "integerEnd"
> => {
  const weightsOf = createMagnitudes(machine);
  const operands = (x: ShortTensor, w: Tensor) => {
    const fitIntoBytes = x.high - x.low <= 255 && weightsOf(w).largest <= 127;
    const asBytes = fitIntoBytes ? { low: x.low } : undefined;
    return { x: machine.pointer(x.pairs), w: machine.pointer(w), ...asBytes };
  };
  return {
    denseInteger(x, w, end) {
      assertIntegers(w, 2);
      const [inner, n] = w.shape as [number, number];
      if (x.shape.at(-1) !== inner) throw unfit(x, w);
      const lead = x.shape.slice(0, -1);
      return ended(machine, [...lead, n], end, (out, end) => {
        const at = { ...operands(x, w), out, end };
        multiplyIntegers(machine, { rows: sizeOf(lead), inner, n }, at);
      });
    },

    conv2dInteger(x, w, window, end) {
      assertIntegers(w, 4);
      const [height, width, channels, n] = w.shape as [number, number, number, number];
      const g = windowGeometry(x.shape, [height, width], window);
      if (channels !== g.channels) throw unfit(x, w);
      return ended(machine, [g.images, g.outHeight, g.outWidth, n], end, (out, end) => {
        const at = { ...operands(x, w), out, end };
        const winograd = suitsIntegerWinograd(machine, g, n) && end.rows === 0 &&
          fitsIntegerWinograd(Math.max(-x.low, x.high), weightsOf(w));
        if (winograd) winogradIntegers(machine, g, n, at);
        else convolveIntegers(machine, g, n, at);
      });
    },

    depthwise2dInteger(x, w, window, end) {
      assertIntegers(w, 4);
      const [height, width, channels, m] = w.shape as [number, number, number, number];
      const g = windowGeometry(x.shape, [height, width], window);
      if (channels !== g.channels) throw unfit(x, w);
      return ended(machine, [g.images, g.outHeight, g.outWidth, channels * m], end, (out, end) => {
        const at = { ...operands(x, w), out, end };
        depthwiseIntegers(machine, g, m, at);
      });
    },

    integerEnd(columns) {
      const numbers = tableOf(columns);
      const table = machine.tf.tensor1d(numbers, "int32");
      return { ...columns, table } as never;
    },
  };
};

/** Magnitudes of weights, found once for each data. */
function createMagnitudes(machine: Machine): (w: Tensor) => Magnitudes {
  const found = new WeakMap<object, Magnitudes>();
  return (w) => {
    const known = found.get(w.dataId);
    if (known !== undefined) return known;
    const values = new Int32Array(machine.memory.buffer, machine.pointer(w), w.size);
    const sums = new Float64Array(w.shape.at(-1)!);
    let largest = 0;
    for (let i = 0; i < values.length; i++) {
      const magnitude = Math.abs(values[i]!);
      largest = Math.max(largest, magnitude);
      sums[i % sums.length]! += magnitude;
    }
    const magnitudes = { largest, sum: Math.max(0, ...sums) };
    found.set(w.dataId, magnitudes);
    return magnitudes;
  };
}

/** What `end` says becomes of sums of this shape, which `compute` makes. */
function ended<E extends IntegerEnd>(
  machine: Machine,
  shape: readonly number[],
  end: E,
  compute: (out: number, end: IntegerEpilogue) => void,
): Ended<E> {
  const { pointer } = machine;
  const short = end.use === "even" || end.use === "up" || end.use === "fixed";
  const y = short
    ? shortOutput(machine, shape, end)
    : machine.output(shape, end.use === "sums" ? "int32" : "float32");
  compute(pointer("pairs" in y ? y.pairs : y), {
    table: end.use === "sums" ? 0 : pointer(end.table),
    code: CODES[end.use],
    low: short ? end.low : 0,
    high: short ? end.high : 0,
    rows: end.use === "rows" ? pointer(end.rows) : 0,
    bytes: short ? 2 : 4,
  });
  return y as Ended<E>;
}

const TWO_31 = 2147483648;

/** The largest float32: beyond it a sum of 0 would become no number. */
const LARGEST = 3.4028234663852886e38;

/**
 * Sums that become integers of 16 bits are shifted left by no more: a sum that is not 0 is then out of their range
 * anyway.
 */
const MOST_SHIFT = 16;

/** Seven vectors for each four columns, an even number of fours. */
function tableOf(columns: IntegerColumns): Int32Array<ArrayBuffer> {
  const count = columns.use === "fixed" ? columns.multipliers.length : columns.scales.length;
  const table = new Int32Array(Math.ceil(count / 8) * 56);
  const floats = new Float32Array(table.buffer);
  for (let c = 0; c < count; c++) {
    const at = (c >> 2) * 28 + (c & 3);
    if (columns.use === "rows") floats[at] = columns.bias === undefined ? -0 : columns.bias[c]!;
    else table[at] = columns.bias[c]!;
    if (columns.use === "fixed") fix(columns, c, table.subarray(at), floats.subarray(at));
    else if (columns.use === "rows") floats[at + 4] = columns.scales[c]!;
    else floats[at + 4] = Math.min(columns.scales[c]! || 0, LARGEST);
  }
  return table;
}

/** Writes what a column of `fixed` needs besides its bias. */
function fix(
  { multipliers, shifts, low, high }: Extract<IntegerColumns, { readonly use: "fixed" }>,
  c: number,
  table: Int32Array,
  floats: Float32Array,
): void {
  const [multiplier, shift] = [multipliers[c]!, shifts[c]!];
  floats[4] = shift < 0 ? multiplier / TWO_31 / (1 << -shift >>> 0) : 0;
  // Float32 rounds a sum, its scale and their product by 2⁻²⁴ of them each.
  const largest = Math.max(Math.abs(low), Math.abs(high)) + 1;
  floats[8] = shift < 0 ? 0.5 - largest / (1 << 22) : -1;
  table[12] = multiplier;
  table[16] = shift < 0 ? 1 << (31 + shift) : 0;
  table[20] = shift < 0 ? -1 : 0;
  table[24] = 1 << Math.min(Math.max(shift, 0), MOST_SHIFT);
}

function assertIntegers(w: Tensor, rank: number): void {
  if (w.dtype === "int32" && w.rank === rank) return;
  throw new Error(
    `Cannot multiply integers: w is ${w.dtype} [${w.shape}], it must be int32 of rank ${rank}`,
  );
}

function unfit(x: ShortTensor, w: Tensor): Error {
  return new Error(`Cannot multiply x [${x.shape}] by w [${w.shape}]: their channels differ`);
}
