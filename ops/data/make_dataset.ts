/** A data set from what a source gives: classes named, samples divided, normalisation learned. */
import { given } from "../../engine/given.ts";
import type { Task } from "../../engine/op.ts";
import { listed } from "../../engine/quote.ts";
import type { DataWishes } from "./common_fields.ts";
import {
  type CodedColumn,
  type Dataset,
  type HeldValues,
  isBytes,
  type Part,
  type PartName,
  type Values,
} from "./dataset.ts";
import { keepStored, learnNormalization } from "./normalize.ts";
import { labelPlace, type Loaded, type Parts, type Samples, takeSamples } from "./samples.ts";
import { divide, type Division, shuffled } from "./split.ts";
import { divideByGroup, divideByTime } from "./split_by_key.ts";
import { codeTable, zerosAndOnes } from "./table/code_table.ts";
import type { Vocabulary } from "./text/vocabulary.ts";

/** Samples whose values may lie in a file. */
type StoredSamples<X> = Omit<Samples, "x"> & { readonly x: X };

/** Makes token numbers of what was divided, by what there is to learn from. */
type Numbering = (parts: Parts) => { readonly parts: Parts; readonly text: Vocabulary };

/** Throws a RangeError where the source and the parameters do not fit each other. */
export function makeDataset(
  loaded: Loaded,
  wishes: DataWishes,
  task: Task,
  number?: Numbering,
): Dataset<HeldValues> {
  const { parts, classes, columns, targets } = dividedSamples(loaded, wishes, task);
  const { normalize, labels } = wishes;
  const about = { task, normalize, ...given({ columns, targets, labels }) };
  if (number === undefined) return datasetOf({ parts, classes }, about);
  const { parts: numbered, text } = number(parts);
  return datasetOf({ parts: numbered, classes }, { ...about, text });
}

/**
 * Divided samples with class indices, or targets, for labels; the names of the classes, and what columns of a table have
 * become. Throws as `makeDataset`.
 */
export function dividedSamples(loaded: Loaded, wishes: DataWishes, task: Task): {
  readonly parts: Parts;
  readonly classes: readonly string[];
  readonly columns?: readonly CodedColumn[];
  /** The names of several targets. */
  readonly targets?: readonly string[];
} {
  const unlabelled = wishes.labels === "none";
  const stored = dividedParts(unlabelled ? withoutLabels(loaded) : loaded, wishes);
  const { parts, ...coded } = loaded.table === undefined
    ? { parts: stored }
    : codeTable(stored, loaded.table);
  if (unlabelled) return { parts, classes: wishes.classes ?? [], ...coded };
  if (isClassed(task, loaded.train)) {
    return { ...withClasses(parts, loaded, wishes.classes), ...coded };
  }
  const classes = task === "multi-label"
    ? labelNames(parts.train, wishes.classes ?? loaded.classes)
    : [];
  return { parts: withTargets(parts), classes, ...coded, ...given({ targets: loaded.targets }) };
}

/** The same samples, their labels left out where a source has some. */
function withoutLabels({ train, validation, test, table }: Loaded): Loaded {
  const bare = ({ count, input, x, keys }: Samples): Samples => ({
    count,
    input,
    x,
    y: null,
    ...given({ keys }),
  });
  return {
    train: bare(train),
    ...given({ validation: validation && bare(validation), test: test && bare(test), table }),
  };
}

/** The data set of parts whose samples are as they will be stored: its shapes, and a normalisation learned on train. */
export function datasetOf<X extends Values>(
  { parts, classes }: {
    readonly parts: Readonly<Record<PartName, StoredSamples<X>>>;
    readonly classes: readonly string[];
  },
  { task, normalize: wish, text, columns, targets, labels }:
    & Pick<DataWishes, "normalize" | "labels">
    & {
      readonly task: Task;
      readonly text?: Vocabulary;
      readonly columns?: readonly CodedColumn[];
      readonly targets?: readonly string[];
    },
): Dataset<X> {
  const { train } = parts;
  const outputs = classes.length > 0
    ? classes.length
    : task === "reconstruction"
    ? 1
    : task === "next-token"
    ? text!.tokens.length
    : labels === "none"
    ? 0
    : train.y!.length / train.count;
  const type = typeOf(train.x);
  // Token numbers measure nothing: there is nothing to normalise.
  const learned = text === undefined ? learnNormalization(wish, train) : AS_STORED;
  const normalize = columns === undefined ? learned : keepStored(learned, zerosAndOnes(columns));
  const meta = {
    input: train.input,
    type,
    task,
    classes,
    outputs,
    normalize,
    ...given({ text, columns, targets, labels }),
  };
  return {
    meta,
    parts: { train: partOf(train), validation: partOf(parts.validation), test: partOf(parts.test) },
  };
}

/** Whether labels are classes: those to tell, or those that condition what is made. */
function isClassed(task: Task, { y }: Samples): boolean {
  return task === "classification" || task === "generation" ||
    task === "reconstruction" && y instanceof Int32Array;
}

const AS_STORED = { scale: [1], offset: [0] };

function partOf<X extends Values>({ count, x, y }: StoredSamples<X>): Part<X> {
  return { count, x, y };
}

/** Parts that the source has apart win; the others are divided from its training samples. All are shuffled. */
function dividedParts(loaded: Loaded, { split, limit, seed }: DataWishes): Parts {
  const { train: whole } = loaded;
  assertAlike(loaded);
  const wanted = {
    validation: loaded.validation === undefined ? split.validation : 0,
    test: loaded.test === undefined ? split.test : 0,
  };
  const division = divisionOf(loaded, wanted, { by: split.by, seed });
  if (division.train.length === 0) {
    throw new RangeError(
      `Cannot train on nothing: of ${whole.count} samples, ${division.validation.length} validate and ` +
        `${division.test.length} test`,
    );
  }
  const given = (name: "validation" | "test") => {
    const samples = loaded[name];
    if (samples === undefined) return takeSamples(whole, division[name]);
    const all = Uint32Array.from({ length: samples.count }, (_, i) => i);
    return takeSamples(samples, shuffled(all, seed, name));
  };
  return {
    train: takeSamples(whole, division.train.subarray(0, limit)),
    validation: given("validation"),
    test: given("test"),
  };
}

/** By labels, chance or order, or by what a column says of the samples. */
function divisionOf(
  loaded: Loaded,
  shares: Pick<DataWishes["split"], "validation" | "test">,
  { by, seed }: { readonly by: DataWishes["split"]["by"]; readonly seed: number },
): Division {
  const { count, y, keys } = loaded.train;
  if (by === "group") {
    assertApart(loaded);
    return divideByGroup(keys!, shares, seed);
  }
  if (by === "time") return divideByTime(keys!, shares, seed);
  return divide(count, y instanceof Int32Array ? y : null, { ...shares, by }, seed);
}

/** Throws a RangeError where parts that the source has apart share a group. */
function assertApart({ train, validation, test }: Loaded): void {
  const parts = Object.entries({ train, validation, test });
  const seen = new Map<number, string>();
  for (const [name, samples] of parts) {
    for (const group of samples?.keys ?? []) {
      const other = seen.get(group) ?? name;
      seen.set(group, other);
      if (other === name) continue;
      throw new RangeError(
        `Cannot divide by group: samples of ${other} and of ${name} are of one group; leave them out of one part, or give ` +
          "one file to divide",
      );
    }
  }
}

/**
 * Numbers that stand for classes become indices; names are given, known by the source, or the numbers found in its training
 * samples, in those too that a limit leaves out.
 */
function withClasses(
  parts: Parts,
  loaded: Loaded,
  given: readonly string[] | undefined,
): { parts: Parts; classes: readonly string[] } {
  const { train: whole, classes: known } = loaded;
  if (whole.y === null) {
    throw new RangeError(
      "Cannot tell classes: the samples have no labels; where they are not needed, say `labels: none`",
    );
  }
  if (!(whole.y instanceof Int32Array)) {
    throw new RangeError("Cannot take fractions for classes; say `task: regression`");
  }
  const named = given ?? known;
  const { kinds } = whole;
  if (kinds !== undefined && named !== undefined && named.length !== kinds) {
    throw new RangeError(
      `Cannot name ${kinds} columns of one-hot labels by ${named.length} classes`,
    );
  }
  const numbers = named === undefined && kinds === undefined
    ? [...new Set(whole.y)].sort((a, b) => a - b)
    : Array.from({ length: named?.length ?? kinds! }, (_, i) => i);
  const classes = named ?? numbers.map((number) => `${number}`);
  const indexOf = new Map(numbers.map((number, i) => [number, i]));
  const indexed = (name: PartName): Samples => ({
    ...parts[name],
    y: Int32Array.from(parts[name].y as Int32Array, (number) => {
      const index = indexOf.get(number);
      if (index !== undefined) return index;
      const all = classes.length <= 12 ? listed(classes, 12) : `${classes.length} classes`;
      const where = `${name} samples${labelPlace(loaded, name, number)}`;
      throw new RangeError(`Cannot place the label ${number} of the ${where} among ${all}`);
    }),
  });
  return {
    classes,
    parts: { train: indexed("train"), validation: indexed("validation"), test: indexed("test") },
  };
}

/** The names of labels, their numbers where nobody names them. Throws a RangeError where they are not as many. */
function labelNames(
  { y, count }: Samples,
  names: readonly string[] | undefined,
): readonly string[] {
  const width = y!.length / count;
  if (names === undefined) return Array.from({ length: width }, (_, index) => `${index}`);
  if (names.length === width) return names;
  throw new RangeError(`Cannot name ${width} columns of labels by ${names.length} classes`);
}

function withTargets(parts: Parts): Parts {
  const floats = (samples: Samples): Samples => ({
    ...samples,
    y: samples.y === null ? null : Float32Array.from(samples.y),
  });
  return {
    train: floats(parts.train),
    validation: floats(parts.validation),
    test: floats(parts.test),
  };
}

/** Throws a RangeError where parts that a source has apart cannot be of one data set. */
export function assertAlike({ train, validation, test }: Omit<Loaded, "classes">): void {
  for (const [name, samples] of Object.entries({ validation, test })) {
    if (samples === undefined) continue;
    if (samples.input.join() !== train.input.join() || typeOf(samples.x) !== typeOf(train.x)) {
      throw new RangeError(
        `Cannot use ${name} beside train: its samples are ${show(samples)}, those of train ${
          show(train)
        }`,
      );
    }
    const [own, theirs] = [samples.kinds, train.kinds];
    if (own !== undefined && theirs !== undefined && own !== theirs) {
      throw new RangeError(
        `Cannot use ${name} beside train: its one-hot labels have ${own} columns, those of train ${theirs}`,
      );
    }
  }
}

function show({ input, x }: Samples): string {
  return `${input.join("×")} ${typeOf(x)}`;
}

function typeOf(x: Values): "uint8" | "float32" | "int32" {
  if (isBytes(x)) return "uint8";
  return x instanceof Int32Array ? "int32" : "float32";
}
