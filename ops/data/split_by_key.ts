/** Which samples train, validate and test where a column says what belongs together, or what came when. */
import { stream } from "../../engine/tensor/random.ts";
import { type Division, shuffled, type Split } from "./split.ts";

type Shares = Pick<Split, "validation" | "test">;

/**
 * Divides samples so that no group is in two parts; `groups` numbers that of each. Groups are taken in a drawn order: one
 * goes to the test while that brings its samples nearer to their share, else to validation likewise, else to train. The
 * test samples depend on seed and `test` alone. Throws a RangeError where a share that is asked for gets no group.
 */
export function divideByGroup(
  groups: Float64Array,
  { validation, test }: Shares,
  seed: number,
): Division {
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const all = [...sizes];
  const parts = new Map<number, keyof Division>();
  const filled = { test: 0, validation: 0 };
  const wanted = {
    test: Math.round(groups.length * test),
    validation: Math.round(groups.length * validation),
  };
  for (const place of stream(seed, "split").permutation(0, all.length)) {
    const [group, size] = all[place]!;
    const part = (["test", "validation"] as const).find((part) =>
      2 * filled[part] + size <= 2 * wanted[part]
    );
    if (part !== undefined) filled[part] += size;
    parts.set(group, part ?? "train");
  }
  for (const part of ["test", "validation"] as const) {
    if (wanted[part] === 0 || filled[part] > 0) continue;
    throw new RangeError(
      `Cannot divide ${all.length} groups of ${groups.length} samples: none is small enough for ${part}, ` +
        `${wanted[part]} samples; ask for more of them, or none: split: { ${part}: 0 }`,
    );
  }
  return division((sample) => parts.get(groups[sample]!)!, groups.length, seed);
}

/**
 * Divides samples by when they were: the last are the test, those before them validate. Samples of one time are in one
 * part, the later one.
 */
export function divideByTime(
  times: Float64Array,
  { validation, test }: Shares,
  seed: number,
): Division {
  const count = times.length;
  const order = Uint32Array.from({ length: count }, (_, sample) => sample)
    .sort((a, b) => times[a]! - times[b]! || a - b);
  const cut = (end: number, share: number): number => {
    const wanted = Math.round(count * share);
    let start = Math.max(0, end - wanted);
    if (wanted === 0) return end;
    while (start > 0 && times[order[start - 1]!] === times[order[start]!]) start--;
    return start;
  };
  const tests = cut(count, test);
  const validations = cut(tests, validation);
  const rank = new Uint32Array(count);
  order.forEach((sample, place) => rank[sample] = place);
  return division(
    (sample) =>
      rank[sample]! >= tests ? "test" : rank[sample]! >= validations ? "validation" : "train",
    count,
    seed,
  );
}

function division(
  partOf: (sample: number) => keyof Division,
  count: number,
  seed: number,
): Division {
  const samples = Uint32Array.from({ length: count }, (_, sample) => sample);
  const part = (name: keyof Division) =>
    shuffled(samples.filter((sample) => partOf(sample) === name), seed, name);
  return { train: part("train"), validation: part("validation"), test: part("test") };
}
