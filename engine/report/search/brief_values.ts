/** The values of a search's variables in as few words as tell them from one another. */
import type { Json } from "../../digest.ts";
import type { SearchPlan } from "../../recipe/recipe.ts";

type VariableValues = Readonly<Record<string, Json>>;

/**
 * Of a variable whose values are lists of steps, each as `prune 0.5, quantize tensor`: the ops, with the values of those
 * fields that differ among the steps of an op, less those that differ only where one before them does. Other values are
 * left as they are.
 */
export function briefValues(
  { variables }: Pick<SearchPlan, "variables">,
): (of: VariableValues) => VariableValues {
  const texts = new Map(variables.flatMap(({ name, values }) => {
    const lists = values.map(stepsOf).filter((each) => each !== undefined);
    return lists.length < values.length ? [] : [[name, textsOf(lists)] as const];
  }));
  return (of) =>
    Object.fromEntries(
      Object.entries(of).map(([name, value]) => {
        const steps = stepsOf(value);
        return [name, steps && texts.get(name)?.(steps) || value];
      }),
    );
}

type StepList = readonly (VariableValues & { readonly op: string })[];

function stepsOf(value: Json): StepList | undefined {
  const isStep = (each: Json): boolean =>
    typeof each === "object" && each !== null && "op" in each && typeof each.op === "string";
  return Array.isArray(value) && value.length > 0 && value.every(isStep)
    ? value as unknown as StepList
    : undefined;
}

function textsOf(lists: readonly StepList[]): (steps: StepList) => string {
  const told = new Map(
    [...Map.groupBy(lists.flat(), ({ op }) => op)].map(([op, steps]) => [op, telling(steps)]),
  );
  return (steps) =>
    steps.map((step) =>
      [step.op, ...told.get(step.op)!.flatMap((field) => step[field] ?? [])].join(" ")
    ).join(", ");
}

/** The plain fields that tell steps of one op from one another. */
function telling(steps: StepList): readonly string[] {
  const fields = [...new Set(steps.flatMap(Object.keys))].filter((field) =>
    steps.every((step) => typeof step[field] !== "object")
  );
  const kinds = (of: readonly string[]): number =>
    new Set(steps.map((step) => JSON.stringify(of.map((field) => step[field] ?? null)))).size;
  return fields.reduce<readonly string[]>(
    (told, field) => kinds([...told, field]) > kinds(told) ? [...told, field] : told,
    [],
  );
}
