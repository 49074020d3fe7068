/** When and how a 3 × 3 convolution of integers goes by Winograd's F(4×4, 3×3): the same integers, fewer products. */
import type { Machine } from "../machine.ts";
import { WASM_BLOCKING } from "../native/library.ts";
import type { Geometry } from "./geometry.ts";
import { framedIntegers, type IntegerOperands, withPacked } from "./integer.ts";

/** Bytes of the transformed planes of one block of tiles: they stay in the second cache. */
const PLANES = 262144;

/** The largest magnitude of weights, and the largest sum of them over an output's products. */
export interface Magnitudes {
  readonly largest: number;
  readonly sum: number;
}

/** Whether the shape of one image and the filter suit it, and the kernels: native products are quicker than it. */
export function suitsIntegerWinograd({ blocking }: Machine, g: Geometry, n: number): boolean {
  const plain = blocking === WASM_BLOCKING && g.kernelHeight === 3 && g.kernelWidth === 3 &&
    g.strideY === 1 &&
    g.strideX === 1 && g.dilationY === 1 && g.dilationX === 1;
  if (!plain || g.channels % 8 !== 0 || n % 8 !== 0) return false;
  const tiles = Math.ceil(g.outHeight / 4) * Math.ceil(g.outWidth / 4);
  // The transforms cost least where many channels share them.
  return g.channels >= 16 && n >= 16 && g.channels + n <= 4096 &&
    5 * 36 * tiles < 3 * 9 * g.outHeight * g.outWidth;
}

/**
 * Whether transforms fit into 16 bits and sums come out whole: an image's grow a hundredfold, a filter's 49-fold, and
 * of 64 times a sum 32 bits remain.
 */
export const fitsIntegerWinograd = (x: number, { largest, sum }: Magnitudes): boolean =>
  x * 100 <= 32767 && largest * 49 <= 32767 && x * sum < 0x2000000;

/** out [B, H', W', n] of the images x and w [3, 3, C, n]. */
export function winogradIntegers(
  machine: Machine,
  g: Geometry,
  n: number,
  { x, w, out, end }: IntegerOperands,
): void {
  if (g.images === 0) return;
  const { channels } = g;
  const tiles = { y: Math.ceil(g.outHeight / 4), x: Math.ceil(g.outWidth / 4) };
  const bytes = 36 * channels * n * 2;
  const block = Math.max(4, Math.floor(PLANES / (36 * (2 * channels + 4 * n)) / 4) * 4);
  const pack = (u: number) =>
    machine.launch("integerWinogradFilter", n / WASM_BLOCKING.panel, u, w, channels, n);
  const layout = { layout: "winograd", inner: channels, columns: n, bytes };
  withPacked(machine, [w, layout, pack], (u) =>
    framedIntegers(
      machine,
      { ...g, at: x, repeat: 1 },
      (image) => {
        const line = image.width * channels * 2;
        const row = g.outWidth * n * end.bytes;
        machine.launch(
          "integerWinograd",
          Math.ceil(g.images * tiles.y * tiles.x / block),
          ...[image.at, g.images, image.height * line, line, channels, tiles.y, tiles.x, u, n],
          ...[out, g.outHeight * row, row, g.outHeight, g.outWidth],
          ...[end.table, end.code, end.low, end.high, block],
        );
      },
      { height: 4 * tiles.y + 2, width: 4 * tiles.x + 2 },
    ));
}
