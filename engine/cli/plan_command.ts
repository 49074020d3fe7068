/** `decant plan`: what a run would do, and nothing done. */
import { environment } from "../run/host.ts";
import { permissionFlags } from "../run/permissions.ts";
import { diagnosticProblem, exitCodes } from "../run/problem.ts";
import { modelFacts, planSeconds, planSummary, planTable } from "../run/plan_table.ts";
import { lockPath } from "../run/lock.ts";
import type { RecipePlan } from "../run/search/recall_search.ts";
import { searchLines } from "../run/search/search_text.ts";
import { lockedSources } from "../run/lock_beside.ts";
import { defaultCache, openStore, originOf } from "../run/runnable.ts";
import { tableText } from "../run/table.ts";
import type { Command } from "./command.ts";
import { printProblems } from "./print_problems.ts";
import { cache, json, offline, recipeOptions, set, threads } from "./recipe_options.ts";

/** A plan with what can be said of it besides. */
interface Outlook {
  readonly plan: RecipePlan;
  /** Seconds by step name; recorded, or judged by the nearest record of this machine. */
  readonly seconds: ReadonlyMap<string, number>;
  /** Flags with which Deno lets the run do what it must, and no more, as words of a shell; or why there are none. */
  readonly flags: readonly string[] | RangeError;
}

/** The command. */
export const planCommand: Command = {
  name: "plan",
  summary: "Says what a run would do, step by step; runs nothing",
  operands: ["RECIPE"],
  options: { set, cache, threads, offline, json },
  async run(invocation) {
    const { terminal, options } = invocation;
    const recipe = await invocation.recipe();
    const chosen = recipeOptions(invocation);
    const store = await openStore(chosen.cache);
    const pins = await lockedSources(recipe, chosen);
    const plan = await recipe.plan({
      ...chosen,
      pins,
      cache: store,
    });
    const machine = await environment(chosen.threads ?? 1);
    const seconds = await planSeconds(plan, store, machine);
    const flags = printable(() =>
      permissionFlags(plan.graph, {
        documents: [
          ...originOf(recipe)?.read ?? [],
          ...(pins.size === 0 ? [] : [lockPath(recipe.source!)]),
        ],
        cache: chosen.cache ?? defaultCache(),
        out: `out/${recipe.name}`,
      })
    );
    const outlook = { plan, seconds, flags };
    const problems = plan.diagnostics.map(diagnosticProblem);
    if (options.json) terminal.out(`${JSON.stringify(planDocument(outlook), null, 2)}\n`);
    else {
      terminal.out(planText(outlook));
      printProblems(terminal, problems);
    }
    return problems.length === 0 ? exitCodes.done : exitCodes.recipe;
  },
};

/** A plan as text. */
function planText({ plan, seconds, flags }: Outlook): string {
  const { about, seed } = plan.graph.recipe;
  return `${about.name}  seed ${seed}\n${searchText(plan)}${
    tableText(planTable(plan, seconds))
  }\n` +
    `${planSummary(plan, seconds)}\n${needs(flags)}\n`;
}

function needs(flags: Outlook["flags"]): string {
  if (!(flags instanceof RangeError)) return `needs ${flags.join(" ")}`;
  return `${flags.message}\n  help: rename what it names, or run with deno run -A`;
}

function printable(flags: () => readonly string[]): Outlook["flags"] {
  try {
    return flags();
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}

const searchText = (plan: RecipePlan): string =>
  searchLines(plan).map((line) => `  ${line}\n`).join("");

/** A plan as JSON. */
function planDocument({ plan, seconds, flags }: Outlook): Record<string, unknown> {
  const { graph, steps, diagnostics, search } = plan;
  return {
    format: 1,
    recipe: graph.recipe.about.name,
    ok: diagnostics.length === 0,
    steps: steps.map((planned) => {
      const { node, state } = planned;
      const facts = modelFacts(planned);
      const time = seconds.get(node.step.name);
      return {
        name: node.step.name,
        op: node.op.name,
        state,
        ...(planned.state === "unknown" ? { waits: planned.waits } : { key: planned.key }),
        ...(planned.state === "hit"
          ? { artifact: planned.outcome.artifact, recorded: planned.outcome.provenance.date }
          : {}),
        ...(time === undefined ? {} : { seconds: time }),
        ...(facts?.parameters === undefined ? {} : { parameters: facts.parameters }),
        ...(facts?.macs === undefined ? {} : { macs: facts.macs }),
      };
    }),
    ...(search === undefined
      ? {}
      : { search: { budget: search.plan.budget, ...search.document, ahead: search.ahead } }),
    ...(flags instanceof RangeError ? { flags: [], noFlags: flags.message } : { flags }),
    problems: diagnostics.map(diagnosticProblem),
  };
}
