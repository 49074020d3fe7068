/** Claims are about models that are there, have learned, and are measured in what is claimed. */
import type { Json } from "../digest.ts";
import type { ClaimTerm } from "../recipe/claim.ts";
import type { Diagnostic } from "../recipe/diagnostic.ts";
import { nearestNames } from "../recipe/nearest.ts";
import type { ExpandedRecipe, PlacedClaim } from "../recipe/recipe.ts";
import type { Compiled } from "./facts_of.ts";

type Metric = Extract<ClaimTerm, { metric: string }>;

/** Measured of every model, without being asked for. */
const always = new Set(["parameters", "nonzero", "macs", "bytes"]);
/** Measured where `evaluate.metrics` does not say: the task decides which of them. */
const usual = new Set(["accuracy", "loss", "mae", "nats", "output-error"]);

/** Reports claims that no run could check. */
export function checkClaims(
  recipe: ExpandedRecipe,
  compiled: ReadonlyMap<string, Compiled>,
  problems: Diagnostic[],
): void {
  if (recipe.expect.length === 0) return;
  const measured = measurements(compiled);
  for (const placed of recipe.expect) {
    const { left, right } = placed.claim;
    const terms = [left.first, left.second, right.first, right.second];
    const seen = new Set<string>();
    for (const term of terms) {
      if (term === undefined || !("metric" in term)) continue;
      const said = [term.model, term.metric, term.key].filter((part) => part).join(".");
      if (seen.has(said)) continue;
      seen.add(said);
      const problem = problemOf(recipe, term, compiled, measured);
      if (problem !== undefined) problems.push(at(recipe, placed, said, problem));
    }
  }
}

type Problem = Pick<Diagnostic, "code" | "message" | "help">;

function problemOf(
  recipe: ExpandedRecipe,
  { model: said, metric, key }: Metric,
  compiled: ReadonlyMap<string, Compiled>,
  measured: ReadonlyMap<string, ReadonlySet<string>>,
): Problem | undefined {
  const name = said === "result" ? recipe.result : said;
  const model = name === undefined ? undefined : compiled.get(name);
  if (model === undefined) {
    const models = [...compiled.values()]
      .filter(({ op }) => op?.output.name === "model")
      .map(({ step }) => step.name);
    const names = nearestNames(said, [...models, "result"], 6);
    return {
      code: "unknown-name",
      message: `there is no model \`${said}\``,
      ...(models.length > 0 && { help: `there is: ${names.join(", ")}` }),
    };
  }
  if (model.broken || [...compiled.values()].some(({ broken }) => broken)) return undefined;
  if (model.op?.output.name !== "model") {
    return { code: "wrong-kind", message: `\`${said}\` is no model` };
  }
  if (model.facts?.kind === "model" && !model.facts.learned) {
    return {
      code: "claim",
      message: `\`${said}\` has not learned anything: there is nothing to claim about it`,
    };
  }
  const metrics = measured.get(name!);
  if (metrics?.has(metric)) return undefined;
  if (metrics === undefined) {
    return { code: "claim", message: `\`${said}\` is not evaluated, so nothing is known of it` };
  }
  void key;
  return {
    code: "claim",
    message: `\`${metric}\` of \`${said}\` is not measured`,
    ...helpFor(metric, metrics),
  };
}

function helpFor(metric: string, metrics: ReadonlySet<string>): { readonly help: string } {
  if (metric === "latency") return { help: "evaluate: { latency: { batch: 1, repeats: 30 } }" };
  if (metric === "agreement") {
    return { help: "agreement is with a reference: a teacher, or the role model" };
  }
  const asked = [...metrics].filter((name) => !always.has(name) && name !== "agreement");
  return { help: `evaluate: { metrics: [${[...asked, metric].join(", ")}] }` };
}

/** What is measured of each model. */
function measurements(
  compiled: ReadonlyMap<string, Compiled>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const measured = new Map<string, Set<string>>();
  for (const { step, inputs = {} } of compiled.values()) {
    const model = inputs.model;
    if (typeof model !== "string") continue;
    const metrics = measured.get(model) ?? new Set();
    if (step.op === "measure") metrics.add("latency");
    else if (step.op === "evaluate") {
      const asked = step.params.metrics as readonly Json[] | undefined;
      for (const name of always) metrics.add(name);
      if (inputs.reference !== undefined) metrics.add("agreement");
      if (inputs.data !== undefined) {
        for (const name of asked ?? usual) metrics.add(String(name));
      }
    } else continue;
    measured.set(model, metrics);
  }
  return measured;
}

/** Marks the metric inside the claim's line. */
function at(
  recipe: ExpandedRecipe,
  { text, path }: PlacedClaim,
  said: string,
  problem: Problem,
): Diagnostic {
  const whole = recipe.place(path);
  const offset = text.indexOf(said);
  const exact = whole !== undefined && whole.length === text.length && offset >= 0;
  const place = exact ? { ...whole, column: whole.column + offset, length: said.length } : whole;
  return { severity: "error", path, ...problem, ...(place && { place }) };
}
