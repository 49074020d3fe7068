/** Augmentations of text, on token numbers (Jiao et al. 2020 and TextBrewer have masking, deleting and cutting). */
import { framing, type Vocabulary } from "../../data/text/vocabulary.ts";
import type { Change } from "./view.ts";

/** Uniform draws: one per token, and as many behind them. */
type TokenDraws = Float32Array;

/** Token numbers, and what is known of them all. */
export interface Words extends Pick<Vocabulary, "padding" | "mask"> {
  /** Numbers that stand for no text: nothing touches them. */
  readonly frame: ReadonlySet<number>;
  /** Numbers of tokens that another may give way to. */
  readonly others: readonly number[];
}

/** What is looked up once for all samples. */
export function wordsOf(vocabulary: Vocabulary): Words {
  const { tokens, padding, unknown, mask } = vocabulary;
  const frame = framing(vocabulary);
  const others = [...tokens.keys()]
    .filter((token) => !frame.has(token) && token !== unknown && token !== mask);
  return { padding, mask, frame, others };
}

/** Each token is hidden behind the mask with this chance. */
export function masked(fraction: number, draws: TokenDraws, words: Words): Change {
  return (values) => {
    for (const [i, token] of values.entries()) {
      if (draws[i]! < fraction && !words.frame.has(token)) values[i] = words.mask;
    }
  };
}

/** Each token gives way with this chance to any other that has a number, all equally likely. */
export function replaced(fraction: number, draws: TokenDraws, words: Words): Change {
  const { frame, others } = words;
  return (values) => {
    const { length } = values;
    for (const [i, token] of values.entries()) {
      if (draws[i]! >= fraction || frame.has(token) || others.length === 0) continue;
      values[i] = others[Math.floor(draws[length + i]! * others.length)]!;
    }
  };
}

/** Each token goes with this chance; those behind move up, and at least one stays. */
export function dropped(fraction: number, draws: TokenDraws, words: Words): Change {
  return (values) =>
    keep(values, words, (places) => {
      const staying = places.filter((place) => draws[place]! >= fraction);
      if (staying.length !== 0) return staying;
      return places.toSorted((a, b) => draws[b]! - draws[a]!).slice(0, 1);
    });
}

/** A stretch of so many tokens stays, wherever it begins; shorter texts stay whole. */
export function cropped(tokens: number, draw: number, words: Words): Change {
  return (values) =>
    keep(values, words, (places) => {
      const first = Math.floor(draw * (Math.max(0, places.length - tokens) + 1));
      return places.slice(first, first + tokens);
    });
}

/** Leaves some of the tokens of a text, between what begins and ends it; padding follows. */
function keep(
  values: Float32Array,
  words: Words,
  choose: (places: number[]) => readonly number[],
): void {
  const places = [...values.keys()].filter((place) => !words.frame.has(values[place]!));
  if (places.length === 0) return;
  const before = values.slice(0, places[0]);
  const behind = values.slice(places.at(-1)! + 1).filter((token) => token !== words.padding);
  const left = choose(places).map((place) => values[place]!);
  const result = [...before, ...left, ...behind];
  values.fill(words.padding).set(result);
}
