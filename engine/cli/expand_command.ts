/** `decant expand`: the recipe with everything implied written out. */
import { expandedYaml } from "../recipe/expanded_yaml.ts";
import { exitCodes } from "../run/problem.ts";
import type { Command } from "./command.ts";
import { json, set } from "./recipe_options.ts";

/** The command. */
export const expandCommand: Command = {
  name: "expand",
  summary: "Writes a recipe as steps with every default filled in; same keys",
  operands: ["RECIPE"],
  options: { set, json },
  async run({ recipe, terminal, options }) {
    const expanded = (await recipe()).expand();
    if (options.json) {
      const { about, seed, steps, result, reference, expect } = expanded;
      const document = { format: 1, about, seed, steps, result, reference, expect };
      terminal.out(`${JSON.stringify(document, null, 2)}\n`);
    } else terminal.out(expandedYaml(expanded));
    return exitCodes.done;
  },
};
