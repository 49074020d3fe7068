/** Labels of more than one number each: one-hot rows are classes, other rows targets of a regression, and more is refused. */
import type { Task } from "../../../engine/op.ts";
import { excerpt, quoted } from "../../../engine/quote.ts";
import { type Column, columnOf, textAt, valueAt } from "../table/column.ts";
import { flagsOf } from "./several_labels.ts";
import { assertFinite, type StoredArray } from "./stored_array.ts";

/** The answers of samples. */
export interface Answers {
  /** One class for each sample, or its targets one after another. */
  readonly y: Int32Array | Float32Array;
  /** How many classes there are, where the columns of one-hot rows say it. */
  readonly kinds?: number;
}

/** WrittenLabels as cells of a table hold them: words and numbers, or lists of numbers as one array. */
export type WrittenLabels = Column | StoredArray;

/**
 * The answers in an array whose first axis is the samples. `[n]` and `[n, 1]` are one number each; `[n, k]` is targets of
 * a regression, and classes where each row is one-hot; floats that are whole numbers are classes as well. Throws a
 * RangeError with the shape and what is expected.
 */
export function answersOfArray({ shape, data }: StoredArray, name: string, task: Task): Answers {
  const [count = 0, ...axes] = shape;
  if (task === "multi-label") return { y: flagsOf({ shape, data }, name) };
  const y = data instanceof Uint8Array ? Int32Array.from(data) : data;
  if (axes.every((extent) => extent === 1)) {
    return { y: y instanceof Float32Array && isClassed(task) ? classesOf(y, name) : y };
  }
  const width = axes[0]!;
  if (axes.length === 1 && task === "regression") return { y };
  const wrong = (what: string, help = "") =>
    new RangeError(
      `Cannot use the labels of "${name}": their shape is ${shape.join("×")}${what}; expected is ${
        task === "regression"
          ? `${count}, or ${count}×targets`
          : task === "reconstruction" && axes.length > 1
          ? `no label, as the samples are their own answers: leave them out, or give one class for each sample, ${count}`
          : `one class for each sample, ${count}, or one-hot rows, ${count}×classes`
      }${help}`,
    );
  if (axes.length > 1) throw wrong("");
  const classes = new Int32Array(count);
  for (let sample = 0; sample < count; sample++) {
    const row = [...data.subarray(sample * width, (sample + 1) * width)];
    classes[sample] = row.indexOf(1);
    const ones = row.filter((value) => value === 1).length;
    if (ones === 1 && row.every((value) => value === 0 || value === 1)) continue;
    throw wrong(
      `, and row ${sample} is not one-hot (${excerpt(row.join(", "))})`,
      "; say `task: regression` for several numbers each",
    );
  }
  return { y: classes, kinds: width };
}

/** Whether a task has classes for answers. */
function isClassed(task: Task): boolean {
  return task === "classification" || task === "generation";
}

/** Up to here floats tell whole numbers apart. */
const MOST_EXACT = 1 << 24;

function classesOf(labels: Float32Array, name: string): Int32Array {
  const odd = labels.findIndex((label) => !Number.isInteger(label) || Math.abs(label) > MOST_EXACT);
  if (odd < 0) return Int32Array.from(labels);
  throw new RangeError(
    `Cannot use the labels of "${name}": the one at ${odd} is ${
      labels[odd]
    }, and classes are whole numbers; ` +
      "say `task: regression` for fractions",
  );
}

/**
 * Labels that are written as JSON lists, as JSON lines and Parquet have them: lists of one are what is in them, lists of
 * numbers an array. Other labels are as they were. Throws a RangeError for lists that are neither.
 */
export function labelsOf(cells: Column, name: string): WrittenLabels {
  const lists: (readonly unknown[])[] = [];
  let [other, wide] = [-1, -1];
  for (let place = 0; place < cells.codes.length && (other < 0 || wide < 0); place++) {
    const list = valueAt(cells, place) === undefined ? listIn(textAt(cells, place)) : undefined;
    if (list === undefined) other = other < 0 ? place : other;
    else {
      lists.push(list);
      if (wide < 0 && list.length > 1 && list.every((value) => typeof value === "number")) {
        wide = place;
      }
    }
  }
  const unlike = (odd: number, place: number, width: number) =>
    new RangeError(
      `Cannot use the labels of "${name}": ${
        quoted(textAt(cells, odd))
      } of row ${odd} is no list of ${width} numbers, as that of row ${place} is; expected is one class ` +
        "or number for each sample, or lists of numbers, all of one length",
    );
  if (other >= 0 && wide >= 0) {
    throw unlike(other, wide, (listIn(textAt(cells, wide)) ?? []).length);
  }
  const [first] = lists;
  if (first === undefined || other >= 0) return cells;
  const single = (list: readonly unknown[]) => list.length === 1 && typeof list[0] !== "object";
  if (lists.every(single)) return columnOf(lists.map(([value]) => String(value)));
  const odd = lists.findIndex((list) =>
    list.length === 0 || list.length !== first.length ||
    !list.every((value) => typeof value === "number")
  );
  if (odd < 0) {
    const data = Float32Array.from(lists.flat() as number[]);
    const array = { shape: [lists.length, first.length], data };
    assertFinite(array, name);
    return array;
  }
  throw unlike(odd, 0, first.length);
}

function listIn(cell: string): readonly unknown[] | undefined {
  if (!cell.startsWith("[") || !cell.endsWith("]")) return undefined;
  try {
    return JSON.parse(cell);
  } catch {
    return undefined;
  }
}
