/** `decant new`: a first recipe to change. */
import { starterRecipe } from "../recipe/words/starter_recipe.ts";
import { DecantError, exitCodes } from "../error.ts";
import { type Command } from "./command.ts";

/** The command. */
export const newCommand: Command = {
  name: "new",
  summary: "Writes a first recipe with comments, to be changed; never over a file that is there",
  operands: ["[FILE]"],
  options: {},
  async run({ terminal, operands: [path = "recipe.yaml"] }) {
    try {
      await Deno.writeTextFile(path, starterRecipe(nameOf(path)), { createNew: true });
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) {
        throw new DecantError(
          "usage",
          `"${path}" is there already`,
          "give the new recipe another name",
        );
      }
      if (error instanceof Deno.errors.NotFound) {
        throw new DecantError("usage", `the folder of "${path}" is not there`, "make it first");
      }
      throw error;
    }
    terminal.out(`${path} is written. Next: decant check ${path}, decant run ${path}\n`);
    return exitCodes.done;
  },
};

/** The name of a recipe from that of its file. */
function nameOf(path: string): string {
  const [file = ""] = path.split(/[/\\]/).slice(-1);
  const name = file.replace(/\.ya?ml$/i, "").toLowerCase().replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "").slice(0, 64);
  return name === "" ? "recipe" : name;
}
