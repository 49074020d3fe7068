/** `decant graph`: the steps and what they read. */
import { graphMermaid, graphText } from "../graph/draw.ts";
import { DecantError, exitCodes } from "../error.ts";
import { type Command } from "./command.ts";
import {
  cache,
  kernels,
  recipeOptions,
  set,
  threads,
  trustHost,
  UNLIMITED,
} from "./recipe_options.ts";

const forms = { text: graphText, mermaid: graphMermaid } as const;

/** The command. */
export const graphCommand: Command = {
  name: "graph",
  summary: "Draws the steps of a recipe and what they read, as text or Mermaid",
  operands: ["RECIPE"],
  options: {
    set,
    cache,
    threads,
    kernels,
    "trust-host": trustHost,
    form: { value: "FORM", description: "text or mermaid; default text" },
  },
  async run(invocation) {
    const { terminal, options } = invocation;
    const form = options.form?.[0] ?? "text";
    if (!(form in forms)) {
      throw new DecantError(
        "usage",
        `--form is text or mermaid; this is "${form}"`,
        "--form mermaid",
      );
    }
    const { graph, steps } = await (await invocation.recipe()).plan({
      ...recipeOptions(invocation),
      ...UNLIMITED,
    });
    const marks = new Map(steps.map(({ node, state }) => [node.step.name, state]));
    terminal.out(forms[form as keyof typeof forms](graph, marks));
    return exitCodes.done;
  },
};
