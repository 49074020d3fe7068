/** Names in a step → steps above it: inputs, and references among the parameters. */
import type { AnyOp, Input } from "../op.ts";
import type { Diagnostic } from "../error.ts";
import { given } from "../given.ts";
import { nearestNames } from "../recipe/words/nearest.ts";
import type { ExpandedRecipe, Step } from "../recipe/recipe.ts";
import { stepProblem } from "../recipe/expand/step_path.ts";
import { visit } from "../recipe/check/visit.ts";
import type { Compiled, Linked } from "./facts_of.ts";

interface LinkContext {
  /** Steps above. */
  readonly compiled: ReadonlyMap<string, Compiled>;
  /** All steps by name. */
  readonly below: ReadonlyMap<string, Step>;
  readonly problems: Diagnostic[];
}

/** A name that a step writes for another. */
interface Mention {
  /** Where in the step. */
  readonly field: string;
  readonly name: string;
  /** Of what that other has to be. */
  readonly kind: string;
}

/** Binds a step's inputs and references; every name that cannot be bound is reported. */
export function link(
  recipe: ExpandedRecipe,
  step: Step,
  op: AnyOp,
  surroundings: LinkContext,
): Linked {
  const inputs: Record<string, string | readonly string[]> = {};
  const references: Record<string, string> = {};
  if (step.broken) return { inputs, references, broken: true };
  let broken = false;
  const use = (mention: Mention): boolean => {
    const problem = problemOf(recipe, step, mention, surroundings);
    const above = surroundings.compiled.get(mention.name);
    if (problem !== undefined) {
      surroundings.problems.push(stepProblem(recipe, step, mention.field, problem));
    }
    // What follows from a mistake above is not reported again.
    if (problem !== undefined || above?.broken) broken = true;
    return problem === undefined;
  };
  for (const [name, input] of Object.entries(op.inputs as Readonly<Record<string, Input>>)) {
    const named = step.inputs[name];
    const needed = !input.optional &&
      (input.parts === undefined || input.parts(step.params).length > 0);
    if (named === undefined) {
      if (!needed) continue;
      broken = true;
      surroundings.problems.push(stepProblem(recipe, step, "", {
        code: "missing-input",
        message: `\`${step.name}\` needs ${
          article(input.kind.name)
        } as \`${name}\`, and there is none`,
        help: input.kind.name === "dataset"
          ? "data: digits"
          : `${name}: ${
            namesOf(input.kind.name, surroundings).slice(-3).join(", or ") ||
            "a step or role above it"
          }`,
      }));
    } else if (typeof named === "string") {
      if (use({ field: name, name: named, kind: input.kind.name })) inputs[name] = named;
    } else {
      inputs[name] = named.filter((each, index) =>
        use({ field: `${name}.${index}`, name: each, kind: input.kind.name })
      );
    }
  }
  for (const { form, value, path } of visit(op.params, step.params)) {
    if (form.form !== "reference" || typeof value !== "string") continue;
    if (use({ field: path, name: value, kind: form.kind })) references[path] = value;
  }
  return { inputs, references, broken };
}

function problemOf(
  recipe: ExpandedRecipe,
  step: Step,
  { name, kind }: Mention,
  { compiled, below }: LinkContext,
): Pick<Diagnostic, "code" | "message" | "help"> | undefined {
  const above = compiled.get(name);
  if (above !== undefined) {
    const made = above.op?.output.name;
    if (made === undefined || made === kind) return undefined;
    return {
      code: "wrong-kind",
      message: `\`${name}\` is ${article(made)}, and ${article(kind)} is needed here`,
    };
  }
  const later = below.get(name);
  if (later !== undefined) {
    const [there, here] = [recipe.place(later.path), recipe.place(step.path)];
    const where = there === undefined ? later.path : `line ${there.line}`;
    const own = later === step;
    const help = here === undefined
      ? `move ${later.path} above ${step.path}`
      : `move the step at ${where} above line ${here.line}`;
    return {
      code: "unknown-name",
      message: own
        ? `\`${name}\` is the name of this step itself; a step uses what is above it`
        : `\`${name}\` is made below (${where}); a step uses what is above it`,
      ...given({ help: own ? undefined : help }),
    };
  }
  const shown = nearestNames(name, namesOf(kind, { compiled }), 5);
  return {
    code: "unknown-name",
    message: `there is no ${kind} \`${name}\` above this step`,
    help: shown.length === 0 ? `no ${kind} is made above it` : `there is: ${shown.join(", ")}`,
  };
}

/** The steps above that make a kind of thing. */
function namesOf(kind: string, { compiled }: Pick<LinkContext, "compiled">): readonly string[] {
  return [...compiled.values()]
    .filter(({ op }) => op?.output.name === kind)
    .map(({ step }) => step.name);
}

const words: Readonly<Record<string, string>> = {
  dataset: "a data set",
  outputs: "recorded outputs",
};

function article(kind: string): string {
  return words[kind] ?? `a ${kind}`;
}
