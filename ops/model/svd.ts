/**
 * Singular values by one-sided Jacobi rotations (Hestenes 1958; Demmel & Veselić 1992): pairs of columns are turned
 * until all are orthogonal, then their lengths are the singular values. Double precision, a fixed order of pairs,
 * only operations that IEEE 754 fixes: the same bits everywhere.
 */

/** A = U · diag(values) · Vᵀ, for the k = min(rows, columns) largest. */
export interface Svd {
  /** Descending, not negative. */
  readonly values: Float64Array;
  /** One array of length `rows` per value, orthonormal; zeros where the value is 0. */
  readonly left: readonly Float64Array[];
  /**
   * One array of length `columns` per value, orthonormal; where there are more columns than rows, zeros where it is
   * 0.
   */
  readonly right: readonly Float64Array[];
}

/** Sweeps over all pairs; some ten are enough for any matrix seen. */
const SWEEPS = 60;
const EPSILON = 2.220446049250313e-16;

/**
 * The decomposition of a row-major matrix. Of each pair of vectors the entry of `left` that is largest in magnitude
 * (the first of equals) is positive.
 */
export function svd(matrix: ArrayLike<number>, rows: number, columns: number): Svd {
  if (rows < columns) {
    const { values, left, right } = tall((i, j) => matrix[j * columns + i]!, columns, rows);
    return signed({ values, left: right, right: left });
  }
  return signed(tall((i, j) => matrix[i * columns + j]!, rows, columns));
}

function tall(at: (row: number, column: number) => number, rows: number, columns: number): Svd {
  const range = Array.from({ length: columns }, (_, j) => j);
  const turned = range.map((j) => Float64Array.from({ length: rows }, (_, i) => at(i, j)));
  const turns = range.map((j) => Float64Array.from({ length: columns }, (_, i) => i === j ? 1 : 0));
  for (let sweep = 0; orthogonalize(turned, turns, rows * EPSILON); sweep++) {
    if (sweep === SWEEPS) throw new Error("internal: singular values did not settle");
  }
  const lengths = turned.map((column) => Math.sqrt(dot(column, column)));
  const order = range.sort((a, b) => lengths[b]! - lengths[a]!);
  return {
    values: Float64Array.from(order, (j) => lengths[j]!),
    left: order.map((j) => turned[j]!.map((value) => lengths[j] === 0 ? 0 : value / lengths[j]!)),
    right: order.map((j) => turns[j]!),
  };
}

/** One turn of every pair; whether there was any to turn. */
function orthogonalize(
  columns: readonly Float64Array[],
  turns: readonly Float64Array[],
  tolerance: number,
): boolean {
  const squares = columns.map((column) => dot(column, column));
  const noise = tolerance * tolerance * Math.max(...squares);
  let moved = false;
  for (let p = 0; p < columns.length; p++) {
    for (let q = p + 1; q < columns.length; q++) {
      const [a, b] = [squares[p]!, squares[q]!];
      const product = dot(columns[p]!, columns[q]!);
      if (Math.abs(product) <= tolerance * Math.sqrt(a) * Math.sqrt(b)) continue;
      // What rounding leaves of a column that was a multiple of others points anywhere, anew after every turn.
      if (Math.min(a, b) <= noise) continue;
      moved = true;
      const slope = (b - a) / (2 * product);
      const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope));
      const cosine = 1 / Math.sqrt(1 + tangent * tangent);
      rotate(columns[p]!, columns[q]!, cosine, cosine * tangent);
      rotate(turns[p]!, turns[q]!, cosine, cosine * tangent);
      squares[p] = Math.max(0, a - tangent * product);
      squares[q] = b + tangent * product;
    }
  }
  return moved;
}

/** Four running sums: a processor adds them side by side. */
function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length - a.length % 4;
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (let i = whole; i < a.length; i++) s0 += a[i]! * b[i]!;
  return (s0 + s1) + (s2 + s3);
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    a[i] = cosine * x - sine * y;
    b[i] = sine * x + cosine * y;
  }
}

function signed({ values, left, right }: Svd): Svd {
  for (const [k, vector] of left.entries()) {
    const largest = vector.reduce((most, value) => Math.abs(value) > Math.abs(most) ? value : most);
    if (largest >= 0) continue;
    for (const each of [vector, right[k]!]) each.forEach((value, i) => each[i] = 0 - value);
  }
  return { values, left, right };
}
