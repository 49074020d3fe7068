/**
 * Convolutions as products: rows of the left side are patches, gathered by address from the image (framed in zeros
 * where the window hangs over), so nothing is unfolded. The gradient for the image is, for each phase of the stride,
 * again such a product, over dy and the taps that meet this phase.
 */
import { framed, type Image, type ImageFrame } from "./frame.ts";
import type { BackwardOperands, FilterOperands, ForwardOperands, Geometry } from "./geometry.ts";
import type { Machine } from "../machine.ts";
import { biased, BLOCK, type Epilogue, patchUnits } from "./matrix.ts";
import { suitsWinograd, winograd, winogradBack, winogradFilter } from "./winograd.ts";

/** The frame that holds every tap of every output pixel. */
export const frameOf = (g: Geometry): ImageFrame => ({
  top: g.top,
  left: g.left,
  height: (g.outHeight - 1) * g.strideY + (g.kernelHeight - 1) * g.dilationY + 1,
  width: (g.outWidth - 1) * g.strideX + (g.kernelWidth - 1) * g.dilationX + 1,
});

/** Output pixels as the gathering product walks them. */
interface PixelWalk {
  readonly images: number;
  readonly ny: number;
  readonly nx: number;
  /** Steps of y and x on the image, in pixels. */
  readonly stepY: number;
  readonly stepX: number;
  /** Address of the first output pixel and bytes from image to image, row to row, pixel to pixel. */
  readonly out: number;
  readonly strides: readonly [number, number, number];
}

/** A right side's rows of one tap or run of taps: `length` rows from row `row` of the weights. */
interface TapRun {
  /** Where the run begins on the framed image, in pixels from a patch's corner. */
  readonly y: number;
  readonly x: number;
  /** Address of its weights: [length, n], or transposed [n, length]. */
  readonly weights: number;
}

/** The most rows of a panel that are multiplied in one go. */
const DEPTH = 640;

/** What a gathering product reads, and where its sums go. */
interface GatherProduct {
  readonly image: Image;
  /** Of the image. */
  readonly channels: number;
  readonly walk: PixelWalk;
  /** Summed over; each has `length` floats on the image, and as many rows of weights. */
  readonly runs: readonly TapRun[];
  readonly length: number;
  /** Columns of the right side. */
  readonly n: number;
  /** How the right side's rows lie, and floats from one to the next. */
  readonly pack: { readonly name: "packPanels" | "packPanelsTransposed"; readonly stride: number };
  readonly epilogue: Epilogue;
}

/** Sums over runs. */
function gather(machine: Machine, product: GatherProduct): void {
  const { image, channels, walk, runs, length, n, pack, epilogue } = product;
  const rows = walk.images * walk.ny * walk.nx;
  const { panel: width } = machine.blocking;
  const panels = Math.ceil(n / width);
  const group = Math.max(1, Math.floor(DEPTH / Math.max(1, length)));
  const line = image.width * channels * 4;
  machine.scratch(panels * width * length * group * 4 + 64 + group * 4, (scratch) => {
    const offsets = scratch;
    const packed = scratch + Math.ceil(group / 16) * 64;
    for (let first = 0; first < runs.length; first += group) {
      const part = runs.slice(first, first + group);
      const panelBytes = part.length * length * width * 4;
      const table = new Int32Array(machine.memory.buffer, offsets, part.length);
      part.forEach((run, i) => {
        table[i] = run.y * line + run.x * channels * 4;
        const to = packed + i * length * width * 4;
        machine.launch(pack.name, panels, to, panelBytes, run.weights, length, n, pack.stride);
      });
      const last = first + group >= runs.length;
      machine.launch(
        "gatherProduct",
        Math.ceil(rows / BLOCK),
        ...[image.at, image.height * line, walk.stepY * line, walk.stepX * channels * 4],
        ...[rows, walk.ny, walk.nx, offsets, part.length, length, packed, n],
        ...[walk.out, ...walk.strides, first > 0 ? 1 : 0],
        ...(last ? [epilogue.table, epilogue.code] : [0, 0]),
      );
    }
  });
}

/** out [B, H', W', n] = epilogue(x ∗ w), w [kh, kw, C, n]. */
export function convolve(machine: Machine, g: Geometry, n: number, at: ForwardOperands): void {
  if (g.images * g.outHeight * g.outWidth * n === 0) return;
  if (suitsWinograd(g, n)) return winograd(machine, g, n, at);
  framed(machine, { ...g, at: at.x }, frameOf(g), (image) => {
    // Taps beside each other read consecutive floats unless dilated: one run per row of the window.
    const joined = g.dilationX === 1 ? g.kernelWidth : 1;
    const runs: TapRun[] = [];
    for (let ky = 0; ky < g.kernelHeight; ky++) {
      for (let kx = 0; kx < g.kernelWidth; kx += joined) {
        const weights = at.w + (ky * g.kernelWidth + kx) * g.channels * n * 4;
        runs.push({ y: ky * g.dilationY, x: kx * g.dilationX, weights });
      }
    }
    const pixel = n * 4;
    const line = g.outWidth * pixel;
    const walk: PixelWalk = {
      images: g.images,
      ny: g.outHeight,
      nx: g.outWidth,
      stepY: g.strideY,
      stepX: g.strideX,
      out: at.out,
      strides: [g.outHeight * line, line, pixel],
    };
    const pack = { name: "packPanels", stride: n } as const;
    const { channels } = g;
    const { epilogue } = at;
    gather(machine, { image, channels, walk, runs, length: joined * channels, n, pack, epilogue });
  });
}

/** A tap that meets a phase: its index and its shift on dy. */
interface PhaseTap {
  readonly tap: number;
  readonly shift: number;
}

/** A window along one axis, in pixels; `before` are the zeros ahead of the image. */
interface AxisWindow {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** A geometry's windows along y and x. */
export const axesOf = (g: Geometry): { readonly y: AxisWindow; readonly x: AxisWindow } => ({
  y: { size: g.kernelHeight, stride: g.strideY, dilation: g.dilationY, before: g.top },
  x: { size: g.kernelWidth, stride: g.strideX, dilation: g.dilationX, before: g.left },
});

/** The taps k with phase + before − k·dilation divisible by the stride, and the shift that results. */
export function phaseTaps(
  { size, stride, dilation, before }: AxisWindow,
  phase: number,
): PhaseTap[] {
  const taps: PhaseTap[] = [];
  for (let tap = 0; tap < size; tap++) {
    const distance = phase + before - tap * dilation;
    if (distance % stride === 0) taps.push({ tap, shift: distance / stride });
  }
  return taps;
}

/** dx [B, H, W, C] of dy [B, H', W', n]. */
export function convolveBack(
  machine: Machine,
  g: Geometry,
  n: number,
  at: BackwardOperands,
): void {
  const pixel = g.channels * 4;
  const line = g.width * pixel;
  if (g.images * g.height * line === 0) return;
  if (suitsWinograd(g, n) && g.top <= 2 && g.left <= 2) return winogradBack(machine, g, n, at);
  const dy = { at: at.dy, images: g.images, height: g.outHeight, width: g.outWidth, channels: n };
  const axes = axesOf(g);
  const phases: { y: number; x: number; rows: PhaseTap[]; columns: PhaseTap[] }[] = [];
  for (let y = 0; y < Math.min(g.strideY, g.height); y++) {
    for (let x = 0; x < Math.min(g.strideX, g.width); x++) {
      const rows = phaseTaps(axes.y, y);
      const columns = phaseTaps(axes.x, x);
      phases.push({ y, x, rows, columns });
    }
  }
  const live = phases.filter(({ rows, columns }) => rows.length > 0 && columns.length > 0);
  if (live.length < phases.length || g.outHeight * g.outWidth * n === 0) {
    machine.kernels.zeroBytes(at.dx, g.images * g.height * line);
  }
  const shiftsY = live.flatMap(({ rows }) => rows.map((tap) => tap.shift));
  const shiftsX = live.flatMap(({ columns }) => columns.map((tap) => tap.shift));
  const top = -Math.min(0, ...shiftsY);
  const left = -Math.min(0, ...shiftsX);
  const frame = {
    top,
    left,
    height: top + Math.ceil(g.height / g.strideY) + Math.max(0, ...shiftsY),
    width: left + Math.ceil(g.width / g.strideX) + Math.max(0, ...shiftsX),
  };
  framed(machine, dy, frame, (image) => {
    for (const phase of live) {
      const runs = phase.rows.flatMap((row) =>
        phase.columns.map((column) => ({
          y: top + row.shift,
          x: left + column.shift,
          weights: at.w + (row.tap * g.kernelWidth + column.tap) * g.channels * n * 4,
        }))
      );
      const walk: PixelWalk = {
        images: g.images,
        ny: Math.ceil((g.height - phase.y) / g.strideY),
        nx: Math.ceil((g.width - phase.x) / g.strideX),
        stepY: 1,
        stepX: 1,
        out: at.dx + phase.y * line + phase.x * pixel,
        strides: [g.height * line, g.strideY * line, g.strideX * pixel],
      };
      const pack = { name: "packPanelsTransposed", stride: n } as const;
      const epilogue = biased(0, "linear");
      gather(machine, { image, channels: n, walk, runs, length: n, n: g.channels, pack, epilogue });
    }
  });
}

/** Pixels of dy that are summed in one chain, about: part of what the bits are. */
const CHAIN = 128;

/** dw [kh, kw, C, n] of x and dy. */
export function convolveFilter(
  machine: Machine,
  g: Geometry,
  n: number,
  at: FilterOperands,
): void {
  const left = g.kernelHeight * g.kernelWidth * g.channels;
  if (left * n === 0) return;
  if (g.images * g.outHeight * g.outWidth === 0) {
    machine.kernels.zeroBytes(at.dw, left * n * 4);
    return;
  }
  if (suitsWinograd(g, n)) return winogradFilter(machine, g, n, at);
  framed(machine, { ...g, at: at.x }, frameOf(g), (image) => {
    const pixel = g.channels * 4;
    const line = image.width * pixel;
    machine.scratch(left * 4, (offsets) => {
      const table = new Int32Array(machine.memory.buffer, offsets, left);
      let i = 0;
      for (let ky = 0; ky < g.kernelHeight; ky++) {
        for (let kx = 0; kx < g.kernelWidth; kx++) {
          const tap = ky * g.dilationY * line + kx * g.dilationX * pixel;
          for (let c = 0; c < g.channels; c++) table[i++] = tap + c * 4;
        }
      }
      machine.launch(
        "patchProduct",
        patchUnits(machine, left, n),
        ...[image.at, image.height * line, g.strideY * line, g.strideX * pixel],
        ...[at.dy, machine.blocking.panel * 4, n * 4, g.images, g.outHeight, g.outWidth],
        Math.max(1, Math.floor(CHAIN / g.outWidth)),
        ...[offsets, left, n, at.dw, 0],
      );
    });
  });
}
