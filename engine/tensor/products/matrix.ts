/** Matrix products on addresses: plans the blocks and calls the kernels. */
import type { Machine } from "../machine.ts";

/** Activations that the product kernel applies itself, by its numbers. */
export const RECTIFIERS = { linear: 0, relu: 1, relu6: 2 } as const;

/** An activation of `RECTIFIERS`. */
export type Rectifier = keyof typeof RECTIFIERS;

/** What is done to sums on their way out: a table's address and a code, as `kernels/epilogue.ts` reads them. */
export interface Epilogue {
  readonly table: number;
  readonly code: number;
}

/** `activation(sum + bias)`; `bias`: address of a float for each column, 0 for none. */
export const biased = (bias: number, activation: Rectifier): Epilogue => ({
  table: bias,
  code: RECTIFIERS[activation],
});

/** Columns of a packed panel and rows of a block, as the micro-kernel has them. */
export const PANEL = 8;
/** See `PANEL`. */
export const BLOCK = 4;
/** Panels that one unit of `patchProduct` does. */
export const GROUP = 8;

/** The most rows k of a panel that are multiplied in one go: a panel and four left rows then fit the first cache. */
const DEPTH = 384;
/** The most bytes of packed panels that are swept by each block of rows: they then stay in the second cache. */
const SWEEP = 393216;

/** A matrix product of row-major matrices at addresses. */
interface Product {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** [rows, inner]. */
  readonly a: number;
  /** [inner, columns], or [columns, inner] if `transposeB`. */
  readonly b: number;
  readonly transposeB: boolean;
  /** [rows, columns]. */
  readonly out: number;
  /** Address of [columns] floats, 0 for none. */
  readonly bias: number;
  readonly activation: Rectifier;
  /** b is a tensor's data and not transposed, and may stay packed until it changes. */
  readonly keep?: boolean;
}

/** out = activation(a · b + bias). */
export function multiply(machine: Machine, product: Product): void {
  const { rows, inner, columns, a, b, out, bias } = product;
  if (rows === 0 || columns === 0) return;
  const panels = Math.ceil(columns / PANEL);
  const blocks = Math.max(1, Math.ceil(inner / DEPTH));
  const depth = Math.max(4, Math.ceil(Math.ceil(inner / blocks) / 4) * 4);
  const sweep = Math.floor(SWEEP / (depth * PANEL * 4));
  const line = panels * PANEL * 4;
  const pack = (to: number, k: number) => {
    const part = Math.min(depth, inner - k);
    const from = b + (product.transposeB ? k : k * columns) * 4;
    const kernel = product.transposeB ? "packPanelsTransposed" : "packPanels";
    const stride = product.transposeB ? inner : columns;
    machine.launch(kernel, panels, to, part * PANEL * 4, from, part, columns, stride);
  };
  const whole = product.keep
    ? machine.packed.of(b, { inner, columns, bytes: line * inner }, (to) => {
      for (let k = 0; k < inner; k += depth) pack(to + line * k, k);
    })
    : 0;
  machine.scratch(64 + (whole === 0 ? line * depth : 0), (scratch) => {
    new Int32Array(machine.memory.buffer, scratch, 1)[0] = 0;
    for (let k = 0; k === 0 || k < inner; k += depth) {
      const part = Math.min(depth, inner - k);
      const panelBytes = part * PANEL * 4;
      const packed = whole === 0 ? scratch + 64 : whole + line * k;
      if (whole === 0) pack(packed, k);
      const last = k + part >= inner;
      for (let panel = 0; panel < panels; panel += sweep) {
        const column = panel * PANEL;
        machine.launch(
          "gatherProduct",
          Math.ceil(rows / BLOCK),
          ...[a + k * 4, 0, 0, inner * 4, rows, 1, rows],
          ...[scratch, 1, part],
          ...[packed + panel * panelBytes, Math.min(columns - column, sweep * PANEL)],
          ...[out + column * 4, 0, 0, columns * 4],
          k > 0 ? 1 : 0,
          last && bias > 0 ? bias + column * 4 : 0,
          last ? RECTIFIERS[product.activation] : 0,
        );
      }
    }
  });
}

/** Rows of both sides that are summed in one chain: part of what the bits are. */
const CHAIN = 128;

/** A product of two matrices at addresses that have their rows in common. */
interface TransposedProduct {
  readonly rows: number;
  /** [rows, left]. */
  readonly a: number;
  readonly left: number;
  /** [rows, right]. */
  readonly d: number;
  readonly right: number;
  /** [left, right]. */
  readonly out: number;
}

/** out = aᵀ · d. */
export function multiplyTransposed(machine: Machine, product: TransposedProduct): void {
  const { rows, a, left, d, right, out } = product;
  if (left === 0 || right === 0) return;
  if (rows === 0) {
    machine.kernels.zeroBytes(out, left * right * 4);
    return;
  }
  const panels = Math.ceil(right / PANEL);
  const panelBytes = rows * PANEL * 4;
  machine.scratch(left * 4, (offsets) =>
    machine.scratch(panels * panelBytes, (packed) => {
      const table = new Int32Array(machine.memory.buffer, offsets, left);
      for (let i = 0; i < left; i++) table[i] = i * 4;
      machine.launch("packPanels", panels, packed, panelBytes, d, rows, right, right);
      machine.launch(
        "patchProduct",
        Math.ceil(left / BLOCK) * Math.ceil(panels / GROUP),
        ...[a, 0, left * 4, left * 4, packed, panelBytes, PANEL * 4, 1, rows, 1, CHAIN],
        ...[offsets, left, right, out, 0],
      );
    }));
}
