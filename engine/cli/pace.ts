/** How fast a running step is, and how long it will take: a fold over what it tells of its progress. */
import { countText, durationText } from "../quantity.ts";

/** How far a step was, and when. */
interface ProgressPoint {
  /** Milliseconds of a clock that only goes forward. */
  readonly at: number;
  /** 0…1. */
  readonly fraction: number;
}

/** What is known of a step on its way. */
export interface Pace {
  readonly began: number;
  /** What was told of it, in order; the first is where it began, or where a continued one was first seen. */
  readonly seen: readonly ProgressPoint[];
  /** Seconds that the record nearest to it took, where there is one of this machine. */
  readonly expected?: number;
  /** Samples that it takes from beginning to end, each as often as it does. */
  readonly samples?: number;
}

/** So many places are kept; then every other one is dropped. */
const KEPT = 64;

/** Nothing is said of a pace that was watched for less: milliseconds, and a share of the whole. */
const WATCHED = { ms: 1000, fraction: 0.02 } as const;

/** From this share on what is watched counts alone; before, the record counts for the rest. */
const CERTAIN = 0.25;

/** A step that begins. */
export const paceFrom = (began: number): Pace => ({ began, seen: [] });

/** The pace after a step told how far it is. One that goes back has begun with something else. */
export function paceAt(pace: Pace, { at, fraction }: ProgressPoint, samples?: number): Pace {
  const { seen } = pace;
  const last = seen.at(-1);
  const known = samples === undefined ? pace : { ...pace, samples };
  if (last !== undefined && fraction < last.fraction) return { ...known, seen: [{ at, fraction }] };
  const all = [...seen, { at, fraction }];
  const kept = all.length <= KEPT ? all : all.filter((_, i) => i % 2 === 0 || i === all.length - 1);
  return { ...known, seen: kept };
}

/**
 * Seconds that are left. What was watched of the latter half of the time so far is carried on, so that the beginning,
 * in which things are loaded and compiled, counts no longer than it must. In the first quarter of a step the seconds of
 * the nearest record count beside it, the more the less there is to see. Undefined where neither says anything.
 */
export function secondsLeft(
  { began, seen, expected, ...pace }: Pace,
  now: number,
): number | undefined {
  const last = seen.at(-1) ?? { at: began, fraction: 0 };
  const done = Math.min(1, Math.max(0, last.fraction));
  const speed = speedOf({ began, seen, ...pace });
  const since = (now - last.at) / 1000;
  const watched = speed === undefined ? undefined : (1 - done) / speed - since;
  const recorded = expected === undefined ? undefined : (1 - done) * expected - since;
  if (watched === undefined || recorded === undefined) return positive(watched ?? recorded);
  const share = Math.min(1, done / CERTAIN);
  return positive(share * watched + (1 - share) * recorded);
}

/** Samples a second, in the latter half of the time so far; undefined where that is not known. */
export function samplesPerSecond(pace: Pace): number | undefined {
  const speed = speedOf(pace);
  return speed === undefined || pace.samples === undefined ? undefined : speed * pace.samples;
}

/** The share of the whole that is done in a second; undefined where too little was seen. */
function speedOf({ seen }: Pace): number | undefined {
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (last.at - first.at < WATCHED.ms || last.fraction < WATCHED.fraction) return undefined;
  const middle = (first.at + last.at) / 2;
  const from = seen.findLast(({ at }) => at <= middle)!;
  const share = last.fraction - from.fraction;
  return share > 0 ? share / ((last.at - from.at) / 1000) : undefined;
}

const positive = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.max(0, seconds);

/** What is left, and how fast it is, as far as either is known. */
export function paceTexts(pace: Pace, now: number): string[] {
  const [seconds, speed] = [secondsLeft(pace, now), samplesPerSecond(pace)];
  return [
    ...seconds === undefined ? [] : [`${durationText(seconds)} left`],
    ...speed === undefined ? [] : [`${countText(speed)} samples/s`],
  ];
}
