/** Which samples train, which choose, which are measured on: they are divided by the data's own seed. */
import { stream } from "../../engine/tensor/random.ts";

/** How to divide. Fractions are of all samples that are divided. */
export interface Split {
  readonly validation: number;
  readonly test: number;
  /** `label`: every class in its share; `random`: as it falls; `order`: train first, test last, as stored. */
  readonly by: "label" | "random" | "order";
}

/** Indices of the samples in each part, in the part's order. */
export interface Division {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

/**
 * Divides `count` samples. Sizes are the fractions rounded to whole samples; by `label` each class gets its share of
 * them by largest remainders (one class where `labels` are not classes). Every part is shuffled. The test samples
 * depend on `seed`, `test` and `by` alone, not on how many validate or train.
 */
export function divide(
  count: number,
  labels: Int32Array | null,
  { validation, test, by }: Split,
  seed: number,
): Division {
  const groups = by === "label" && labels !== null ? groupsOf(labels) : [range(count)];
  const counts = groups.map((group) => group.length);
  const testCounts = apportion(Math.round(count * test), counts);
  const left = counts.map((size, i) => size - testCounts[i]!);
  const validationCounts = apportion(Math.round(count * validation), left);
  const draw = stream(seed, "split");
  const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
  const [tests, validations] = [total(testCounts), total(validationCounts)];
  // Numbers, not objects of the engine: there may be as many samples as memory holds.
  const parts = {
    train: new Uint32Array(count - tests - validations),
    validation: new Uint32Array(validations),
    test: new Uint32Array(tests),
  };
  const filled = { train: 0, validation: 0, test: 0 };
  for (const [i, group] of groups.entries()) {
    const order = by === "order" ? reversed(group.length) : draw.permutation(i, group.length);
    order.forEach((position, rank) => {
      const part = rank < testCounts[i]!
        ? "test"
        : rank < testCounts[i]! + validationCounts[i]!
        ? "validation"
        : "train";
      parts[part][filled[part]++] = group[position]!;
    });
  }
  return {
    train: shuffled(parts.train, seed, "train"),
    validation: shuffled(parts.validation, seed, "validation"),
    test: shuffled(parts.test, seed, "test"),
  };
}

/** The values in an order that only `seed` and the part's name decide. */
export function shuffled(values: ArrayLike<number>, seed: number, part: string): Uint32Array {
  const order = stream(seed, `shuffle:${part}`).permutation(0, values.length);
  return order.map((position) => values[position]!);
}

/**
 * Divides `total` among groups in proportion to their sizes: each gets the floor of its quota, the rest goes to the
 * largest remainders, ties to the lower index (Hamilton's method). No group gets more than it has if total ≤ Σ sizes.
 */
export function apportion(total: number, sizes: readonly number[]): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  if (all === 0) return sizes.map(() => 0);
  // Whole numbers throughout: quota = size · total / all, remainder in units of 1 / all.
  const shares = sizes.map((size) => Math.floor(size * total / all));
  const remainders = sizes.map((size, i) => size * total - shares[i]! * all);
  const rest = total - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = sizes.map((_, i) => i).sort((a, b) =>
    remainders[b]! - remainders[a]! || a - b
  );
  for (const i of byRemainder.slice(0, rest)) shares[i]!++;
  return shares;
}

/** Indices of the samples of each class, classes ascending. */
function groupsOf(labels: Int32Array): Uint32Array[] {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const classes = [...counts].sort(([a], [b]) => a - b);
  const groups = new Map(classes.map(([label, count]) => [label, new Uint32Array(count)]));
  const filled = new Map(classes.map(([label]) => [label, 0]));
  labels.forEach((label, i) => {
    const at = filled.get(label)!;
    groups.get(label)![at] = i;
    filled.set(label, at + 1);
  });
  return [...groups.values()];
}

function range(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

function reversed(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => count - 1 - i);
}
