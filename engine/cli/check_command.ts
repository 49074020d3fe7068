/** `decant check`: everything that is wrong with a recipe, without running it. */
import { missingSources } from "../graph/sources/missing_sources.ts";
import { renderDiagnostics } from "../recipe/check/render_diagnostics.ts";
import { exitCodes } from "../error.ts";
import { planSentence } from "../report/search/search_text.ts";
import type { Command } from "./command.ts";
import { json, memory, recipeOptions, set, trustHost } from "./recipe_options.ts";

/** The command. */
export const checkCommand: Command = {
  name: "check",
  summary: "Says what is wrong with a recipe; reads no data, runs nothing",
  operands: ["RECIPE"],
  options: { set, memory, "trust-host": trustHost, json },
  async run(invocation) {
    const { terminal, options } = invocation;
    const recipe = await invocation.recipe();
    const graph = await recipe.compile({}, recipeOptions(invocation));
    const missing = await missingSources(graph);
    const notes = [...graph.diagnostics, ...missing];
    if (options.json) {
      const steps = graph.nodes.length;
      terminal.out(
        `${JSON.stringify({ format: 1, recipe: recipe.name, ok: true, steps, notes })}\n`,
      );
      return exitCodes.done;
    }
    terminal.err(renderDiagnostics(notes));
    const waitingSteps = graph.nodes.flatMap(({ step, waits }) =>
      waits === undefined ? [] : [step.name]
    );
    const waiting = waitingSteps.length === 0
      ? ""
      : ` Checked further while it runs: ${waitingSteps.join(", ")}.`;
    const { search } = graph.recipe;
    const found = search === undefined
      ? `${graph.nodes.length} steps`
      : `${planSentence(search)}, of ${graph.nodes.length} steps each`;
    const absent = missing.length === 1
      ? " but a source that is not there"
      : ` but ${missing.length} sources that are not there`;
    terminal.out(
      `${recipe.name}: ${found}, nothing wrong${missing.length === 0 ? "" : absent}.${waiting}\n`,
    );
    return exitCodes.done;
  },
};
