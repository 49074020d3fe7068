/** What is known of a step's output before it runs. */
import type { Facts } from "../facts.ts";
import { DecantError, type Diagnostic, ParameterError } from "../error.ts";
import type { AnyOp } from "../op.ts";
import type { ExpandedRecipe, Step } from "../recipe/recipe.ts";
import { stepPath, stepProblem } from "../recipe/expand/step_path.ts";
import { MODEL } from "../recipe/words/language.ts";
import { ownCodeOf } from "./graph.ts";
import { stepFailure } from "./step_failure.ts";
import { isShaped, lacking } from "../recipe/expand/zoo_shapes.ts";

/** A step's names, bound. */
export interface Linked {
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
  /** Dotted path inside the parameters → name. */
  readonly references: Readonly<Record<string, string>>;
  readonly broken: boolean;
}

/** A step as far as compile has come. */
export interface Compiled extends Partial<Linked>, Partial<KnownFacts> {
  readonly step: Step;
  /** Absent where the recipe names an op that is not there. */
  readonly op?: AnyOp;
  readonly broken: boolean;
}

/** What is known, and what it waits for. */
interface KnownFacts {
  readonly facts: Facts | undefined;
  /** Whether something in the facts is open. */
  readonly open: boolean;
  readonly waits: string | undefined;
  readonly broken: boolean;
}

interface FactsContext {
  readonly compiled: ReadonlyMap<string, Compiled>;
  readonly known: Facts | undefined;
  /** The data that give a model of the zoo its shapes. */
  readonly shaping?: Compiled;
  /** Paths of selectors of the step that match nothing, already reported. */
  readonly lost: readonly string[];
  readonly problems: Diagnostic[];
}

/** The facts of a step from those of its inputs; what the op finds wrong is reported at its parameter. */
export function factsOf(
  recipe: ExpandedRecipe,
  { step, op, inputs, references, broken }: Pick<Compiled, "step"> & Linked & {
    readonly op: AnyOp;
  },
  { compiled, known, shaping, lost, problems }: FactsContext,
): KnownFacts {
  if (broken) return { facts: undefined, open: true, waits: undefined, broken };
  const shaped = isShaped(step.op) && lacking(op, step.params).length > 0;
  const waits = waitsFor(Object.values(inputs).flat(), compiled, shaped ? shaping : undefined);
  if (known !== undefined) return { facts: known, open: false, waits: undefined, broken };
  const above = (names: string | readonly string[]) =>
    typeof names === "string"
      ? compiled.get(names)?.facts
      : names.flatMap((name) => compiled.get(name)?.facts ?? []);
  const given = Object.fromEntries(
    [...Object.entries(inputs), ...Object.entries(references)]
      .map(([name, names]) => [name, above(names)]),
  );
  const shapeless = shaped ? noShapes(step, shaping) : undefined;
  if (shapeless !== undefined) {
    problems.push(stepProblem(recipe, step, "", shapeless));
    return { facts: undefined, open: true, waits: undefined, broken: true };
  }
  try {
    const facts = op.facts(given, step.params);
    return { facts, open: isOpen(facts), waits, broken };
  } catch (error) {
    if (!(error instanceof ParameterError)) {
      const anonymous = !(error instanceof DecantError) && ownCodeOf({ op, step }).length > 0;
      throw anonymous ? stepFailure({ op, step }, error) : error;
    }
    const { code, path, message, help } = error;
    if (!followsFrom(error, lost)) {
      const shape = writtenShape(recipe, error, inputs, compiled);
      const [at, field] = shape ?? [step, path];
      problems.push(
        stepProblem(recipe, at, field, {
          code: code === "diverged" ? "out-of-range" : code,
          message,
          help,
        }),
      );
    }
    return { facts: undefined, open: true, waits, broken: true };
  }
}

/**
 * The step and the field that say the shape which does not fit the data: that of a model of the zoo is wrong where it is
 * written, not where the model is used. Undefined where it is written nowhere.
 */
function writtenShape(
  recipe: ExpandedRecipe,
  { code, path }: ParameterError,
  inputs: Linked["inputs"],
  compiled: ReadonlyMap<string, Compiled>,
): readonly [Step, string] | undefined {
  if (code !== "shape-mismatch" || path !== "data") return undefined;
  const { model, data } = inputs;
  if (typeof model !== "string" || typeof data !== "string") return undefined;
  const step = compiled.get(model)?.step;
  const facts = compiled.get(data)?.facts;
  if (step?.op !== MODEL || facts?.kind !== "dataset") return undefined;
  const field = (["input", "outputs"] as const).find((field) =>
    facts[field] !== undefined && String(step.params[field]) !== String(facts[field]) &&
    recipe.place(stepPath(step, field)) !== undefined
  );
  return field && [step, field];
}

/** Whether an op found wrong what a selector that matches nothing left of its choice: one cause is reported once. */
function followsFrom({ code, path }: ParameterError, lost: readonly string[]): boolean {
  return lost.some((selector) =>
    code === "selector-empty" || path === selector || selector.startsWith(`${path}.`)
  );
}

/** Why no data will ever give a model the shapes that it lacks; undefined where they may. */
function noShapes({ name, op, params }: Step, shaping: Compiled | undefined) {
  if (shaping === undefined) {
    const [needs, fields] = op === MODEL
      ? ["`input` and `outputs`", "input: [28, 28, 1], outputs: 10"]
      : ["`outputs`", "outputs: 10"];
    return {
      code: "missing-parameter",
      message: `\`${name}\` needs ${needs}: there are no data to take them from`,
      help: `data: digits, or ${fields}`,
    } as const;
  }
  const { facts, open } = shaping;
  if (isUnlabelled(facts) && params.outputs === undefined) {
    return {
      code: "missing-parameter",
      message: `\`${name}\` needs \`outputs\`: nobody has labelled the data, which say no classes`,
      help: "outputs: 10, or the names of the classes in the data: classes: […]",
    } as const;
  }
  if (open || facts?.kind !== "dataset" || facts.text !== undefined) return undefined;
  return {
    code: "missing-parameter",
    message: `\`${name}\` needs \`vocabulary\`: it reads token numbers, and the data are no text`,
    help: "data: names",
  } as const;
}

/** The first input whose facts are open, or what that one waits for. */
function waitsFor(
  inputs: readonly string[],
  compiled: ReadonlyMap<string, Compiled>,
  shaping: Compiled | undefined,
): string | undefined {
  const above = [
    ...(shaping === undefined ? [] : [shaping]),
    ...inputs.flatMap((name) => compiled.get(name) ?? []),
  ];
  const open = above.find(({ open }) => open);
  return open && (open.waits ?? open.step.name);
}

/** Whether data have no labels that would say how many answers there are. */
function isUnlabelled(facts: Facts | undefined): boolean {
  return facts?.kind === "dataset" && facts.labels === "none" && facts.outputs === undefined;
}

function isOpen(facts: Facts): boolean {
  if (facts.kind === "dataset") {
    const { input, outputs, text } = facts;
    return input === undefined || outputs === undefined && !isUnlabelled(facts) ||
      text !== undefined && text.vocabulary === undefined;
  }
  return facts.kind === "model" && facts.layers === undefined;
}
