/**
 * The lock: what a recipe's sources were and what its steps made, by digest. With it anybody can say whether a run
 * elsewhere, or later, gave the same bits.
 */
import { jsonText } from "../quote.ts";
import { DecantError } from "../error.ts";
import { pathOfUrl } from "../deps/node.ts";
import { canonical, type Json, type Key } from "../digest.ts";
import { given } from "../given.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { NUMERICS } from "../graph/key.ts";
import type { Outcome } from "../store/store.ts";
import type { Changes } from "./origin.ts";
import { type ReadingStep, type SourceRow, sourceRows } from "./source_rows.ts";
import { statementsIn } from "../graph/sources/statement.ts";
import { valuesText } from "../quantity.ts";

/** A step in a lock. */
export interface LockedStep {
  /** The step's name. */
  readonly name: string;
  /** The op, by name. */
  readonly op: string;
  /** The op's version. */
  readonly version: number;
  /** The name of the computation. */
  readonly key: string;
  /** What it made. */
  readonly artifact: { readonly digest: string; readonly kind: string; readonly bytes: number };
}

/** A lock; `recipe.lock.json`. What reads a clock is not in it. */
export interface Lock {
  /** The version of this document. */
  readonly format: 1;
  /** The recipe's name. */
  readonly recipe: string;
  /** What was set in it from outside, as with `--set`; absent where nothing was. */
  readonly settings?: Readonly<Record<string, Json>>;
  /** The numerics of the tensor room. */
  readonly numerics: number;
  /** Sources as written, each with the digest of its bytes, and what it says of itself where it says something. */
  readonly sources: readonly SourceRow[];
  /** Every step that can be repeated, in recipe order; of a search, those of its winner. */
  readonly steps: readonly LockedStep[];
  /** What a search tried. */
  readonly search?: LockedSearch;
}

/** A step that is done, and what it read. */
export interface LockableStep extends ReadingStep {
  readonly key: Key;
  readonly outcome: Outcome;
}

/** What a lock holds besides sources and steps. */
interface LockedBesides {
  readonly search?: LockedSearch | undefined;
  /** What was set in the recipe from outside. */
  readonly set?: Changes | undefined;
}

/** The lock of a recipe all of whose steps are done. Throws a RangeError where one is not. */
export function lockOf(
  graph: Graph,
  done: (name: string) => LockableStep | undefined,
  { search, set }: LockedBesides = {},
): Lock {
  const read: LockableStep[] = [];
  const steps = graph.nodes.filter(({ op }) => !op.volatile).map((node): LockedStep => {
    const { op, step } = node;
    const found = done(step.name);
    if (found === undefined) throw new RangeError(`Cannot lock: \`${step.name}\` is not recorded`);
    const { key, outcome } = found;
    const { digest, kind, bytes } = outcome.artifact;
    read.push(found);
    const artifact = { digest, kind, bytes };
    return { name: step.name, op: op.name, version: op.version, key, artifact };
  });
  return {
    format: 1,
    recipe: graph.recipe.about.name,
    ...settingsIn(set),
    numerics: NUMERICS,
    sources: sourceRows(read),
    steps,
    ...given({ search }),
  };
}

/** What was set, as documents hold it: no field where nothing was. */
export function settingsIn(set: Changes = {}): Pick<Lock, "settings"> {
  const settings = set as Lock["settings"] & object;
  return given({ settings: Object.keys(set).length === 0 ? undefined : settings });
}

/** A lock as text. */
export function lockText(lock: Lock): string {
  return jsonText(lock);
}

/** A lock from its text. Throws a `locked` error where it is none. */
export function parseLock(text: string, path: string): Lock {
  const wrong = (why: string) =>
    new DecantError("locked", `\`${path}\` is no lock: ${why}`, "decant lock RECIPE writes one");
  let lock: Partial<Lock> | null;
  try {
    lock = JSON.parse(text) as Partial<Lock> | null;
  } catch {
    throw wrong("it is not JSON");
  }
  if (typeof lock !== "object" || lock === null || lock.format !== 1) throw wrong("another format");
  const sound = Array.isArray(lock.steps) && Array.isArray(lock.sources) &&
    lock.steps.every((step) =>
      typeof step?.name === "string" && typeof step.key === "string" &&
      typeof step.artifact?.digest === "string"
    );
  if (!sound) throw wrong("steps are missing");
  const { settings } = lock;
  const map = typeof settings === "object" && settings !== null && !Array.isArray(settings);
  if (settings !== undefined && !map) throw wrong("its settings are no map");
  if (!isLockedSearch(lock.search)) throw wrong("trials are missing");
  return { ...lock as Lock, sources: (lock as Lock).sources.map(withSound) };
}

/** A source of a lock, what it is to say of itself bounded as when it was written. */
function withSound(row: SourceRow): SourceRow {
  if (row?.stated === undefined) return row;
  const { stated, ...plain } = row;
  const sound = statementsIn(stated);
  return sound.length === 0 ? plain : { ...plain, stated: sound };
}

/** Where the lock of a recipe stands: beside it, `digits.lock.json` for `digits.yaml`. */
export function lockPath(source: string): string {
  const path = source.startsWith("file:") ? pathOfUrl(source) : source;
  return `${path.replace(/\.[^./]+$/, "")}.lock.json`;
}

const stepsByName = new WeakMap<object, ReadonlyMap<string, LockedStep>>();

/** The steps of a lock by name, of two namesakes the first. */
function lockedSteps({ steps }: Pick<Lock, "steps">): ReadonlyMap<string, LockedStep> {
  const known = stepsByName.get(steps);
  if (known !== undefined) return known;
  const found = new Map(steps.toReversed().map((step) => [step.name, step]));
  stepsByName.set(steps, found);
  return found;
}

/** Throws a `locked` error where a step is not what the lock says, or did not make what it says. */
export function assertLocked(
  lock: Pick<Lock, "steps" | "numerics" | "settings">,
  { op, step: { name } }: Node,
  { key }: { readonly key: Key },
  outcome?: Outcome,
): void {
  if (op.volatile) return;
  const { numerics, settings } = lock;
  const made = settings === undefined ? "" : `it was made with ${valuesText(settings)}; `;
  const help = `${made}decant lock RECIPE writes the lock anew; decant explain says what changed`;
  const refuse = (what: string) => new DecantError("locked", `\`${name}\` ${what}`, help);
  const locked = lockedSteps(lock).get(name);
  if (locked === undefined) throw refuse("is not in the lock");
  if (locked.key !== key) {
    const why = numerics === NUMERICS
      ? "its op, a parameter, an input or a source has changed"
      : `the lock is of numerics ${numerics}, these are ${NUMERICS}`;
    throw refuse(`is another step than the lock says: ${why}`);
  }
  if (outcome !== undefined && outcome.artifact.digest !== locked.artifact.digest) {
    throw refuse(
      `made ${outcome.artifact.digest.slice(0, 12)}, the lock says ` +
        locked.artifact.digest.slice(0, 12),
    );
  }
}

/** One difference between a lock and what was made: which step, and how. */
export interface LockDifference {
  readonly step: string;
  readonly what: "missing" | "added" | "key" | "artifact";
  readonly locked?: string;
  readonly made?: string;
}

/** Compares two locks step by step. */
export function compareLocks(locked: Lock, made: Lock): LockDifference[] {
  const before = new Map(locked.steps.map((step) => [step.name, step]));
  const now = new Map(made.steps.map((step) => [step.name, step]));
  const names = [...new Set([...before.keys(), ...now.keys()])];
  return [
    ...compareSearches(locked.search, made.search),
    ...names.flatMap((step): LockDifference[] => {
      const a = before.get(step);
      const b = now.get(step);
      if (a === undefined) return [{ step, what: "added" }];
      if (b === undefined) return [{ step, what: "missing" }];
      if (a.artifact.digest !== b.artifact.digest) {
        return [{ step, what: "artifact", locked: a.artifact.digest, made: b.artifact.digest }];
      }
      return a.key === b.key ? [] : [{ step, what: "key", locked: a.key, made: b.key }];
    }),
  ];
}

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
function isLockedSearch(search: LockedSearch | undefined): boolean {
  if (search === undefined) return true;
  const { trials, winner } = search ?? {};
  return Array.isArray(trials) && Number.isInteger(winner) && trials[winner] !== undefined &&
    trials.every((trial) =>
      typeof trial?.values === "object" && trial.values !== null && typeof trial.result === "string"
    );
}

/** Compares two searches trial by trial. */
function compareSearches(
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

/** Throws a `locked` error where a trial, by its number from 1, is not what the lock says. */
export function assertLockedTrial(
  search: LockedSearch | undefined,
  number: number,
  made: LockedTrial,
): void {
  const locked = search?.trials[number - 1];
  const help = "decant lock RECIPE writes the lock anew; decant explain says what changed";
  const refuse = (what: string) => new DecantError("locked", `${nameOf(number)} ${what}`, help);
  if (locked === undefined) throw refuse("is not in the lock");
  if (canonical(locked.values) !== canonical(made.values)) {
    throw refuse("is at another point than the lock says: the search or its seed has changed");
  }
  if (locked.result !== made.result) {
    throw refuse(`made ${made.result.slice(0, 12)}, the lock says ${locked.result.slice(0, 12)}`);
  }
}

const nameOf = (number: number): string => `trial ${number}`;
