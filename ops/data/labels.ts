/** Answers as files write them: words or numbers, as class indices or targets. */
import type { Task } from "../../engine/op.ts";
import { listed, quoted } from "../../engine/quote.ts";
import { notANumber, numberIn } from "./finite.ts";
import { type Answers, answersOfArray, type Labels } from "./label_rows.ts";

/** What a recipe says of the answers. */
export interface LabelWishes {
  readonly classes?: readonly string[];
  readonly task: Task;
}

/** Where labels are from. */
export interface LabelPlace {
  readonly file: string;
  /** The line of each label. */
  readonly lines?: readonly number[];
}

/** Class names where labels are words; undefined where they are numbers, whose names are the numbers found. */
export function classNames(
  labels: Labels,
  { task, classes }: LabelWishes,
): readonly string[] | undefined {
  if (task !== "classification" || "shape" in labels) return undefined;
  const found = [...new Set(labels)];
  const words = found.some((label) => !/^\d+$/.test(label));
  if (classes !== undefined) {
    return words || found.every((label) => classes.includes(label)) ? classes : undefined;
  }
  return words ? found.sort() : undefined;
}

/** Indices among the class names, or the numbers themselves. Throws a RangeError that names the file and the label. */
export function answersOf(
  labels: Labels,
  names: readonly string[] | undefined,
  task: Task,
  { file, lines }: LabelPlace,
): Answers {
  if ("shape" in labels) return answersOfArray(labels, file, task);
  if (task === "classification" && names !== undefined) {
    const indexOf = new Map(names.map((name, i) => [name, i]));
    const y = Int32Array.from(labels, (label) => {
      const index = indexOf.get(label);
      if (index !== undefined) return index;
      throw new RangeError(
        `Cannot place the label ${quoted(label)} of "${file}" among ${listed(names, 12)}`,
      );
    });
    return { y };
  }
  const classed = task === "classification";
  const numbers = labels.map((label, i) => {
    const number = numberIn(label);
    if (number !== undefined && (!classed || number === (number | 0))) return number;
    const line = lines === undefined ? "" : ` (line ${lines[i]})`;
    throw new RangeError(
      number === undefined
        ? `Cannot read the label ${quoted(label)} of "${file}" as a number${line}: ${
          notANumber(label)
        }`
        : `Cannot keep the label ${
          quoted(label)
        } of "${file}"${line}: numbers of classes have 32 bits`,
    );
  });
  return { y: classed ? Int32Array.from(numbers) : Float32Array.from(numbers) };
}
