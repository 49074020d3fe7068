/**
 * How the next point of a search is chosen: a pure function of the space, of what was tried, and of a seed. So the
 * order of trials is a function of the recipe alone, and a search that was cut off goes on where it stopped.
 */
import { canonicalBytes, digestOf } from "../../digest.ts";
import type { Tried } from "./trial_score.ts";
import { nextAtRandom, nextBisected, nextOfGrid } from "./simple_strategies.ts";
import type { Space, SpacePoint } from "./space.ts";
import { nextByParzen, STARTUP } from "./tpe.ts";
import type { strategyNames } from "../words/points_schema.ts";

/** The name of a strategy. */
export type StrategyName = typeof strategyNames[number];

interface Strategy {
  /** How many trials are chosen without a look at results; those after them come in batches. */
  readonly blind: number;
  /**
   * The next point; undefined where there is none left to try. Of what was tried only the first `known` have results
   * that count, the others are points of the same batch.
   */
  next(
    space: Space,
    tried: readonly Tried[],
    draw: () => number,
    known: number,
  ): SpacePoint | undefined;
}

const strategies: Readonly<Record<StrategyName, Strategy>> = {
  random: { blind: Infinity, next: nextAtRandom },
  grid: { blind: Infinity, next: nextOfGrid },
  bisect: { blind: 2, next: nextBisected },
  tpe: { blind: STARTUP, next: nextByParzen },
};

/** How many trials must have results before the one that follows so many others is chosen. */
function resultsFor({ strategy, batch = 1 }: SearchOrder, before: number): number {
  const { blind } = strategies[strategy];
  return before < blind ? 0 : before - (before - blind) % batch;
}

/** In which order the points of a search are tried. */
export interface SearchOrder {
  /** How the next point is chosen. */
  readonly strategy: StrategyName;
  /** An axis for each variable. */
  readonly space: Space;
  /** Of what random trials are drawn: the recipe's seed. */
  readonly seed: number;
  /** How many trials are chosen at once from the results before them, as the recipe says; default 1. */
  readonly batch?: number;
}

/** The next point of a search; undefined where there is none left to try. */
export function nextPoint(order: SearchOrder, tried: readonly Tried[]): SpacePoint | undefined {
  const { strategy, space, seed } = order;
  const known = resultsFor(order, tried.length);
  return strategies[strategy].next(space, tried, drawsOf(seed, tried.length), known);
}

/**
 * Up to `most` points that follow what was tried and those that were begun after that, as far as they are known without
 * further results.
 */
export function pointsAhead(
  order: SearchOrder,
  tried: readonly Tried[],
  most: number,
  begun: readonly SpacePoint[] = [],
): SpacePoint[] {
  const all = [...tried, ...begun.map(withoutResult)];
  const ahead: SpacePoint[] = [];
  while (ahead.length < most && resultsFor(order, all.length) <= tried.length) {
    const point = nextPoint(order, all);
    if (point === undefined) break;
    ahead.push(point);
    all.push(withoutResult(point));
  }
  return ahead;
}

/** What no strategy looks at before it is due. */
function withoutResult(point: SpacePoint): Tried {
  return { point, score: Infinity, violation: Infinity };
}

/** Hexadecimal digits that a double holds, and the numbers that they can be: 16¹³ = 2⁵². */
const DIGITS = 13;
const NUMBERS = 0x10_0000_0000_0000;

/**
 * Random numbers that choose a trial, each evenly in 0 up to 1: multiples of 2⁻⁵², of the SHA-256 of what is drawn for.
 * The k-th depends on the seed, the trial and k alone, so a search that goes on later draws what it would have drawn.
 */
function drawsOf(seed: number, trial: number): () => number {
  let count = 0;
  return () => {
    const digest = digestOf(canonicalBytes(["search", seed, trial, count++]));
    return Number.parseInt(digest.slice(0, DIGITS), 16) / NUMBERS;
  };
}
