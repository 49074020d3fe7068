/** `decant schema`: the JSON Schema of recipes, for editors. */
import { jsonText } from "../quote.ts";
import { recipeSchema } from "../recipe/words/recipe_schema.ts";
import { exitCodes } from "../error.ts";
import type { Command } from "./command.ts";

/** The command. */
export const schemaCommand: Command = {
  name: "schema",
  summary: "Prints the JSON Schema of recipes, for editors",
  operands: [],
  options: {},
  run({ ops, terminal }) {
    terminal.out(jsonText(recipeSchema(ops)));
    return Promise.resolve(exitCodes.done);
  },
};
