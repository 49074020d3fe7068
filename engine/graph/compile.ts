/**
 * Steps → graph: names become nodes, kinds are checked, references bound, facts worked out as far as they can be
 * known before anything runs. After it nothing is looked up by name. Reports every problem, the recipe's own too.
 */
import { given } from "../given.ts";
import { exportFolder } from "../files.ts";
import type { Facts, LayerFacts } from "../facts.ts";
import { enough, MEMORY, overBudget } from "../size.ts";
import type { AnyOp, OpSet } from "../op.ts";
import type { Diagnostic } from "../error.ts";
import { MAX_LAYERS, MAX_STEPS } from "../recipe/parse/limits.ts";
import { byPlace, diagnosticAt } from "../recipe/parse/problems.ts";
import type { ExpandedRecipe, Step } from "../recipe/recipe.ts";
import { stepProblem } from "../recipe/expand/step_path.ts";
import { DATA } from "../recipe/words/language.ts";
import { isShaped, withShapes } from "../recipe/expand/zoo_shapes.ts";
import { checkClaims } from "./check_claims.ts";
import { checkLearned, checkUsed } from "./check_learned.ts";
import { checkOrder, type Lineages } from "./check_order.ts";
import { checkParts } from "./check_parts.ts";
import { checkSelectors } from "./check_selectors.ts";
import { type Compiled, factsOf } from "./facts_of.ts";
import type { Graph, Node } from "./graph.ts";
import { link } from "./link.ts";
import { checkAnswers } from "./models_in_use.ts";

/**
 * Compiles an expanded recipe. `knownFacts` gives what a finished step or a record has shown about a step's output;
 * what it gives is final, and steps that waited for it are worked out. `memory` is the budget that steps are held to.
 */
export function compile(
  recipe: ExpandedRecipe,
  ops: OpSet,
  knownFacts: (step: Step) => Facts | undefined = () => undefined,
  memory: number = MEMORY,
): Graph {
  const { steps } = recipe;
  const problems: Diagnostic[] = [...recipe.diagnostics];
  const compiled = new Map<string, Compiled>();
  if (steps.length > MAX_STEPS) {
    const message = `A recipe may have ${MAX_STEPS} steps and no more; this has ${steps.length}`;
    problems.push(diagnosticAt("", undefined, { code: "too-large", message }));
    return graphOf(recipe, [], problems);
  }
  const around = {
    recipe,
    compiled,
    below: new Map(steps.map((step) => [step.name, step])),
    data: dataStep(steps, ops),
    knownFacts,
    problems,
  };
  const lineages: Lineages = new Map();
  const seen = new Set<readonly LayerFacts[]>();
  let layers = 0;
  for (const written of steps) {
    if (reservedOrTaken(recipe, written, compiled, problems)) continue;
    const entry = compileStep(written, ops.get(written.op), around);
    const { step, facts } = entry;
    compiled.set(step.name, entry);
    if (entry.broken) continue;
    checkMemory(recipe, entry, memory, problems);
    if (facts?.kind === "model" && facts.layers && !seen.has(facts.layers)) {
      seen.add(facts.layers);
      layers += facts.layers.length;
    }
    if (layers > MAX_LAYERS) {
      const message = `the models of a recipe may have ${MAX_LAYERS} layers together and no more`;
      problems.push(stepProblem(recipe, step, "", { code: "too-large", message }));
      return graphOf(recipe, nodesOf(compiled), problems);
    }
    checkOrder(recipe, entry, lineages, problems);
    checkParts(recipe, entry, compiled, problems);
  }
  checkLearned(recipe, compiled, problems);
  checkUsed(recipe, compiled, problems);
  checkFolders(recipe, compiled, problems);
  checkClaims(recipe, compiled, problems);
  const nodes = nodesOf(compiled);
  checkAnswers(recipe, nodes, problems);
  return graphOf(recipe, nodes, problems);
}

/** What a step is compiled with: all steps, those above compiled, and the one whose data give shapes. */
interface CompileContext {
  readonly recipe: ExpandedRecipe;
  readonly compiled: ReadonlyMap<string, Compiled>;
  readonly below: ReadonlyMap<string, Step>;
  readonly data: string | undefined;
  readonly knownFacts: (step: Step) => Facts | undefined;
  readonly problems: Diagnostic[];
}

/** A step with its names bound, its selectors checked, its facts worked out. */
function compileStep(
  written: Step,
  op: AnyOp | undefined,
  { recipe, compiled, below, data, knownFacts, problems }: CompileContext,
): Compiled {
  // Its mistake is reported already; whoever names it must not be blamed for that.
  if (op === undefined) return { step: written, broken: true };
  const shaping = isShaped(written.op) && data !== undefined ? compiled.get(data) : undefined;
  const step = shaping === undefined
    ? written
    : { ...written, params: withShapes(op, written.params, shaping.facts) };
  const linked = link(recipe, step, op, { compiled, below, problems });
  const bound = { step, op, ...linked };
  const lost = linked.broken ? [] : checkSelectors(recipe, bound, compiled, problems);
  const surroundings = { compiled, known: knownFacts(step), lost, problems };
  return { ...bound, ...factsOf(recipe, bound, { ...surroundings, ...given({ shaping }) }) };
}

/** Reports a step whose parameters ask for more memory than there may be. */
function checkMemory(
  recipe: ExpandedRecipe,
  { step, op }: Compiled,
  memory: number,
  problems: Diagnostic[],
): void {
  const need = op?.needs?.(step.params);
  if (need === undefined || need.bytes <= memory) return;
  problems.push(stepProblem(recipe, step, need.path, {
    code: "too-large",
    message: overBudget(need.what, need.bytes, memory),
    help: `${need.help}, or --memory ${enough(need.bytes)}`,
  }));
}

/** The step whose data give models of the zoo their shapes. */
function dataStep(steps: readonly Step[], ops: OpSet): string | undefined {
  const made = steps.filter((step) => step.op === DATA && ops.has(DATA));
  return (made.find(({ name }) => name === DATA) ?? made[0])?.name;
}

function reservedOrTaken(
  recipe: ExpandedRecipe,
  step: Step,
  compiled: ReadonlyMap<string, Compiled>,
  problems: Diagnostic[],
): boolean {
  const { name } = step;
  const field = recipe.place(`${step.path}.as`) === undefined ? "" : "as";
  if (name === "result" || name === "best") {
    const message = `\`${name}\` is reserved: it means what a recipe ends with`;
    problems.push(stepProblem(recipe, step, field, { code: "bad-name", message }));
  }
  const first = compiled.get(name);
  if (first === undefined) return false;
  // The name of a broken step may be a stopgap.
  if (step.broken || first.step.broken) return true;
  const place = recipe.place(first.step.path);
  const where = place === undefined ? first.step.path : `line ${place.line}`;
  problems.push(stepProblem(recipe, step, field, {
    code: "duplicate-name",
    message: `\`${name}\` is the name of two steps; the first is at ${where}`,
    help: "give one of them another name: as: …",
  }));
  return true;
}

/** Reports steps whose files would lie in the folder of another's. */
function checkFolders(
  recipe: ExpandedRecipe,
  compiled: ReadonlyMap<string, Compiled>,
  problems: Diagnostic[],
): void {
  const owners = new Map<string, string>();
  for (const { step, op } of compiled.values()) {
    if (op?.output.name !== "files") continue;
    const folder = exportFolder(step.name);
    const owner = owners.get(folder);
    owners.set(folder, owner ?? step.name);
    if (owner === undefined) continue;
    problems.push(stepProblem(recipe, step, "", {
      code: "duplicate-name",
      message: `the files of \`${owner}\` and \`${step.name}\` would lie in one folder, ${folder}/`,
      help: "give one of them another name: as: …",
    }));
  }
}

function nodesOf(compiled: ReadonlyMap<string, Compiled>): Node[] {
  const nodes = new Map<string, Node>();
  for (const { step, op, inputs = {}, references = {}, facts, waits, open } of compiled.values()) {
    if (op === undefined) continue;
    const bound: Record<string, Node | readonly Node[]> = {};
    for (const [name, names] of Object.entries(inputs)) {
      const found = (typeof names === "string" ? [names] : names).flatMap((each) =>
        nodes.get(each) ?? []
      );
      const value = typeof names === "string" ? found[0] : found;
      if (value !== undefined) bound[name] = value;
    }
    const referred: Record<string, Node> = {};
    for (const [path, name] of Object.entries(references)) {
      const node = nodes.get(name);
      if (node !== undefined) referred[path] = node;
    }
    nodes.set(step.name, {
      step,
      op,
      inputs: bound,
      references: referred,
      ...given({ facts: waits === undefined || !open ? facts : undefined, waits }),
    });
  }
  return [...nodes.values()];
}

function graphOf(
  recipe: ExpandedRecipe,
  nodes: readonly Node[],
  problems: readonly Diagnostic[],
): Graph {
  const byName = new Map(nodes.map((node) => [node.step.name, node]));
  return {
    recipe,
    nodes,
    diagnostics: byPlace(problems),
    node: (name) => byName.get(name),
  };
}
