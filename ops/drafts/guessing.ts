/**
 * What is said of a model that answers no better than by guessing: another order of the classes that would explain it,
 * and what else comes into question. It is read from which class the model gives samples of which.
 */
import type { Closer, DraftFields, Look } from "../../engine/recipe/words/drafts.ts";
import { percentText } from "../../engine/quantity.ts";
import type { Json } from "../../engine/digest.ts";
import type { Model } from "../model/model.ts";
import { readsTokens } from "./draft_data.ts";

/** An order of classes explains answers where it makes up for at least half of what guessing gets wrong. */
const EXPLAINS = 0.5;

/** The way to go on with, its classes in another order where one explains the answers, and what was found. */
export function explainGuessing(model: Model, looks: readonly Look[]): Closer {
  const measured = looks.flatMap((look) => look.metrics === undefined ? [] : [look]);
  const best = mostRight(measured, ({ metrics }) => metrics!.accuracy ?? 0) ?? looks[0]!;
  const ordered = mostRight(
    measured.flatMap((look) => reordered(look) ?? []),
    ({ accuracy }) => accuracy,
  );
  const named = ordered?.classes !== undefined && "from" in ordered.data;
  return {
    data: named ? { ...ordered.data, classes: [...ordered.classes!] } : best.data,
    again: named,
    doubts: [
      ...measured.length === 0 ? [] : [`it is right on ${shares(measured)}; guessing is no worse`],
      ordered === undefined
        ? "no other order of its classes explains that"
        : `with its classes in another order it is right on ${percentText(ordered.accuracy)}${
          named ? ", and `classes` says that order" : ": the numbers of the data's classes differ"
        }`,
      ...ordered === undefined ? [othersOf(model)] : [],
    ],
  };
}

interface Reordered {
  readonly data: DraftFields;
  readonly accuracy: number;
  /** The names of the data's classes in the order of the model's, where they have names. */
  readonly classes?: readonly string[];
}

/** The order of classes in which most answers are right; undefined where it explains too little. */
function reordered({ data, metrics, classes }: Look): Reordered | undefined {
  const table = metrics?.confusion;
  if (table === undefined || table.length < 2) return undefined;
  const answers = assigned(table);
  const right = answers.reduce((sum, answer, truth) => sum + table[truth]![answer]!, 0);
  const accuracy = right / table.flat().reduce((sum, count) => sum + count, 0);
  const guess = 1 / table.length;
  if (!(accuracy - guess >= EXPLAINS * (1 - guess))) return undefined;
  if (classes?.length !== table.length) return { data, accuracy };
  const names = new Array<string>(table.length);
  for (const [truth, answer] of answers.entries()) names[answer] = classes[truth]!;
  return { data, accuracy, classes: names };
}

/** An answer for each class, each of them once: the pairs that have most samples first. */
function assigned(table: readonly (readonly number[])[]): readonly number[] {
  const pairs = table.flatMap((row, truth) =>
    row.map((count, answer) => ({ truth, answer, count }))
  )
    .sort((a, b) => b.count - a.count);
  const answers = new Map<number, number>();
  const given = new Set<number>();
  for (const { truth, answer } of pairs) {
    if (answers.has(truth) || given.has(answer)) continue;
    answers.set(truth, answer);
    given.add(answer);
  }
  return table.map((_, truth) => answers.get(truth)!);
}

/** `40.0 % of validation samples with normalize: none, 52.1 % with unit`. */
function shares(looks: readonly Look[]): string {
  return looks.map(({ data, metrics }, at) =>
    `${percentText(metrics!.accuracy ?? 0)}${at === 0 ? " of validation samples" : ""}${
      data.normalize === undefined
        ? ""
        : ` with ${at === 0 ? "normalize: " : ""}${wordOf(data.normalize)}`
    }`
  ).join(", ");
}

function wordOf(normalize: Json): string {
  if (typeof normalize === "string") return normalize;
  const { use, low, high } = normalize as Readonly<Record<string, Json>>;
  return use === "range" ? `${low}…${high}` : "the means of ImageNet";
}

function othersOf(model: Model): string {
  const rest = "it may also be untrained";
  if (readsTokens(model)) return `its vocabulary or tokenizer may be another; ${rest}`;
  const scale = "its numbers may have been scaled in a way that is not tried (normalize: fixed)";
  const { shape } = model.inputs[0]!;
  if (shape.length === 1) return `${scale}, and its columns may be in another order; ${rest}`;
  return shape[2] === 3
    ? `${scale}, and its colours in the order BGR, as of OpenCV: no field turns them; ${rest}`
    : `${scale}; ${rest}`;
}

function mostRight<T>(list: readonly T[], of: (each: T) => number): T | undefined {
  return list.reduce<T | undefined>(
    (best, each) => best === undefined || of(each) > of(best) ? each : best,
    undefined,
  );
}
