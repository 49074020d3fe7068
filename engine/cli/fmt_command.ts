/** `decant fmt`: a recipe in its shorter spelling. */
import { expandedYaml } from "../recipe/expanded_yaml.ts";
import { readDocument } from "../library/read_document.ts";
import { DecantError, exitCodes } from "../error.ts";
import { isWeb } from "../graph/sources/hosts.ts";
import { type Command } from "./command.ts";

/** The command. */
export const fmtCommand: Command = {
  name: "fmt",
  summary: "Writes a recipe in its shorter spelling, comments kept; the same steps",
  operands: ["FILE"],
  options: { check: { description: "Changes nothing; exit code 2 where it would" } },
  async run({ ops, terminal, options, operands: [path = ""] }) {
    if (isWeb(path)) {
      throw new DecantError(
        "usage",
        `"${path}" is not yours to format`,
        "save it and format the file",
      );
    }
    const { recipeFrom } = await import("../library/open_recipe.ts");
    const { formatRecipe } = await import("../recipe/format_recipe.ts");
    const text = await readDocument(path);
    const before = await recipeFrom(text, path, ops);
    const formatted = formatRecipe(text, ops);
    const after = await recipeFrom(formatted, path, ops);
    if (expandedYaml(before.expand()) !== expandedYaml(after.expand())) {
      throw new Error(`internal: formatting would change the steps of ${path}`);
    }
    const same = formatted === text;
    if (options.check) {
      terminal.out(same ? `${path} is formatted.\n` : `${path} is not formatted.\n`);
      return same ? exitCodes.done : exitCodes.recipe;
    }
    if (!same) await Deno.writeTextFile(path, formatted);
    terminal.out(same ? `${path} is as it should be.\n` : `${path} is written anew.\n`);
    return exitCodes.done;
  },
};
