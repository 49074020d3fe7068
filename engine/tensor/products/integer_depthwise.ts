/** Convolutions of 16-bit integers by channel as plans on addresses: 3 × 3 windows without a frame, others in one. */
import type { Machine } from "../machine.ts";
import type { Geometry } from "./geometry.ts";
import { framedIntegers, type IntegerOperands, withNumbers, withPacked } from "./integer.ts";

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
