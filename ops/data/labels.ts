/** Answers as files write them: words or numbers, as class indices or targets. */
import type { Task } from "../../engine/op.ts";

/** What a recipe says of the answers. */
export interface LabelWishes {
  readonly classes?: readonly string[];
  readonly task: Task;
}

/** Class names where labels are words; undefined where they are numbers, whose names are the numbers found. */
export function classNames(
  labels: readonly string[],
  { task, classes }: LabelWishes,
): readonly string[] | undefined {
  if (task !== "classification") return undefined;
  const found = [...new Set(labels)];
  const words = found.some((label) => !/^\d+$/.test(label));
  if (classes !== undefined) {
    return words || found.every((label) => classes.includes(label)) ? classes : undefined;
  }
  return words ? found.sort() : undefined;
}

/** Indices among the class names, or the numbers themselves. Throws a RangeError that names the file and the label. */
export function answersOf(
  labels: readonly string[],
  names: readonly string[] | undefined,
  task: Task,
  file: string,
): Int32Array | Float32Array {
  if (task === "classification" && names !== undefined) {
    const indexOf = new Map(names.map((name, i) => [name, i]));
    return Int32Array.from(labels, (label) => {
      const index = indexOf.get(label);
      if (index !== undefined) return index;
      throw new RangeError(
        `Cannot place the label "${label}" of "${file}" among ${names.join(", ")}`,
      );
    });
  }
  const numbers = labels.map((label) => {
    const number = numberIn(label);
    if (number !== undefined) return number;
    throw new RangeError(`Cannot read the label "${label}" of "${file}" as a number`);
  });
  return task === "classification" ? Int32Array.from(numbers) : Float32Array.from(numbers);
}

/** The number that a cell is, if it is one. */
export function numberIn(cell: string): number | undefined {
  const number = cell === "" ? NaN : Number(cell);
  return Number.isFinite(number) ? number : undefined;
}
