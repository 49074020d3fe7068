/** `search`: the engine chooses the values of variables (language §1.12). Read and checked here. */
import type { Json } from "../digest.ts";
import { ListOf, OneOf, type TSchema, Type } from "../field.ts";
import { units } from "./claim_units.ts";
import { normalize } from "./normalize.ts";
import { parseClaim } from "./parse_claim.ts";
import type { At, Problems } from "./problems.ts";
import { checkVaried, domain } from "./sweep.ts";
import { type Entry, join, type MapTree, treeAt } from "./tree.ts";

const metric = (description: string) => Type.Optional(Type.String({ description, maxLength: 200 }));

/** The block as it is written. */
export const searchSchema: TSchema = Type.Object({
  over: Type.Record(Type.String(), domain, {
    description: "The variables and the values that they may take",
  }),
  minimize: metric("The metric that is to be small: result.bytes"),
  maximize: metric("The metric that is to be large: result.accuracy"),
  where: ListOf(Type.String({ description: "A claim, read on validation", maxLength: 1000 }), {
    description: "What a point must satisfy to count",
    default: [],
  }),
  budget: Type.Object({
    trials: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: "The points that are tried" }),
    ),
    time: Type.Optional(
      Type.String({ description: "The time after which nothing new is begun: 20 min" }),
    ),
  }, { description: "Where it ends: at least one of the two" }),
  strategy: OneOf(["random", "grid", "bisect", "tpe"], {
    description: "How the next point is chosen",
    default: "random",
  }),
}, { description: "Values of variables, of which the engine finds the best" });

/** Checks the search of a recipe, and says that nothing carries it out yet. */
export function checkSearch(
  root: MapTree,
  variables: ReadonlyMap<string, unknown>,
  problems: Problems,
): void {
  const entry = root.entries.get("search");
  if (entry === undefined) return;
  const errors = problems.errors;
  const whole = at("search", entry);
  const block = normalize(searchSchema, whole, problems) as Readonly<Record<string, Json>>;
  const over = treeAt(root, "search.over");
  if (problems.errors > errors || entry.value.type !== "map" || over?.type !== "map") return;
  const { entries } = entry.value;
  for (const [name, each] of over.entries) {
    checkVaried(name, each, "search.over", variables, problems);
  }
  checkAim(entries, whole, problems);
  checkWhere(root, block.where as readonly string[], problems);
  checkBudget(entries.get("budget")!, block.budget as Readonly<Record<string, Json>>, problems);
  if (root.entries.has("sweep")) {
    problems.atKey(
      "unknown-field",
      whole,
      "`search` stands beside `sweep`: a recipe runs all points or looks for the best",
      "leave one of them out",
    );
  }
  if (problems.errors > errors) return;
  problems.atKey(
    "not-yet",
    whole,
    "`search` is part of the language, but this version does not carry it out yet",
    "run the points that you have in mind: sweep: { over: … }",
  );
}

/** One metric is made small, or large. */
function checkAim(entries: MapTree["entries"], whole: At, problems: Problems): void {
  const aims = ["minimize", "maximize"].filter((name) => entries.has(name));
  const [name, other] = aims;
  if (name === undefined || other !== undefined) {
    const [message, help] = name === undefined
      ? ["`search` needs `minimize` or `maximize`", "minimize: result.bytes"]
      : ["`search` has `minimize` and `maximize`: one thing is made best", "move one to where:"];
    problems.atValue(name === undefined ? "missing-field" : "unknown-field", whole, message, help);
    return;
  }
  const aim = entries.get(name)!;
  const text = aim.value.type === "scalar" ? String(aim.value.value) : "";
  const read = parseClaim(`${text} <= ${text}`);
  if ("claim" in read && "metric" in read.claim.left.first) return;
  problems.atValue(
    "claim",
    at(join("search", name), aim),
    "problem" in read ? read.problem.message : `\`${text}\` is no metric of a model`,
    ("problem" in read ? read.problem.help : undefined) ?? "result.bytes",
  );
}

function checkWhere(root: MapTree, claims: readonly string[], problems: Problems): void {
  const list = treeAt(root, "search.where");
  for (const [index, text] of claims.entries()) {
    const read = parseClaim(text);
    if ("claim" in read) continue;
    const tree = list?.type === "list" ? list.items[index]! : list!;
    const path = list?.type === "list" ? join("search.where", index) : "search.where";
    const { code, message, help } = read.problem;
    problems.atValue(code, { tree, path }, message, help);
  }
}

function checkBudget(
  entry: Entry,
  { trials, time }: Readonly<Record<string, Json>>,
  problems: Problems,
): void {
  const spot = at("search.budget", entry);
  if (trials === undefined && time === undefined) {
    const help = "budget: { trials: 60, time: 20 min }";
    problems.atValue("missing-field", spot, "`budget` needs `trials`, `time` or both", help);
  }
  if (time === undefined || isTime(String(time))) return;
  problems.atValue(
    "out-of-range",
    spot,
    `\`search.budget.time\` is a time with its unit; this is ${JSON.stringify(time)}`,
    "time: 20 min",
  );
}

function isTime(text: string): boolean {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(text) ?? [];
  return Number(number) > 0 && unit !== undefined &&
    Object.hasOwn(units, unit) && units[unit]!.dimension === "time";
}

function at(path: string, { key, value }: Entry): At {
  return { tree: value, path, ...(key && { key }) };
}
