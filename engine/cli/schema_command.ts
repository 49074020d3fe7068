/** `decant schema`: the JSON Schema of recipes, for editors. */
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
    terminal.out(`${JSON.stringify(recipeSchema(ops), null, 2)}\n`);
    return Promise.resolve(exitCodes.done);
  },
};
