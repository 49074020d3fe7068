/** Models that nothing has taught anything, and things that nobody uses. */
import type { Diagnostic } from "../error.ts";
import type { Input } from "../op.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import { stepProblem } from "../recipe/expand/step_path.ts";
import { changedBy } from "./check_order.ts";
import type { Compiled } from "./facts_of.ts";

/** Reports models with random weights that are used as if they knew something: each once, where it is made. */
export function checkLearned(
  recipe: ExpandedRecipe,
  compiled: ReadonlyMap<string, Compiled>,
  problems: Diagnostic[],
): void {
  const reported = new Set<Compiled>();
  for (const { op, inputs = {}, references = {} } of compiled.values()) {
    const declared = Object.entries<Input>(op?.inputs ?? {});
    const taught = declared.flatMap(([name, { learned }]) => learned ? inputs[name] ?? [] : []);
    const referenced = Object.entries(references)
      .filter(([path]) => path.split(".").at(-1) === "teacher")
      .map(([, name]) => name);
    for (const name of [...taught, ...referenced]) {
      const model = compiled.get(name);
      if (model?.facts?.kind !== "model" || model.facts.learned) continue;
      const origin = originOf(model, compiled);
      if (reported.has(origin) || isBlamed(recipe, origin.step.path)) continue;
      reported.add(origin);
      problems.push(untrained(recipe, origin));
    }
  }
}

function untrained(recipe: ExpandedRecipe, { step, op }: Compiled): Diagnostic {
  const forgets = op?.forgets ?? false;
  return stepProblem(recipe, step, "", {
    code: "untrained",
    message: forgets
      ? `\`${step.name}\` has random weights where it answers: nothing trains it`
      : `\`${step.name}\` has random weights: nothing trains or loads it`,
    help: forgets
      ? "add train: { epochs: … }"
      : "add train: { epochs: … }, or weights:, or load it with from:",
  });
}

/** Whether the document's own mistake stands at a path or around it: then what would have taught it is not known. */
function isBlamed({ diagnostics }: ExpandedRecipe, path: string): boolean {
  return diagnostics.some(({ severity, path: wrong }) =>
    severity === "error" && (path === wrong || path.startsWith(`${wrong}.`))
  );
}

/** The model that others were made from: the one that nothing has taught, or that has forgotten. */
function originOf(model: Compiled, compiled: ReadonlyMap<string, Compiled>): Compiled {
  let origin = model;
  for (;;) {
    const from = origin.op?.forgets ? undefined : changedBy(origin);
    const parent = from === undefined ? undefined : compiled.get(from);
    if (parent === undefined) return origin;
    origin = parent;
  }
}

/** Reports data and untrained models that nobody uses. */
export function checkUsed(
  recipe: ExpandedRecipe,
  compiled: ReadonlyMap<string, Compiled>,
  problems: Diagnostic[],
): void {
  const all = [...compiled.values()];
  // Whoever would have used it may be among what is broken.
  if (all.some(({ broken }) => broken) || problems.some(({ severity }) => severity === "error")) {
    return;
  }
  const used = new Set(
    all.flatMap(({ inputs = {}, references = {} }) => [
      ...Object.values(inputs).flat(),
      ...Object.values(references),
    ]),
  );
  // A stage whose model has learned nothing is not evaluated. What it would be evaluated on is unused for that reason alone.
  const idleStages = all.filter(({ step, op, facts }) =>
    op?.changes !== undefined && facts?.kind === "model" && !facts.learned && !used.has(step.name)
  );
  if (idleStages.length > 0) {
    const origins = new Set(idleStages.map((stage) => originOf(stage, compiled)));
    problems.push(...[...origins].map((origin) => untrained(recipe, origin)));
    return;
  }
  for (const { step, op, facts } of all) {
    const idle = op?.output.name === "dataset" || facts?.kind === "model" && !facts.learned;
    if (!idle || used.has(step.name)) continue;
    problems.push(stepProblem(recipe, step, "", {
      code: "unused",
      message: `nobody uses \`${step.name}\``,
      help: facts?.kind === "model"
        ? "train it, distil it, or leave it out"
        : "give a step that reads it, or leave it out",
    }));
  }
}
