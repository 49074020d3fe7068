/**
 * The language's front door: YAML text, or the same object in TypeScript, becomes an expanded recipe. Reading never
 * throws; what is wrong is in `diagnostics`, all of it at once.
 */
import { given } from "../given.ts";
import type { Json } from "../digest.ts";
import { type MetricSet, metricsOf } from "../metrics.ts";
import type { OpSet } from "../op.ts";
import { checkForms, checkHead } from "./check/check_forms.ts";
import type { Fields } from "./expand/draft.ts";
import { expand } from "./expand/expand.ts";
import { treeFromValue } from "./parse/from_value.ts";
import { grammarOf } from "./words/grammar.ts";
import { taughtStage } from "./words/language.ts";
import { completeAssistants } from "./resolve/merge_trees.ts";
import { normalize } from "./check/normalize.ts";
import { parseYaml } from "./parse/parse_yaml.ts";
import { byPlace, fieldAt, problemList, type Problems } from "./parse/problems.ts";
import { readClaims } from "./claims/read_claims.ts";
import { type Resolved, resolveTree, treeAround, treeAtPoint } from "./resolve/resolve_tree.ts";
import { mergePoints } from "./expand/merge_points.ts";
import { probePoints, type SpacePoint, valuesAt } from "./search/space.ts";
import { readSearch, type WrittenSearch } from "./search/read_search.ts";
import { nextPoint } from "./search/strategy.ts";
import { trialForm } from "./search/trial_form.ts";
import { readSweep, type Sweep, type SweepPoint } from "./expand/sweep.ts";
import type { Settings } from "./resolve/settings.ts";
import type { ParentDocument } from "./resolve/parents.ts";
import type { About, ExpandedRecipe } from "./recipe.ts";
import { baseOf } from "./parse/sources.ts";
import { MAX_SWEPT } from "./parse/limits.ts";
import { placeOfPath, sizeOf, type Tree } from "./parse/tree.ts";

/** What stands around a document. */
export interface ReadingOptions {
  /** Variables and fields set from outside: `{ "prune.ratio": 0.7 }`. A text is read as YAML. */
  readonly set?: Settings;
  /** The recipes it extends, the nearest first; see `gatherParents`. */
  readonly parents?: readonly ParentDocument[];
}

/** Reads a YAML document; `source` is its path or URL, as messages show it and its sources resolve against it. */
export function parseRecipe(
  text: string,
  source: string,
  ops: OpSet,
  { set = {}, parents = [] }: ReadingOptions = {},
): ExpandedRecipe {
  const problems = problemList();
  const base = baseOf(source);
  const root = parseYaml({ source, text, base }, problems.add);
  const behind = parents.map((parent) => parentTree(parent, base, problems));
  const metrics = metricsOf(ops.values());
  return recipeFromTrees([root, ...behind], { base, ops, metrics, problems, set, fromText: true });
}

/**
 * Reads a recipe written as an object; `base` is the directory or URL that its sources resolve against. It may extend
 * another object.
 */
export function recipeFromValue(
  value: unknown,
  base: string,
  ops: OpSet,
  { set = {}, parents = [] }: ReadingOptions = {},
): ExpandedRecipe {
  const problems = problemList();
  const metrics = metricsOf(ops.values());
  const root = treeFromValue(value, { source: "", base }, problems.add);
  const behind = parents.map((parent) => parentTree(parent, base, problems));
  return recipeFromTrees([root, ...behind], { base, ops, metrics, problems, set, fromText: false });
}

/** The tree of a document that a recipe at `recipeBase` extends. */
function parentTree(
  document: ParentDocument,
  recipeBase: string,
  problems: Problems,
): Tree | undefined {
  return parseYaml({ ...document, base: baseOf(document.source), recipeBase }, problems.add);
}

interface ReadingContext {
  readonly base: string;
  readonly ops: OpSet;
  readonly metrics: MetricSet;
  readonly problems: Problems;
  readonly set: Settings;
  readonly fromText: boolean;
}

function recipeFromTrees(
  [written, ...parents]: readonly (Tree | undefined)[],
  { fromText, set, ...reading }: ReadingContext,
): ExpandedRecipe {
  const { ops, metrics, problems } = reading;
  if (
    written === undefined || parents.includes(undefined) || !fromText && written.broken ||
    !checkHead(written, problems, fromText)
  ) return nothing(reading, written);
  const grammar = grammarOf(ops);
  const resolved = resolveTree(written, parents as readonly Tree[], { set, grammar, problems });
  if (resolved === undefined) return nothing(reading, written);
  const around = treeAround(resolved, problems);
  const search = readSearch(around, resolved.variables, metrics, problems);
  const sweep = readSweep(around, resolved.variables, metrics, problems);
  if (search !== undefined) return searchedRecipe(resolved, search, reading);
  if (sweep !== undefined) return sweptRecipe(resolved, sweep, reading);
  return recipeAt(resolved, noPoint, reading);
}

type PointReading = Omit<ReadingContext, "set" | "fromText">;

const noPoint: SweepPoint = { trees: new Map(), values: {} };

/** A recipe at one point of its own. */
function recipeAt(resolved: Resolved, point: SweepPoint, reading: PointReading): ExpandedRecipe {
  const { root, values: _, ...read } = readPoint(resolved, point, reading);
  return {
    ...read,
    base: reading.base,
    diagnostics: byPlace(reading.problems.list),
    // What says at which points it is run is no part of it.
    place: (path) => placeOfPath(/^(search|sweep)\b/.test(path) ? resolved.root : root, path),
  };
}

/** A recipe that is searched: as its first point has it, with what leads to all others. */
function searchedRecipe(
  resolved: Resolved,
  { plan, values }: WrittenSearch,
  { problems, ...reading }: PointReading,
): ExpandedRecipe {
  const { seed } = recipeAt(resolved, noPoint, { ...reading, problems });
  const recipe = (point: SpacePoint) => recipeAt(resolved, pointOf(point), freshly(reading));
  const pointOf = (point: SpacePoint): SweepPoint => ({
    trees: new Map(plan.variables.map(({ name }, axis) => [name, values[axis]![point[axis]!]!])),
    values: valuesAt(plan, point),
  });
  const trial = (point: SpacePoint) => trialForm(recipe(point), plan, reading.ops);
  const first = recipe(nextPoint({ ...plan, seed }, [])!);
  const probes = probePoints(plan.space, MAX_SWEPT / sizeOf(resolved.root)).map(trial);
  return {
    ...first,
    search: { ...plan, seed, recipe, trial, probes },
    diagnostics: byPlace([
      ...problems.list,
      ...first.diagnostics,
      ...probes.flatMap(({ diagnostics }) => diagnostics),
    ]),
  };
}

const freshly = (reading: Omit<PointReading, "problems">): PointReading => ({
  ...reading,
  problems: problemList(),
});

/** All points of a sweep in one recipe. */
function sweptRecipe(resolved: Resolved, sweep: Sweep, reading: PointReading): ExpandedRecipe {
  const { base, ops, metrics, problems } = reading;
  if (sweep.points.length * sizeOf(resolved.root) > MAX_SWEPT) {
    problems.atPath(
      "too-large",
      { root: resolved.root, path: "sweep" },
      `${sweep.points.length} points of a recipe of this length are too many to read`,
      "fewer points, or a shorter recipe",
    );
    return nothing(reading, resolved.root);
  }
  const points = sweep.points.map((point) => {
    const own = problemList();
    const read = readPoint(resolved, point, { ...reading, problems: own });
    return { ...read, reads: sweep.pareto, problems: own.list };
  });
  const [{ about, seed, measured }] = points as [typeof points[number]];
  const { points: placed, ...merged } = mergePoints(points, ops);
  const references = new Set(placed.map(({ reference }) => reference));
  const [reference] = references;
  return {
    about,
    seed,
    metrics,
    ...merged,
    ...given({ reference: references.size === 1 ? reference : undefined, measured }),
    sweep: { points: placed, pareto: sweep.pareto.map(({ text }) => text) },
    base,
    diagnostics: byPlace([...problems.list, ...points.flatMap(({ problems }) => problems)]),
    place: (path) => placeOfPath(resolved.root, path),
  };
}

/** A recipe at one point: what it says of itself, its steps, its claims. */
function readPoint(
  resolved: Resolved,
  { trees, values }: SweepPoint,
  { ops, metrics, problems }: PointReading,
) {
  const taught = taughtStage(ops)?.name;
  const root = completeAssistants(treeAtPoint(resolved, trees, problems), taught);
  const fields = normalize(grammarOf(ops), { tree: root, path: "" }, problems) as Fields;
  checkForms(root, ops, problems);
  const seed = Number(fields.seed ?? 0);
  const expanded = expand({ root, fields, ops, seed, problems });
  return {
    root,
    values,
    about: aboutOf(fields),
    seed,
    metrics,
    ...expanded,
    expect: readClaims(
      { metrics, problems },
      fieldAt(root, "", "expect"),
      (fields.expect ?? []) as (string | null)[],
    ),
  };
}

function aboutOf(fields: Fields): About {
  const { name, description, authors = [], license, references = [] } = fields as Readonly<
    Record<string, Json>
  >;
  const text = (value: Json | undefined) => typeof value === "string" ? value : undefined;
  const texts = (list: Json | undefined) =>
    (list as readonly Json[]).filter((each) => typeof each === "string");
  return {
    name: text(name) ?? "recipe",
    ...given({ description: text(description) }),
    authors: texts(authors),
    ...given({ license: text(license) }),
    references: texts(references),
  };
}

function nothing(
  { base, metrics, problems }: PointReading,
  root: Tree | undefined,
): ExpandedRecipe {
  return {
    about: { name: "recipe", authors: [], references: [] },
    seed: 0,
    steps: [],
    metrics,
    expect: [],
    base,
    diagnostics: byPlace(problems.list),
    place: (path) => root && placeOfPath(root, path),
  };
}
