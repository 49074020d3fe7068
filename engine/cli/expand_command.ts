/** `decant expand`: the recipe with everything implied written out. */
import { jsonText } from "../quote.ts";
import { exitCodes } from "../error.ts";
import { expandedYaml } from "../recipe/expanded_yaml.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import { valuesAt } from "../recipe/search/space.ts";
import { nextPoint } from "../recipe/search/strategy.ts";
import { valuesText } from "../quantity.ts";
import type { Command } from "./command.ts";
import { json, set, trustHost } from "./recipe_options.ts";

/** The command. */
export const expandCommand: Command = {
  name: "expand",
  summary: "Writes a recipe as steps with every default filled in; same keys",
  operands: ["RECIPE"],
  options: { set, "trust-host": trustHost, json },
  async run({ recipe, terminal, options }) {
    const expanded = (await recipe()).expand();
    if (options.json) {
      const { about, seed, steps, result, reference, expect } = expanded;
      const document = { format: 1, about, seed, steps, result, reference, expect };
      terminal.out(jsonText(document));
    } else terminal.out(firstTrial(expanded) + expandedYaml(expanded));
    return exitCodes.done;
  },
};

/** A recipe that is searched is written out at the first of its points. */
function firstTrial({ search }: ExpandedRecipe): string {
  const point = search && nextPoint(search, []);
  return point === undefined
    ? ""
    : `# trial 1 of a search: ${valuesText(valuesAt(search!, point))}\n`;
}
