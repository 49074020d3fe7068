/** Orders of steps that undo what an earlier step established, or that work against it. */
import type { Diagnostic } from "../error.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import { stepProblem } from "../recipe/expand/step_path.ts";
import type { Compiled } from "./facts_of.ts";

interface Rule {
  readonly op: string;
  readonly after: string;
  readonly severity: "error" | "warning";
  readonly because: string;
  readonly help: string;
}

const training = (op: string): Rule => ({
  op,
  after: "quantize",
  severity: "error",
  because: "training would undo the quantization",
  help: "train under it instead: quantize: { …, finetune: { epochs: … } }",
});

const rules: readonly Rule[] = [
  training("train"),
  training("distill"),
  {
    op: "prune",
    after: "quantize",
    severity: "warning",
    because: "the integers and their scales were chosen for the weights that now go",
    help: "prune first",
  },
  {
    op: "prune",
    after: "cluster",
    severity: "warning",
    because: "the shared values were chosen for the weights that now go",
    help: "prune first",
  },
  {
    op: "replace",
    after: "prune",
    severity: "warning",
    because: "the new blocks are dense: what pruning removed in the old ones is forgotten",
    help: "replace first",
  },
];

const watched = new Set(rules.map(({ after }) => after));
const passed = new WeakMap<Compiled, ReadonlyMap<string, string>>();

/** Reports a step that stands after one it should stand before. */
export function checkOrder(
  recipe: ExpandedRecipe,
  entry: Compiled,
  compiled: ReadonlyMap<string, Compiled>,
  problems: Diagnostic[],
): void {
  const { step, op, inputs = {} } = entry;
  const from = op?.changes === undefined ? undefined : inputs[op.changes];
  const parent = typeof from === "string" ? compiled.get(from) : undefined;
  // Which of the watched ops made the model what it is, and in which step.
  const before = parent && passed.get(parent) || new Map<string, string>();
  for (const { after, severity, because, help, ...rule } of rules) {
    const earlier = before.get(after);
    if (rule.op !== step.op || earlier === undefined) continue;
    problems.push(stepProblem(recipe, step, "", {
      code: "order",
      severity,
      message: `\`${step.name}\` stands after \`${earlier}\`: ${because}`,
      help,
    }));
  }
  passed.set(entry, watched.has(step.op) ? new Map([...before, [step.op, step.name]]) : before);
}
