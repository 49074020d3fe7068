/** Answers as files write them: words or numbers, as class indices or targets. */
import { LARGEST } from "../../../engine/field.ts";
import type { Task } from "../../../engine/op.ts";
import { listed, quoted } from "../../../engine/quote.ts";
import { type Column, distinctTexts, textAt } from "../table/column.ts";
import { notANumber, numberAt, numberIn } from "../table/numbers.ts";
import { type Answers, answersOfArray, type WrittenLabels } from "./label_rows.ts";
import { listedLabels, markedLabels } from "./several_labels.ts";

/** What a recipe says of the answers. */
export interface LabelWishes {
  readonly classes?: readonly string[];
  readonly task: Task;
  /** Between two labels of a cell. */
  readonly separator?: string;
}

/** Where labels are from. */
interface LabelPlace {
  readonly file: string;
  /** The line of each label. */
  readonly lines?: ArrayLike<number>;
  /** Between two labels of a cell. */
  readonly separator?: string | undefined;
}

/**
 * Class names where labels are words; undefined where they are numbers, whose names are the numbers found. Throws a
 * RangeError where they say more different things than there may be classes.
 */
export function classNames(
  labels: WrittenLabels,
  { task, classes, separator, warn }: LabelWishes & { readonly warn?: Warn },
  file: string,
): readonly string[] | undefined {
  if (task === "multi-label") {
    return classes ?? ("shape" in labels ? undefined : listedLabels(labels, { separator, file }));
  }
  if (task !== "classification" || "shape" in labels) return undefined;
  const distinct = distinctTexts(labels, LARGEST.units);
  if (distinct === undefined) {
    throw new RangeError(
      `Cannot tell the classes of "${file}": its labels are more than ${LARGEST.units} different ones; ` +
        "say `task: regression` where they are numbers",
    );
  }
  const found = [...distinct];
  const doubt = doubtOf(found, labels.codes.length, classes);
  if (doubt !== undefined) warn?.(`the labels of "${file}" ${doubt}`);
  const words = found.some((label) => !/^\d+$/.test(label));
  if (classes !== undefined) {
    const known = new Set(classes);
    return words || found.every((label) => known.has(label)) ? classes : undefined;
  }
  return words ? found.sort() : undefined;
}

type Warn = (sentence: string) => void;

/** More different numbers are not taken for classes in silence, where they are more than a tenth of the samples. */
const MOST_NUMBERS = 100;

/** What a person may not expect of labels as classes: they are amounts, or all the same. */
function doubtOf(
  found: readonly string[],
  count: number,
  classes: readonly string[] | undefined,
): string | undefined {
  if (found.length === 1) {
    return `are all ${quoted(found[0]!)}: with one class there is nothing to tell apart`;
  }
  if (classes !== undefined) return undefined;
  const numbers = found.map(numberIn);
  if (numbers.includes(undefined)) return undefined;
  const many = found.length > MOST_NUMBERS && 10 * found.length > count;
  const fraction = found.find((_, i) => !Number.isInteger(numbers[i]));
  if (!many && fraction === undefined) return undefined;
  const as = fraction === undefined ? "" : `, as ${fraction}`;
  return `are ${found.length} different numbers${as}, and each is a class of its own; where they are amounts, say ` +
    "`task: regression`";
}

/** Indices among the class names, or the numbers themselves. Throws a RangeError that names the file and the label. */
export function answersOf(
  labels: WrittenLabels,
  names: readonly string[] | undefined,
  task: Task,
  place: LabelPlace,
): Answers {
  const { file, lines } = place;
  if ("shape" in labels) return answersOfArray(labels, file, task);
  if (task === "multi-label") return { y: markedLabels(labels, names!, place) };
  const count = labels.codes.length;
  if (task === "classification" && names !== undefined) {
    const indexOf = new Map(names.map((name, i) => [name, i]));
    const y = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const label = textAt(labels, i);
      const index = indexOf.get(label);
      if (index === undefined) {
        throw new RangeError(
          `Cannot place the label ${quoted(label)} of "${file}"${lineOf(i)} among ${
            listed(names, 12)
          }`,
        );
      }
      y[i] = index;
    }
    return { y };
  }
  const classed = task === "classification";
  const y = classed ? new Int32Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) y[i] = answerAt(i);
  return { y };

  function lineOf(i: number): string {
    return lines === undefined ? "" : ` (line ${lines[i]})`;
  }

  function answerAt(i: number): number {
    const number = numberAt(labels as Column, i);
    if (number !== undefined && (!classed || number === (number | 0))) return number;
    const label = textAt(labels as Column, i);
    throw new RangeError(
      number === undefined
        ? `Cannot read the label ${quoted(label)} of "${file}" as a number${lineOf(i)}: ${
          notANumber(label)
        }`
        : `Cannot keep the label ${quoted(label)} of "${file}"${
          lineOf(i)
        }: numbers of classes have 32 bits`,
    );
  }
}
