/** The claims of a sweep: at every point, and for repeats of a point about their mean. */
import type { Metrics } from "../../metrics.ts";
import type { Claim, ClaimTerm, ClaimValue, PlacedClaim } from "../../recipe/claims/claim.ts";
import type { ExpandedRecipe, Point } from "../../recipe/recipe.ts";
import { meanOver, repeats } from "./points.ts";

/** A claim, and where it finds what was measured. */
interface SweptClaim extends PlacedClaim {
  metricsOf(model: string): Metrics | undefined;
}

/** A point, and the points it is a repeat of. */
interface GroupedPoint {
  readonly point: Point;
  readonly group: readonly Point[];
}

/** The claims of a recipe, those about repeats folded into one. */
export function sweptClaims(
  { expect, sweep }: ExpandedRecipe,
  metricsOf: (step: string) => Metrics | undefined,
): SweptClaim[] {
  const placed = repeats(sweep?.points ?? []).flatMap((group) =>
    group.map((point): GroupedPoint => ({ point, group }))
  );
  const containing = pointsWith(placed);
  const seen = new Set<string>();
  return expect.flatMap((written): SweptClaim[] => {
    const models = modelsOf(written.claim);
    const found = containing(models);
    if (found === undefined || found.group.length === 1) return [{ ...written, metricsOf }];
    const { point, group } = found;
    const steps = models.map((model) => stepsOf(group, nameIn(point, model)!));
    const identity = `${written.path} ${written.claim.relation} ${JSON.stringify(steps)}`;
    if (seen.has(identity)) return [];
    seen.add(identity);
    return [{
      ...written,
      text: models.reduce(
        (text, model) => text.replaceAll(model, withoutSeed(model)),
        written.text,
      ),
      metricsOf: (model) => meanOver(group, nameIn(point, model)!, metricsOf),
    }];
  });
}

/**
 * A function that finds the first point that has all of some steps: in the points of the step that the fewest have, so
 * that the claims of many points are not each looked for in all of them.
 */
function pointsWith(
  placed: readonly GroupedPoint[],
): (steps: readonly string[]) => GroupedPoint | undefined {
  const having = new Map<string, GroupedPoint[]>();
  for (const each of placed) {
    const { names, result } = each.point;
    for (
      const step of new Set([...Object.values(names), ...result === undefined ? [] : [result]])
    ) {
      const others = having.get(step);
      if (others === undefined) having.set(step, [each]);
      else others.push(each);
    }
  }
  return (steps) => {
    // A claim about no model has its place in every point.
    const lists = steps.length === 0 ? [placed] : steps.map((step) => having.get(step) ?? []);
    const rarest = lists.reduce((least, list) => list.length < least.length ? list : least);
    return rarest.find(({ point }) => steps.every((step) => nameIn(point, step)));
  };
}

const ownNames = new WeakMap<Point, ReadonlyMap<string, string>>();

/** What a point's own recipe calls a step. */
function nameIn(point: Point, step: string): string | undefined {
  let own = ownNames.get(point);
  if (own === undefined) {
    // Of two names for one step the first is meant.
    own = new Map(Object.entries(point.names).reverse().map(([name, each]) => [each, name]));
    ownNames.set(point, own);
  }
  return own.get(step) ?? (step === point.result ? "result" : undefined);
}

function stepsOf(group: readonly Point[], name: string): (string | undefined)[] {
  return group.map((point) => name === "result" ? point.result : point.names[name]);
}

/** `student[width=4,seed=1]` as the repeats share it: `student[width=4]`. */
function withoutSeed(step: string): string {
  const [name, values] = step.split(/[[\]]/);
  const others = values?.split(",").filter((value) => !value.startsWith("seed=")) ?? [];
  return others.length === 0 ? name! : `${name}[${others.join(",")}]`;
}

function modelsOf({ left, right }: Claim): string[] {
  const terms = ({ first, second }: ClaimValue): ClaimTerm[] =>
    second === undefined ? [first] : [first, second];
  const models = [...terms(left), ...terms(right)].flatMap((term) =>
    "metric" in term ? [term.model] : []
  );
  return [...new Set(models)];
}
