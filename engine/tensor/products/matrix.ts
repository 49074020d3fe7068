/** Matrix products on addresses: plans the blocks and calls the kernels. */
import type { Machine } from "../machine.ts";

/** Activations that the product kernel applies itself, by its numbers. */
export const RECTIFIERS = { linear: 0, relu: 1, relu6: 2 } as const;

/** An activation of `RECTIFIERS`. */
export type Rectifier = keyof typeof RECTIFIERS;

/** What is done to sums on their way out: a table's address and a code, as `kernels/products/epilogue.ts` reads them. */
export interface Epilogue {
  readonly table: number;
  readonly code: number;
}

/** `activation(sum + bias)`; `bias`: address of a float for each column, 0 for none. */
export const biased = (bias: number, activation: Rectifier): Epilogue => ({
  table: bias,
  code: RECTIFIERS[activation],
});

/** Rows of one unit of `gatherProduct`. */
export const BLOCK = 4;
/** Columns of one unit of `patchProduct`. */
const UNIT_COLUMNS = 64;

/** The most rows k of a panel that are multiplied in one go: a panel and four left rows then fit the first cache. */
const DEPTH = 384;
/** The most bytes of packed panels that are swept by each block of rows: they then stay in the second cache. */
const SWEEP = 393216;

/** The right side of a product: a matrix at an address. */
interface Right {
  readonly inner: number;
  readonly columns: number;
  /** [inner, columns], or [columns, inner] if `transposeB`. */
  readonly b: number;
  readonly transposeB: boolean;
}

/** What a product does with its right side, wherever that lies. */
interface LeftAndOut {
  readonly rows: number;
  /** [rows, inner]. */
  readonly a: number;
  /** Floats from one row of `a` to the next; `inner` if not given. */
  readonly aRow?: number;
  /** [rows, columns]. */
  readonly out: number;
}

/** A matrix product of row-major matrices at addresses. */
interface Product extends Right, LeftAndOut {
  /** Address of [columns] floats, 0 for none. */
  readonly bias: number;
  readonly activation: Rectifier;
  /** b is a tensor's data and not transposed, and may stay packed until it changes. */
  readonly keep?: boolean;
}

/** A right side that many products share, packed at an address. */
interface PackedRight {
  readonly inner: number;
  readonly columns: number;
  readonly packed: number;
}

const panelsOf = ({ blocking: { panel } }: Machine, columns: number): number =>
  Math.ceil(columns / panel);
const lineOf = (machine: Machine, columns: number): number =>
  panelsOf(machine, columns) * machine.blocking.panel * 4;

/** Rows k of the right side that are multiplied in one go. */
function depthOf(inner: number): number {
  const blocks = Math.max(1, Math.ceil(inner / DEPTH));
  return Math.max(4, Math.ceil(Math.ceil(inner / blocks) / 4) * 4);
}

/** Packs the rows of one go, from row k. */
function packBlock(machine: Machine, right: Right, to: number, k: number): void {
  const { inner, columns, b, transposeB } = right;
  const part = Math.min(depthOf(inner), inner - k);
  const from = b + (transposeB ? k : k * columns) * 4;
  const kernel = transposeB ? "packPanelsTransposed" : "packPanels";
  const stride = transposeB ? inner : columns;
  const panelBytes = part * machine.blocking.panel * 4;
  machine.launch(kernel, panelsOf(machine, columns), to, panelBytes, from, part, columns, stride);
}

/** Packs all of a right side. */
function packAll(machine: Machine, right: Right, to: number): void {
  const { inner, columns } = right;
  for (let k = 0; k < inner; k += depthOf(inner)) {
    packBlock(machine, right, to + lineOf(machine, columns) * k, k);
  }
}

/** Runs `body` with a right side packed, for products that share it. */
export function packedFor<T>(machine: Machine, right: Right, body: (right: PackedRight) => T): T {
  const { inner, columns } = right;
  return machine.scratch(lineOf(machine, columns) * inner, (packed) => {
    packAll(machine, right, packed);
    return body({ inner, columns, packed });
  });
}

/** out = a · b with b packed. */
export function multiplyPacked(
  machine: Machine,
  { packed, ...right }: PackedRight,
  left: LeftAndOut,
): void {
  const product = { ...left, ...right, bias: 0, activation: "linear" } as const;
  if (product.rows > 0) {
    withNoOffset(
      machine,
      0,
      (offset) =>
        sweep(machine, product, offset, (k) => packed + lineOf(machine, right.columns) * k),
    );
  }
}

/** out = activation(a · b + bias). */
export function multiply(machine: Machine, product: Product): void {
  const { rows, inner, columns, b, keep } = product;
  if (rows === 0 || columns === 0) return;
  const line = lineOf(machine, columns);
  const whole = keep
    ? machine.packed.of(
      b,
      { inner, columns, bytes: line * inner, layout: `panels of ${machine.blocking.panel}` },
      (to) => packAll(machine, product, to),
    )
    : 0;
  withNoOffset(
    machine,
    whole === 0 ? line * depthOf(inner) : 0,
    (offset, room) =>
      sweep(machine, product, offset, (k) => {
        if (whole > 0) return whole + line * k;
        packBlock(machine, product, room, k);
        return room;
      }),
  );
}

/** Runs `body` with the address of a 0, a row's only offset, and so many bytes behind it. */
function withNoOffset(
  machine: Machine,
  bytes: number,
  body: (offset: number, room: number) => void,
): void {
  machine.scratch(64 + bytes, (scratch) => {
    new Int32Array(machine.memory.buffer, scratch, 1)[0] = 0;
    body(scratch, scratch + 64);
  });
}

/** The product in sweeps of panels that the caches hold; `packed` gives the address of the panels from row k. */
function sweep(
  machine: Machine,
  product: Omit<Product, "b" | "transposeB">,
  offset: number,
  packed: (k: number) => number,
): void {
  const { rows, inner, columns, a, aRow = inner, out, bias, activation } = product;
  const { panel: width } = machine.blocking;
  const depth = depthOf(inner);
  const together = Math.floor(SWEEP / (depth * width * 4));
  for (let k = 0; k === 0 || k < inner; k += depth) {
    const part = Math.min(depth, inner - k);
    const panelBytes = part * width * 4;
    const panels = packed(k);
    const last = k + part >= inner;
    for (let panel = 0; panel < panelsOf(machine, columns); panel += together) {
      const column = panel * width;
      machine.launch(
        "gatherProduct",
        Math.ceil(rows / BLOCK),
        ...[a + k * 4, 0, 0, aRow * 4, rows, 1, rows],
        ...[offset, 1, part],
        ...[panels + panel * panelBytes, Math.min(columns - column, together * width)],
        ...[out + column * 4, 0, 0, columns * 4],
        k > 0 ? 1 : 0,
        last && bias > 0 ? bias + column * 4 : 0,
        last ? RECTIFIERS[activation] : 0,
      );
    }
  }
}

/** Units of `patchProduct` for an output [m, n]. */
export const patchUnits = ({ blocking }: Machine, m: number, n: number): number =>
  Math.ceil(m / blocking.tileRows) * Math.ceil(n / UNIT_COLUMNS);

/** Rows of both sides that are summed in one chain: part of what the bits are. */
const CHAIN = 128;
/** Elements of one unit of `addActivate`. */
const ADDED = 8192;

/** A product of two matrices at addresses that have their rows in common. */
interface TransposedProduct {
  readonly rows: number;
  /** [rows, left]. */
  readonly a: number;
  readonly left: number;
  /** Floats from one row of `a` to the next; `left` if not given. */
  readonly aRow?: number;
  /** [rows, right]. */
  readonly d: number;
  readonly right: number;
  /** Floats from one row of `d` to the next; `right` if not given. */
  readonly dRow?: number;
  /** [left, right]. */
  readonly out: number;
  /** The product is made whole and then added to what `out` holds. */
  readonly add?: boolean;
}

/** out = aᵀ · d. */
export function multiplyTransposed(machine: Machine, product: TransposedProduct): void {
  const { rows, a, left, d, right, out, add = false } = product;
  const { aRow = left, dRow = right } = product;
  const size = left * right;
  if (size === 0) return;
  if (rows === 0) {
    if (!add) machine.kernels.zeroBytes(out, size * 4);
    return;
  }
  // The kernel adds chain by chain, and so the whole of one chain alone.
  if (add && rows > CHAIN) {
    machine.scratch(size * 4, (sum) => {
      multiplyTransposed(machine, { ...product, out: sum, add: false });
      machine.launch("addActivate", Math.ceil(size / ADDED), 0, out, sum, out, size);
    });
    return;
  }
  const panels = panelsOf(machine, right);
  const { panel: width } = machine.blocking;
  const panelBytes = rows * width * 4;
  machine.scratch(left * 4, (offsets) =>
    machine.scratch(panels * panelBytes, (packed) => {
      const table = new Int32Array(machine.memory.buffer, offsets, left);
      for (let i = 0; i < left; i++) table[i] = i * 4;
      machine.launch("packPanels", panels, packed, panelBytes, d, rows, right, dRow);
      machine.launch(
        "patchProduct",
        patchUnits(machine, left, right),
        ...[a, 0, aRow * 4, aRow * 4, packed, panelBytes, width * 4, 1, rows, 1, CHAIN],
        ...[offsets, left, right, out, add ? 1 : 0],
      );
    }));
}
