/** `search`: the engine chooses the values of variables. Read here, with everything that is wrong. */
import { given } from "../../given.ts";
import type { ClaimTerm, PlacedClaim } from "../claims/claim.ts";
import type { Json } from "../../digest.ts";
import { units } from "../claims/claim_units.ts";
import { checkVaried, domainValues } from "../check/domain.ts";
import { normalize } from "../check/normalize.ts";
import { type At, entryAt, fieldAt, type Problems } from "../parse/problems.ts";
import type { MetricSet } from "../../metrics.ts";
import { type ClaimReading, readClaims, readMetrics } from "../claims/read_claims.ts";
import type { SearchPlan } from "../recipe.ts";
import {
  child,
  type Entry,
  isWhole,
  join,
  type MapTree,
  type Tree,
  valueOf,
} from "../parse/tree.ts";
import { MOST_POINTS, searchSchema } from "../words/points_schema.ts";
import { sizeOfSpace } from "./space.ts";
import type { StrategyName } from "./strategy.ts";

type SearchFields = Readonly<Record<string, Json>>;

/** A search as written: what it is, and the values of each variable as trees, to be put into the recipe. */
export interface WrittenSearch {
  readonly plan: Omit<SearchPlan, "seed">;
  readonly values: readonly (readonly Tree[])[];
}

/** The search of a recipe; undefined where it has none, or where that is wrong. */
export function readSearch(
  root: MapTree,
  variables: ReadonlyMap<string, unknown>,
  metrics: MetricSet,
  problems: Problems,
): WrittenSearch | undefined {
  const entry = root.entries.get("search");
  if (entry === undefined) return undefined;
  const errors = problems.errors;
  const whole = entryAt("search", entry);
  const block = normalize(searchSchema, whole, problems) as SearchFields;
  const over = child(entry.value, "over");
  if (problems.errors > errors || !isWhole(entry.value)) return undefined;
  if (entry.value.type !== "map" || over?.type !== "map") return undefined;
  const { entries } = entry.value;
  if (root.entries.has("sweep")) refuseBoth(whole, problems);
  for (const [name, each] of over.entries) {
    checkVaried(name, entryAt(join("search.over", name), each), variables, problems);
  }
  const axes = axesOf(
    over,
    entryAt("search.over", entries.get("over")!),
    block.over as SearchFields,
    problems,
  );
  const reading = { metrics, problems };
  const aim = readAim(reading, entries, whole);
  const where = readClaims(
    reading,
    fieldAt(entry.value, "search", "where"),
    block.where as readonly string[],
  );
  checkReproducible(root, [...aim === undefined ? [] : [aim.claim], ...where], problems);
  const budget = readBudget(entries.get("budget")!, block.budget as SearchFields, problems);
  const strategy = block.strategy as StrategyName;
  if (strategy === "bisect" && axes !== undefined) {
    checkBisection({ entries, whole, axes, claims: where.length }, problems);
  }
  const batch = readBatch(strategy, entries, block, problems);
  if (problems.errors > errors || axes === undefined || aim === undefined) return undefined;
  return {
    plan: {
      variables: axes.map(({ name, values }) => ({ name, values: values.map(valueOf) })),
      space: axes.map(({ values, even }) => ({ count: values.length, even })),
      strategy,
      aim: aim.claim,
      direction: aim.direction,
      where,
      budget,
      ...given({ batch }),
    },
    values: axes.map(({ values }) => values),
  };
}

function refuseBoth(whole: At, problems: Problems): void {
  problems.atKey(
    "unknown-field",
    whole,
    "`search` stands beside `sweep`: a recipe runs all points or looks for the best",
    "leave one of them out",
  );
}

/** One variable and its values. */
interface WrittenAxis {
  readonly name: string;
  readonly values: readonly Tree[];
  /** Written as a range, so that neighbours are alike. */
  readonly even: boolean;
  readonly at: At;
}

function axesOf(
  over: MapTree,
  whole: At,
  domains: SearchFields,
  problems: Problems,
): WrittenAxis[] | undefined {
  if (over.entries.size === 0) {
    const help = "over: { ratio: { min: 0.1, max: 0.9, step: 0.1 } }";
    problems.atValue("missing-field", whole, "`search.over` names no variable", help);
    return undefined;
  }
  const axes = [...over.entries].flatMap(([name, entry]): WrittenAxis[] => {
    const spot = entryAt(join("search.over", name), entry);
    const values = domainValues(spot, domains[name]!, problems);
    if (values === undefined) return [];
    if (values.length > MOST_POINTS) {
      const message = `a variable may have ${MOST_POINTS} values and no more`;
      problems.atValue("too-large", spot, message);
      return [];
    }
    const distinct = new Map(values.map((tree) => [JSON.stringify(valueOf(tree)), tree]));
    const even = entry.value.type !== "list";
    return [{ name, values: [...distinct.values()], even, at: spot }];
  });
  if (axes.length < over.entries.size) return undefined;
  const size = sizeOfSpace(axes.map(({ values, even }) => ({ count: values.length, even })));
  if (Number.isSafeInteger(size)) return axes;
  problems.atValue("too-large", whole, "these variables have more points than can be numbered");
  return undefined;
}

const directions = ["minimize", "maximize"] as const;

/** The one metric that is made small, or large. */
function readAim(
  reading: ClaimReading,
  entries: MapTree["entries"],
  whole: At,
): { readonly claim: PlacedClaim; readonly direction: typeof directions[number] } | undefined {
  const [direction, other] = directions.filter((name) => entries.has(name));
  if (direction === undefined || other !== undefined) {
    const [message, help] = direction === undefined
      ? ["`search` needs `minimize` or `maximize`", "minimize: result.bytes"]
      : ["`search` has `minimize` and `maximize`: one thing is made best", "move one to where:"];
    const code = direction === undefined ? "missing-field" : "unknown-field";
    reading.problems.atValue(code, whole, message, help);
    return undefined;
  }
  const at = fieldAt(whole.tree, "search", direction);
  const text = at?.tree.type === "scalar" ? String(at.tree.value) : "";
  const [claim] = readMetrics(reading, at, [text]);
  return claim && { claim, direction };
}

function readBudget(
  entry: Entry,
  { trials, time }: SearchFields,
  problems: Problems,
): SearchPlan["budget"] {
  const spot = entryAt("search.budget", entry);
  const seconds = time === undefined ? undefined : secondsOf(String(time));
  if (trials === undefined && time === undefined) {
    const help = "budget: { trials: 60, time: 20 min }";
    problems.atValue("missing-field", spot, "`budget` needs `trials`, `time` or both", help);
  } else if (time !== undefined && seconds === undefined) {
    const message = `\`search.budget.time\` is a time with its unit; this is ${
      JSON.stringify(time)
    }`;
    problems.atValue("out-of-range", spot, message, "time: 20 min");
  }
  return given({ trials: trials === undefined ? undefined : Number(trials), seconds });
}

function secondsOf(text: string): number | undefined {
  const [, number, name] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(text) ?? [];
  const unit = name !== undefined && Object.hasOwn(units, name) ? units[name] : undefined;
  return unit?.dimension === "time" && Number(number) > 0 ? Number(number) * unit.size : undefined;
}

/** Reports claims of a search that read a clock: what it decides by must come out alike tomorrow. */
function checkReproducible(
  root: Tree,
  claims: readonly PlacedClaim[],
  problems: Problems,
): void {
  for (const { claim: { left, right }, path } of claims) {
    const terms = [left.first, left.second, right.first, right.second];
    if (!terms.some((term) => term !== undefined && readsClock(term))) continue;
    problems.atPath(
      "claim",
      { root, path },
      "`latency` reads a clock: a search that decides by it would not come out alike again",
      "result.macs says what the model must compute; expect: may claim latency of the winner",
    );
  }
}

function readsClock(term: ClaimTerm): boolean {
  return "metric" in term && term.metric === "latency";
}

/** Reports a search that cannot be bisected: that halves the values of one variable, where claims begin to fail. */
function checkBisection(
  { entries, whole, axes, claims }: {
    readonly entries: MapTree["entries"];
    readonly whole: At;
    readonly axes: readonly WrittenAxis[];
    readonly claims: number;
  },
  problems: Problems,
): void {
  const [axis, another] = axes;
  const strategy = entryAt("search.strategy", entries.get("strategy")!);
  if (another !== undefined) {
    problems.atValue(
      "wrong-type",
      strategy,
      `\`bisect\` halves the values of one variable; there are ${axes.length}: ${
        axes.map(({ name }) => name).join(", ")
      }`,
      "strategy: tpe",
    );
  } else if (axis !== undefined && !isOrdered(axis.values)) {
    const message = `\`bisect\` needs numbers in order; \`${axis.name}\` has others`;
    problems.atValue("wrong-type", axis.at, message, "{ min: 0.1, max: 0.9, step: 0.05 }");
  }
  if (claims > 0) return;
  problems.atValue(
    "missing-field",
    whole,
    "`bisect` looks for the last value that satisfies a claim, and there is none",
    "where: result.accuracy >= teacher.accuracy - 1 point",
  );
}

/** The batch, where there is one; reports it where results lead no strategy that could choose without some of them. */
function readBatch(
  strategy: StrategyName,
  entries: MapTree["entries"],
  block: SearchFields,
  problems: Problems,
): number | undefined {
  const batch = Number(block.batch);
  if (batch === 1) return undefined;
  if (strategy === "tpe") return batch;
  const why = strategy === "bisect"
    ? "`bisect` needs the result of each trial before the next"
    : `\`${strategy}\` needs no results, so all its trials may run side by side`;
  problems.atKey(
    "unknown-field",
    entryAt("search.batch", entries.get("batch")!),
    `\`batch\` is for \`tpe\`: ${why}`,
    strategy === "bisect" ? "leave it out" : "leave it out; --jobs N runs N trials at once",
  );
  return undefined;
}

/** Whether values are numbers, each above the one before, or each below. */
function isOrdered(trees: readonly Tree[]): boolean {
  const values = trees.map(valueOf);
  const follow = (fits: (before: number, after: number) => boolean) =>
    values.every((value, at) =>
      typeof value === "number" && (at === 0 || fits(values[at - 1] as number, value))
    );
  return follow((before, after) => before < after) || follow((before, after) => before > after);
}
