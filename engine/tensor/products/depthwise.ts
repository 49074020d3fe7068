/** Depthwise convolutions on addresses: tables of taps for the kernels. */
import { axesOf, phaseTaps } from "./convolution.ts";
import type { BackwardOperands, FilterOperands, ForwardOperands, Geometry } from "./geometry.ts";
import type { Machine } from "../machine.ts";

/** A tap: its shift on the image and its row of the weights. */
interface Tap {
  readonly y: number;
  readonly x: number;
  readonly row: number;
}

const withTaps = (
  machine: Machine,
  taps: readonly Tap[],
  n: number,
  body: (table: number) => void,
): void =>
  machine.scratch(taps.length * 12, (at) => {
    const numbers = taps.flatMap((tap) => [tap.y, tap.x, tap.row * n * 4]);
    new Int32Array(machine.memory.buffer, at, numbers.length).set(numbers);
    body(at);
  });

/** The taps of the forward direction. */
function forwardTaps(g: Geometry): Tap[] {
  const taps: Tap[] = [];
  for (let ky = 0; ky < g.kernelHeight; ky++) {
    for (let kx = 0; kx < g.kernelWidth; kx++) {
      const row = ky * g.kernelWidth + kx;
      taps.push({ y: ky * g.dilationY - g.top, x: kx * g.dilationX - g.left, row });
    }
  }
  return taps;
}

/** out [B, H', W', C·m] = epilogue(x ∗ w by channel), w [kh, kw, C, m]. */
export function depthwise(machine: Machine, g: Geometry, m: number, at: ForwardOperands): void {
  const { epilogue } = at;
  const pixel = g.channels * m * 4;
  const line = g.outWidth * pixel;
  const taps = forwardTaps(g);
  withTaps(machine, taps, g.channels * m, (table) =>
    machine.launch(
      "depthwiseGather",
      g.images * g.outHeight,
      ...[at.x, g.height, g.width, g.channels, m, table, taps.length, at.w],
      ...[epilogue.table, epilogue.code, g.strideY, g.strideX],
      ...[at.out, g.outHeight * line, line, pixel, g.outHeight, g.outWidth],
    ));
}

/** dx [B, H, W, C] of dy [B, H', W', C·m]: phase by phase of the stride; repeated channels are folded at the end. */
export function depthwiseBack(
  machine: Machine,
  g: Geometry,
  m: number,
  at: BackwardOperands,
): void {
  if (m > 1) {
    const pixels = g.images * g.height * g.width;
    machine.scratch(pixels * g.channels * m * 4, (wide) => {
      const folded = { ...g, channels: g.channels * m };
      depthwiseBack(machine, folded, 1, { ...at, dx: wide });
      machine.launch("foldChannels", pixels, at.dx, wide, g.channels, m);
    });
    return;
  }
  const axes = axesOf(g);
  const pixel = g.channels * 4;
  const line = g.width * pixel;
  for (let y = 0; y < Math.min(g.strideY, g.height); y++) {
    const rows = phaseTaps(axes.y, y).reverse();
    for (let x = 0; x < Math.min(g.strideX, g.width); x++) {
      const columns = phaseTaps(axes.x, x).reverse();
      const taps = rows.flatMap((row) =>
        columns.map((column) => ({
          y: row.shift,
          x: column.shift,
          row: row.tap * g.kernelWidth + column.tap,
        }))
      );
      const ny = Math.ceil((g.height - y) / g.strideY);
      const nx = Math.ceil((g.width - x) / g.strideX);
      withTaps(machine, taps, g.channels, (table) =>
        machine.launch(
          "depthwiseGather",
          g.images * ny,
          ...[at.dy, g.outHeight, g.outWidth, g.channels, 1, table, taps.length, at.w, 0, 0, 1, 1],
          ...[at.dx + y * line + x * pixel, g.height * line, g.strideY * line, g.strideX * pixel],
          ...[ny, nx],
        ));
    }
  }
}

/** dw [kh, kw, C, m] of x and dy. */
export function depthwiseFilter(
  machine: Machine,
  g: Geometry,
  m: number,
  at: FilterOperands,
): void {
  const n = g.channels * m;
  const taps = forwardTaps(g);
  if (g.images === 0) machine.kernels.zeroBytes(at.dw, taps.length * n * 4);
  withTaps(machine, taps, n, (table) =>
    machine.launch(
      "depthwiseFilterGradient",
      Math.ceil(n / 16),
      ...[at.x, g.images, g.height, g.width, g.channels, m, table, taps.length],
      ...[at.dy, g.outHeight, g.outWidth, g.strideY, g.strideX, at.dw],
    ));
}
