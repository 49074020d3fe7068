/** Claims are about models that are there, have learned, and are measured in what is claimed. */
import { given } from "../given.ts";
import type { Json } from "../digest.ts";
import { excerpt } from "../quote.ts";
import type { Facts, Task } from "../facts.ts";
import { type Metric, metricsOf, usualMetrics } from "../metrics.ts";
import type { ClaimTerm, PlacedClaim } from "../recipe/claims/claim.ts";
import { claimedClass, classMeant } from "../recipe/claims/class_name.ts";
import type { Diagnostic } from "../error.ts";
import { diagnosticAt } from "../recipe/parse/problems.ts";
import { nearestNames } from "../recipe/words/nearest.ts";
import { EVALUATE, EXPORT } from "../recipe/words/language.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import type { Compiled } from "./facts_of.ts";

type MetricTerm = Extract<ClaimTerm, { metric: string }>;

/** Measured without being asked for where the task is theirs. */
const taskBound: ReadonlySet<string> = new Set(Object.values(usualMetrics).flat());

/** What is measured of one model. */
interface ModelMeasurements {
  readonly metrics: Map<string, Metric>;
  /** Of metrics with one number for each class: the classes; undefined where those of some data are not known yet. */
  readonly classes: Map<string, ReadonlySet<string> | undefined>;
  /** Parts of `bytes`: sizes and formats. */
  readonly sizes: Set<string>;
  /** Whether samples are measured on, or only the model itself. */
  data: boolean;
  /** The task of the samples, where a reference is there and its answers and the model's cannot be called alike. */
  alone?: Task;
  /** Of the samples, where the task alone decides what is measured. */
  task?: Task;
  /** Whether nobody has labelled samples that would have to be. */
  unlabelled?: true;
}

/** Reports claims that no run could check. */
export function checkClaims(
  recipe: ExpandedRecipe,
  compiled: ReadonlyMap<string, Compiled>,
  problems: Diagnostic[],
): void {
  const { expect, reads = [] } = recipe;
  if (expect.length + reads.length === 0) return;
  const measured = measurements(compiled);
  // What a broken step would have made or measured is not known.
  const anyBroken = [...compiled.values()].some(({ broken }) => broken);
  const seen = new Set<string>();
  for (const placed of [...expect, ...reads]) {
    const { left, right } = placed.claim;
    for (const term of [left.first, left.second, right.first, right.second]) {
      if (term === undefined || !("metric" in term)) continue;
      // What is wrong at all points of a sweep is wrong once, of the model as the recipe calls it.
      const own = recipe.sweep === undefined
        ? term
        : { ...term, model: term.model.replace(/\[.*$/, "") };
      const said = [own.model, own.metric, own.key].filter((part) => part).join(".");
      const mention = `${placed.path} ${said}`;
      if (seen.has(mention)) continue;
      const name = term.model === "result" ? recipe.result : term.model;
      const problem = name === undefined || !compiled.has(name)
        ? unknownModel(own, compiled)
        : anyBroken
        ? undefined
        : problemOf(own, compiled.get(name)!, measured.get(name));
      if (problem === undefined) continue;
      seen.add(mention);
      problems.push(at(recipe, placed, said, problem));
    }
  }
}

type ClaimDiagnostic = Pick<Diagnostic, "code" | "message" | "help">;

function unknownModel(
  { model }: MetricTerm,
  compiled: ReadonlyMap<string, Compiled>,
): ClaimDiagnostic {
  const models = [...compiled.values()]
    .filter(({ op }) => op?.output.name === "model")
    .map(({ step }) => step.name);
  const names = nearestNames(model, [...models, "result"], 6);
  return {
    code: "unknown-name",
    message: `there is no model \`${model}\``,
    ...given({ help: models.length > 0 ? `there is: ${names.join(", ")}` : undefined }),
  };
}

function problemOf(
  { model: said, metric, key }: MetricTerm,
  { op, facts }: Compiled,
  measured: ModelMeasurements | undefined,
): ClaimDiagnostic | undefined {
  const claim = (message: string, help?: string): ClaimDiagnostic => ({
    code: "claim",
    message,
    ...given({ help }),
  });
  if (op?.output.name !== "model") {
    return { code: "wrong-kind", message: `\`${said}\` is no model` };
  }
  if (facts?.kind === "model" && !facts.learned) {
    return claim(`\`${said}\` has not learned anything: there is nothing to claim about it`);
  }
  if (measured === undefined) {
    return claim(`\`${said}\` is not evaluated, so nothing is known of it`);
  }
  const { metrics, sizes } = measured;
  if (!metrics.has(metric)) {
    return claim(`\`${metric}\` of \`${said}\` is not measured`, helpFor(metric, measured));
  }
  if (metric === "bytes") {
    return key === undefined || sizes.has(key)
      ? undefined
      : claim(`\`bytes.${key}\` of \`${said}\` is not counted`, `one of: ${[...sizes].join(", ")}`);
  }
  const { perClass } = metrics.get(metric)!;
  if (perClass && key === undefined) {
    return claim(
      `\`${metric}\` is one number for each class: say which`,
      `${said}.${metric}.CLASS`,
    );
  }
  if (key === undefined) return undefined;
  if (!perClass) {
    return claim(`\`${metric}\` is one number: it has no \`${key}\``, `${said}.${metric}`);
  }
  const classes = measured.classes.get(metric);
  if (classes === undefined) return undefined;
  const names = [...classes];
  return names.some((name) => claimedClass(name) === key)
    ? undefined
    : claim(`the data have no class \`${excerpt(key)}\``, classMeant(key, names));
}

function helpFor(
  metric: string,
  { metrics, data, task, alone, unlabelled }: ModelMeasurements,
): string {
  if (metric === "latency") return "evaluate: { latency: { batch: 1, repeats: 30 } }";
  if (metric === "agreement" && alone !== undefined) {
    return `agreement counts equal choices, and in ${alone} nothing is chosen`;
  }
  if (metric === "agreement") return "agreement is with a reference: a teacher, or the role model";
  if (!data) return "it is measured on samples, and the recipe has no data";
  if (unlabelled) {
    return "nobody has labelled the data (labels: none): say agreement, with a reference";
  }
  if (task !== undefined && taskBound.has(metric)) {
    return `${task} is measured by ${usualMetrics[task].join(", ")}`;
  }
  const asked = [...metrics.values()].filter(({ name, tasks }) => tasks && name !== "agreement");
  const names = [...asked.map(({ name }) => name), metric];
  return `evaluate: { metrics: [${names.join(", ")}] }`;
}

function measurements(
  compiled: ReadonlyMap<string, Compiled>,
): ReadonlyMap<string, ModelMeasurements> {
  const all = new Map<string, ModelMeasurements>();
  const of = (model: string): ModelMeasurements => {
    const known = all.get(model) ??
      {
        metrics: new Map(),
        classes: new Map(),
        sizes: new Set(["raw", "encoded", "gzip"]),
        data: false,
      };
    all.set(model, known);
    return known;
  };
  for (const { step, op, inputs = {} } of compiled.values()) {
    const { model, data, reference } = inputs;
    if (typeof model !== "string") continue;
    const rows = metricsOf(op === undefined ? [] : [op]);
    for (const row of rows.values()) {
      if (row.tasks === undefined) of(model).metrics.set(row.name, row);
    }
    if (step.op === EXPORT) of(model).sizes.add(String(step.params.use));
    else if (step.op === EVALUATE) {
      const measured = of(model);
      const { format, metrics } = step.params as { format?: Json; metrics?: readonly Json[] };
      const use = typeof format === "object"
        ? (format as Readonly<Record<string, Json>>).use
        : format;
      if (typeof use === "string") measured.sizes.add(use);
      if (data === undefined) continue;
      measured.data = true;
      const facts = typeof data === "string" ? compiled.get(data)?.facts : undefined;
      const task = facts?.kind === "dataset" ? facts.task : undefined;
      const add = (name: string) => {
        const row = rows.get(name) ?? { name, tasks: [] };
        measured.metrics.set(name, row);
        if (row.perClass) measured.classes.set(name, allClasses(measured.classes, name, facts));
      };
      if (
        reference !== undefined &&
        (task === undefined || rows.get("agreement")?.tasks?.includes(task))
      ) {
        add("agreement");
      } else if (reference !== undefined) measured.alone = task!;
      if (metrics === undefined && task !== undefined) measured.task = task;
      const unlabelled = facts?.kind === "dataset" && facts.labels === "none" &&
        task !== "reconstruction";
      if (unlabelled) measured.unlabelled = true;
      const usual = unlabelled ? [] : task === undefined ? [...taskBound] : usualMetrics[task];
      for (const name of metrics ?? usual) {
        if (name !== "agreement") add(String(name));
      }
    }
  }
  return all;
}

/** The classes that a metric has a number for, with those of further data; undefined where one's are not known. */
function allClasses(
  before: ModelMeasurements["classes"],
  metric: string,
  facts: Facts | undefined,
): ReadonlySet<string> | undefined {
  // A regression has targets, which are named by the data's columns.
  if (facts?.kind !== "dataset" || facts.task === "regression") return undefined;
  const known = before.has(metric) ? before.get(metric) : new Set<string>();
  return facts.classes && known?.union(new Set(facts.classes));
}

/** Marks the metric inside the claim's line. */
function at(
  recipe: ExpandedRecipe,
  { text, path }: PlacedClaim,
  said: string,
  problem: ClaimDiagnostic,
): Diagnostic {
  const whole = recipe.place(path);
  const offset = text.indexOf(said);
  const exact = whole !== undefined && whole.length === text.length && offset >= 0;
  const place = exact ? { ...whole, column: whole.column + offset, length: said.length } : whole;
  return diagnosticAt(path, place, problem);
}
