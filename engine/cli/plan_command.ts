/** `decant plan`: what a run would do, and nothing done. */
import type { ModelFacts } from "../facts.ts";
import type { Plan, PlannedStep } from "../graph/plan.ts";
import { diagnosticProblem, exitCodes } from "../run/problem.ts";
import { bytesText, countText, durationText } from "../run/quantity.ts";
import { tableText } from "../run/table.ts";
import type { Command } from "./command.ts";
import { printProblems } from "./print_problems.ts";
import { cache, json, recipeOptions, set, threads } from "./recipe_options.ts";

/** The command. */
export const planCommand: Command = {
  name: "plan",
  summary: "Says what a run would do, step by step; runs nothing",
  operands: ["RECIPE"],
  options: { set, cache, threads, json },
  async run(invocation) {
    const { terminal, options } = invocation;
    const recipe = await invocation.recipe();
    const plan = await recipe.plan(recipeOptions(invocation));
    const problems = plan.diagnostics.map(diagnosticProblem);
    if (options.json) terminal.out(`${JSON.stringify(planDocument(plan), null, 2)}\n`);
    else {
      terminal.out(planText(plan));
      printProblems(terminal, problems);
    }
    return problems.length === 0 ? exitCodes.done : exitCodes.recipe;
  },
};

/** A plan as text. */
export function planText({ graph, steps }: Plan): string {
  const { about, seed } = graph.recipe;
  const table = tableText({
    head: ["step", "op", "", "parameters", "MACs", "bytes", "seconds"],
    rows: steps.map((planned) => {
      const facts = modelFacts(planned);
      const recorded = planned.state === "hit" ? planned.outcome : undefined;
      return [
        planned.node.step.name,
        planned.node.op.name,
        stateText(planned),
        facts?.parameters === undefined ? "" : countText(facts.parameters),
        facts?.macs === undefined ? "" : countText(facts.macs),
        recorded === undefined ? "" : bytesText(recorded.artifact.bytes),
        recorded === undefined ? "" : durationText(recorded.provenance.seconds),
      ];
    }),
    notes: [],
    left: 3,
  });
  const count = (state: PlannedStep["state"]) =>
    steps.filter((planned) => planned.state === state).length;
  return `${about.name}  seed ${seed}\n${table}\n` +
    `${steps.length} steps: ${count("hit")} recorded, ${count("run")} would run, ` +
    `${count("unknown")} unknown until then.\n`;
}

/** A plan as JSON. */
export function planDocument({ graph, steps, diagnostics }: Plan): Record<string, unknown> {
  return {
    format: 1,
    recipe: graph.recipe.about.name,
    ok: diagnostics.length === 0,
    steps: steps.map((planned) => {
      const { node, state } = planned;
      const facts = modelFacts(planned);
      return {
        name: node.step.name,
        op: node.op.name,
        state,
        ...(planned.state === "unknown" ? { waits: planned.waits } : { key: planned.key }),
        ...(planned.state === "hit"
          ? {
            artifact: planned.outcome.artifact,
            seconds: planned.outcome.provenance.seconds,
            recorded: planned.outcome.provenance.date,
          }
          : {}),
        ...(facts?.parameters === undefined ? {} : { parameters: facts.parameters }),
        ...(facts?.macs === undefined ? {} : { macs: facts.macs }),
      };
    }),
    problems: diagnostics.map(diagnosticProblem),
  };
}

function stateText(planned: PlannedStep): string {
  switch (planned.state) {
    case "hit":
      return "= recorded";
    case "run":
      return "▸ run";
    case "unknown":
      return `? waits for ${planned.waits}`;
    default:
      return planned satisfies never;
  }
}

function modelFacts({ node }: PlannedStep): ModelFacts | undefined {
  return node.facts?.kind === "model" ? node.facts : undefined;
}
