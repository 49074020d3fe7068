/** A search in a lock: as many trials as it made, whatever the clock said, what each made, and which has won. */
import { canonical, type Json } from "../digest.ts";
import type { LockDifference } from "./lock.ts";
import { RefusedError } from "./problem.ts";

/** A search in a lock. */
export interface LockedSearch {
  /** In the order in which they were made. */
  readonly trials: readonly LockedTrial[];
  /** The index of the winner. */
  readonly winner: number;
}

/** A trial in a lock. */
export interface LockedTrial {
  /** The values of the variables. */
  readonly values: Readonly<Record<string, Json>>;
  /** The digest of its result; empty where it came to nothing. */
  readonly result: string;
}

/** Whether what a lock says of a search can be read; one that says nothing can. */
export function isLockedSearch(search: LockedSearch | undefined): boolean {
  if (search === undefined) return true;
  const { trials, winner } = search ?? {};
  return Array.isArray(trials) && Number.isInteger(winner) && trials[winner] !== undefined &&
    trials.every((trial) =>
      typeof trial?.values === "object" && trial.values !== null && typeof trial.result === "string"
    );
}

/** Compares two searches trial by trial. */
export function compareSearches(
  locked: LockedSearch | undefined,
  made: LockedSearch | undefined,
): LockDifference[] {
  const [before, now] = [locked?.trials ?? [], made?.trials ?? []];
  const count = Math.max(before.length, now.length);
  return Array.from({ length: count }, (_, at): LockDifference[] => {
    const step = nameOf(at + 1);
    const [a, b] = [before[at], now[at]];
    if (a === undefined) return [{ step, what: "added" }];
    if (b === undefined) return [{ step, what: "missing" }];
    if (a.result !== b.result) {
      return [{ step, what: "artifact", locked: a.result, made: b.result }];
    }
    const [then, since] = [canonical(a.values), canonical(b.values)];
    return then === since ? [] : [{ step, what: "key", locked: then, made: since }];
  }).flat();
}

/** Throws a RefusedError where a trial, by its number from 1, is not what the lock says. */
export function assertLockedTrial(
  search: LockedSearch | undefined,
  number: number,
  made: LockedTrial,
): void {
  const locked = search?.trials[number - 1];
  const help = "decant lock RECIPE writes the lock anew; decant explain says what changed";
  const refuse = (what: string) => new RefusedError("locked", `${nameOf(number)} ${what}`, help);
  if (locked === undefined) throw refuse("is not in the lock");
  if (canonical(locked.values) !== canonical(made.values)) {
    throw refuse("is at another point than the lock says: the search or its seed has changed");
  }
  if (locked.result !== made.result) {
    throw refuse(`made ${made.result.slice(0, 12)}, the lock says ${locked.result.slice(0, 12)}`);
  }
}

const nameOf = (number: number): string => `trial ${number}`;
