/** A data set of texts: cut into tokens, divided, numbered by what the training samples hold. */
import { given } from "../../../engine/given.ts";
import type { RunContext, Task } from "../../../engine/op.ts";
import { assertFits } from "../../../engine/size.ts";
import { columnOf } from "../table/column.ts";
import { textNeed } from "../needs.ts";
import type { Dataset, HeldValues, PartName } from "../dataset.ts";
import { labelsOf } from "../readers/label_rows.ts";
import { answersOf, classNames } from "../readers/labels.ts";
import type { DataWishes } from "../common_fields.ts";
import { makeDataset } from "../make_dataset.ts";
import type { Loaded, Parts, Samples } from "../samples.ts";
import type { TextParams } from "./text_fields.ts";
import type { PartTexts, Texts } from "./texts.ts";
import { tokenizerOf } from "./tokenizer.ts";
import { TokenPlaces } from "./token_places.ts";
import {
  learnVocabulary,
  numbered,
  numbersOf,
  plainVocabulary,
  type Vocabulary,
} from "./vocabulary.ts";

/** What a recipe says. */
interface TextWishes extends DataWishes {
  readonly text: TextParams;
  readonly task: Task;
  /** Between two labels of a text. */
  readonly separator?: string | undefined;
}

/**
 * The data set. A sample is a text cut to `length` tokens. To predict next tokens it is a window of the running text,
 * which is all texts with a line's end between them: `length` tokens, and at each place the one behind it. Windows do
 * not overlap, and what is left at the end of a part is left out. Throws a RangeError where there is nothing to learn
 * from.
 */
export async function textDataset(
  source: PartTexts,
  wishes: TextWishes,
  context: Pick<RunContext, "read" | "memory">,
): Promise<Dataset<HeldValues>> {
  const { text, task } = wishes;
  const seen = new TokenPlaces();
  const { rule, cut, vocabulary } = await tokenizerOf(text, seen, context);
  const samples: Int32Array[] = [];
  const places = (texts: Texts): Int32Array => {
    const first = samples.length;
    const own = task === "next-token"
      ? windows(cut(texts.texts.join("\n"), Infinity), text.length)
      : texts.texts.map((each) => cut(each, text.length));
    for (const sample of own) samples.push(sample);
    return Int32Array.from(own, (_, index) => first + index);
  };
  return makeDataset(loadedOf(source, wishes, places), wishes, task, number);

  function number(parts: Parts): { parts: Parts; text: Vocabulary } {
    const tokens = ({ x }: Samples) => Array.from(x, (place) => samples[place]!);
    const known = typeof vocabulary === "number"
      ? learnVocabulary(tokens(parts.train), seen.tokens, vocabulary)
      : vocabulary;
    // A window goes on in the next one: nothing frames it.
    const words = task === "next-token"
      ? plainVocabulary(known.tokens, known.padding, known.unknown)
      : known;
    const { length } = text;
    const count = Object.values(parts).reduce((sum, samples) => sum + samples.count, 0);
    const { what, bytes, help } = textNeed(count, length);
    assertFits(`Cannot number the texts: ${what}`, bytes, context.memory, help);
    const numbers = numbersOf(seen.tokens, words);
    const stored = (samples: Samples): Samples =>
      task === "next-token"
        ? shifted(numbered(tokens(samples), numbers, words, length + 1), samples, length)
        : { ...samples, input: [length], x: numbered(tokens(samples), numbers, words, length) };
    const { train, validation, test } = parts;
    return {
      parts: { train: stored(train), validation: stored(validation), test: stored(test) },
      text: { ...words, cut: rule },
    };
  }
}

/** Samples that are the places of texts in a list. */
function loadedOf(
  source: PartTexts,
  { task, classes, separator }: TextWishes,
  places: (texts: Texts) => Int32Array,
): Loaded {
  const { classes: known, ...parts } = source;
  const labelsIn = ({ labels, file }: Texts) =>
    task === "next-token" || labels === null
      ? null
      : task === "multi-label"
      ? columnOf(labels)
      : labelsOf(columnOf(labels), file);
  const written = labelsIn(source.train);
  const names = known ??
    (written === null
      ? undefined
      : classNames(written, { task, ...given({ classes, separator }) }, source.train.file));
  const samples = (texts: Texts): Samples => {
    const x = places(texts);
    if (x.length === 0) throw new RangeError(`Cannot find a sample in "${texts.file}"`);
    const labels = written === null ? null : labelsIn(texts);
    const answers = labels === null
      ? { y: null }
      : answersOf(labels, names, task, { file: texts.file, separator });
    return { count: x.length, input: [1], x, ...answers };
  };
  const entries = Object.entries(parts) as [PartName, Texts][];
  const loaded = Object.fromEntries(entries.map(([part, texts]) => [part, samples(texts)]));
  return { ...loaded as unknown as Loaded, ...given({ classes: names }) };
}

/** Pieces of `length` tokens and the one behind them. */
function windows(tokens: Int32Array, length: number): readonly Int32Array[] {
  const count = Math.max(0, Math.floor((tokens.length - 1) / length));
  return Array.from(
    { length: count },
    (_, index) => tokens.subarray(index * length, (index + 1) * length + 1),
  );
}

/** Rows of `length` + 1 numbers as inputs and, moved by one, answers. */
function shifted(rows: Int32Array, { count }: Samples, length: number): Samples {
  const [x, y] = [new Int32Array(count * length), new Int32Array(count * length)];
  for (let row = 0; row < count; row++) {
    const start = row * (length + 1);
    x.set(rows.subarray(start, start + length), row * length);
    y.set(rows.subarray(start + 1, start + length + 1), row * length);
  }
  return { count, input: [length], x, y };
}
