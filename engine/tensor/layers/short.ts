/** 16-bit integers from real numbers and back, and layers that go by real numbers in between. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import { sizeOf } from "../../shape.ts";
import type { ShortFormat, ShortTensor } from "../integer_types.ts";
import type { Machine } from "../machine.ts";
import type { IntegerKernels } from "../types.ts";
import { ACTIVATION_CODE } from "./elementwise.ts";

/** Elements per unit of the kernels that go by element. */
const BLOCK = 8192;

/** Codes of `kernels/integers/integer_end.ts`. */
const TIES = { even: 3, up: 4, away: 6 } as const;

/** A tensor of undefined contents, which will lie within low … high. */
export function shortOutput(
  machine: Machine,
  shape: readonly number[],
  { low, high }: Pick<ShortFormat, "low" | "high"> = { low: -32768, high: 32767 },
): ShortTensor {
  return { pairs: machine.output([Math.ceil(sizeOf(shape) / 2)], "int32"), shape, low, high };
}

function rowsOf({ shape }: Tensor): { readonly rows: number; readonly width: number } {
  return { rows: sizeOf(shape.slice(0, -1)), width: shape.at(-1) ?? 1 };
}

/** A format in the order of the kernels. */
const numbersOf = ({ scale, low, high, ties }: ShortFormat) => [scale, low, high, TIES[ties]];

/** Values of one format. */
const byValue = (
  machine: Machine,
): Pick<
  IntegerKernels,
  "quantizeShort" | "addShort" | "globalAverageShort" | "realsOfShort"
> => ({
  quantizeShort(x, to) {
    const y = shortOutput(machine, x.shape, to);
    const pointers = [machine.pointer(x), machine.pointer(y.pairs)];
    const units = Math.ceil(x.size / BLOCK);
    machine.launch("quantizeShorts", units, ...pointers, x.size, ...numbersOf(to));
    return y;
  },

  addShort(a, b, activation, to) {
    const y = shortOutput(machine, a.x.shape, to);
    const size = sizeOf(y.shape);
    machine.launch(
      "addShorts",
      Math.ceil(size / BLOCK),
      ...[ACTIVATION_CODE[activation], ...[a.x, b.x, y].map(({ pairs }) => machine.pointer(pairs))],
      ...[size, a.scale, b.scale, ...numbersOf(to)],
    );
    return y;
  },

  globalAverageShort({ x, scale }, to) {
    const [images, height, width, channels] = x.shape as [number, number, number, number];
    const y = shortOutput(machine, [images, channels], to);
    const pointers = [machine.pointer(x.pairs), machine.pointer(y.pairs)];
    const numbers = [height * width, channels, scale, ...numbersOf(to)];
    machine.launch("averageShorts", images, ...pointers, ...numbers);
    return y;
  },

  realsOfShort({ pairs, shape }, scale) {
    const y = machine.output(shape);
    const pointers = [machine.pointer(pairs), machine.pointer(y)];
    machine.launch("realsOfShorts", Math.ceil(y.size / BLOCK), ...pointers, y.size, scale);
    return y;
  },
});

/** Rows of a format each. */
const byRow = (machine: Machine): Pick<IntegerKernels, "rowRanges" | "quantizeRows"> => ({
  rowRanges(x) {
    const { rows, width } = rowsOf(x);
    const y = machine.output([rows, 2]);
    machine.launch("rowRanges", rows, machine.pointer(x), machine.pointer(y), width);
    return y;
  },

  quantizeRows(x, formats, ties) {
    const { rows, width } = rowsOf(x);
    if (formats.size !== rows * 3) {
      throw new Error(
        `internal: formats [${formats.shape}] are not three numbers for each of ${rows} rows`,
      );
    }
    const y = shortOutput(machine, x.shape);
    const pointers = [machine.pointer(x), machine.pointer(y.pairs)];
    const numbers = [width, machine.pointer(formats), TIES[ties]];
    machine.launch("quantizeRows", rows, ...pointers, ...numbers);
    return y;
  },
});

/** See `IntegerKernels`. */
export const shortLayers = (machine: Machine) => ({ ...byValue(machine), ...byRow(machine) });
