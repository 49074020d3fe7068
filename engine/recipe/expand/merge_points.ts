/**
 * The steps of all points of a sweep as one list: equal steps once, the others named by the values that make the
 * difference, `pruned[ratio=0.3]`.
 */
import { given } from "../../given.ts";
import type { Json } from "../../digest.ts";
import type { AnyOp, OpSet } from "../../op.ts";
import type { ClaimTerm, ClaimValue, PlacedClaim } from "../claims/claim.ts";
import { claimText } from "../claims/claim_text.ts";
import type { Point, Step } from "../recipe.ts";
import { replaceAt, visit } from "../check/visit.ts";

/** One point, expanded alone. */
interface ExpandedPoint {
  readonly values: Readonly<Record<string, Json>>;
  readonly steps: readonly Step[];
  readonly result?: string;
  readonly reference?: string;
  readonly expect: readonly PlacedClaim[];
  readonly reads?: readonly PlacedClaim[];
}

/** All points in one. */
interface MergedPoints {
  readonly steps: readonly Step[];
  readonly expect: readonly PlacedClaim[];
  readonly reads: readonly PlacedClaim[];
  readonly points: readonly Point[];
}

interface Shared {
  readonly step: Step;
  /** Indices of the points it is in. */
  readonly points: number[];
}

/** Merges the points of a sweep. */
export function mergePoints(points: readonly ExpandedPoint[], ops: OpSet): MergedPoints {
  const shared = new Map<string, Shared>();
  const numbers = new Map<string, string>();
  /** What a step is: its own name and all it does, inputs by their identity. Numbered, so that chains stay short. */
  const identityOf = (step: Step, own: ReadonlyMap<string, string>): string => {
    const { name, op, inputs, params, broken = false } = renameStep(
      step,
      ops.get(step.op),
      (input) => own.get(input) ?? input,
    );
    const text = JSON.stringify([name, op, inputs, params, broken]);
    const number = numbers.get(text) ?? `#${numbers.size}`;
    numbers.set(text, number);
    return number;
  };
  const identities = points.map(({ steps }, index) => {
    const own = new Map<string, string>();
    for (const step of steps) {
      const identity = identityOf(step, own);
      const known = shared.get(identity);
      if (known === undefined) shared.set(identity, { step, points: [index] });
      else known.points.push(index);
      own.set(step.name, identity);
    }
    return own;
  });
  const names = namesOf(shared, points);
  const renamed = [...shared].map(([identity, { step, points: [first] }]) => {
    const own = identities[first!]!;
    const global = (name: string) => names.get(own.get(name) ?? "") ?? name;
    return renameStep({ ...step, name: names.get(identity)! }, ops.get(step.op), global);
  });
  const placed = points.map(({ values, steps, result, reference }, index): Point => {
    const global = (name: string) => names.get(identities[index]!.get(name)!)!;
    return {
      values,
      names: Object.fromEntries(steps.map(({ name }) => [name, global(name)])),
      ...given({
        result: result === undefined ? undefined : global(result),
        reference: reference === undefined ? undefined : global(reference),
      }),
    };
  });
  const claims = (of: (point: ExpandedPoint) => readonly PlacedClaim[]) => {
    const all = points.flatMap((point, index) =>
      of(point).map((claim) => renameClaim(claim, placed[index]!))
    );
    return [...new Map(all.map((claim) => [claim.text, claim])).values()];
  };
  return {
    steps: renamed,
    expect: claims(({ expect }) => expect),
    reads: claims(({ reads = [] }) => reads),
    points: placed,
  };
}

function renameStep(step: Step, op: AnyOp | undefined, rename: (name: string) => string): Step {
  const inputs = Object.entries(step.inputs).map(([input, from]) => [
    input,
    typeof from === "string" ? rename(from) : from.map(rename),
  ]);
  let params: Json = step.params;
  for (const { form, value, path } of op ? visit(op.params, step.params) : []) {
    if (form.form === "reference" && typeof value === "string") {
      params = replaceAt(params, path, rename(value));
    }
  }
  return { ...step, inputs: Object.fromEntries(inputs), params: params as Step["params"] };
}

/** A step that is the same in all points keeps its name; the others get the values that tell them apart. */
function namesOf(
  shared: ReadonlyMap<string, Shared>,
  points: readonly ExpandedPoint[],
): ReadonlyMap<string, string> {
  const namesakes = new Map<string, string[]>();
  for (const [identity, { step }] of shared) {
    const list = namesakes.get(step.name);
    if (list === undefined) namesakes.set(step.name, [identity]);
    else list.push(identity);
  }
  const names = new Map<string, string>();
  for (const [name, identities] of namesakes) {
    const groups = identities.map((identity) => shared.get(identity)!.points);
    const telling = tellingVariables(groups, points);
    for (const identity of identities) {
      const { values } = points[shared.get(identity)!.points[0]!]!;
      const said = telling.map((variable) => `${variable}=${textOf(values[variable]!)}`);
      names.set(identity, said.length === 0 ? name : `${name}[${said.join(",")}]`);
    }
  }
  return names;
}

/** The fewest variables, dropped from the first on, whose values still tell the groups of points apart. */
function tellingVariables(
  groups: readonly (readonly number[])[],
  points: readonly ExpandedPoint[],
): string[] {
  const all = [...new Set(points.flatMap(({ values }) => Object.keys(values)))];
  const apart = (variables: readonly string[]) => {
    const owner = new Map<string, number>();
    return groups.every((group, index) =>
      group.every((point) => {
        const key = JSON.stringify(variables.map((name) => points[point]!.values[name] ?? null));
        const known = owner.get(key);
        owner.set(key, index);
        return known === undefined || known === index;
      })
    );
  };
  return all.reduce<string[]>((kept, name) => {
    const without = kept.filter((each) => each !== name);
    return apart(without) ? without : kept;
  }, all);
}

/** A value inside a name, without the characters that mean something there. */
function textOf(value: Json): string {
  return (typeof value === "string" ? value : JSON.stringify(value)).replace(/[\s,\[\]]+/g, "_")
    .slice(0, 40);
}

function renameClaim(placed: PlacedClaim, { names, result }: Point): PlacedClaim {
  const term = (each: ClaimTerm): ClaimTerm => {
    if (!("metric" in each)) return each;
    const model = each.model === "result" ? result : names[each.model];
    return { ...each, model: model ?? each.model };
  };
  const side = ({ first, sign, second }: ClaimValue): ClaimValue => ({
    first: term(first),
    ...given({ sign, second: second && term(second) }),
  });
  const { left, right } = placed.claim;
  const claim = { ...placed.claim, left: side(left), right: side(right) };
  return { ...placed, text: claimText(claim), claim };
}
