/** `decant new`: a first recipe to change, for a model that somebody has or for one that comes along. */
import { starterRecipe } from "../../recipe/words/starter_recipe.ts";
import { DecantError, exitCodes } from "../../error.ts";
import { type Command, type Invocation } from "../command.ts";
import { dataOptions, drafted, draftsOf, writeSchema } from "./drafting.ts";
import { cache, memory, offline, trustHost } from "../recipe_options.ts";
import { recipeName } from "./recipe_name.ts";

/** The command. */
export const newCommand: Command = {
  name: "new",
  summary: "Writes a first recipe, for a model file where one is named; never over a file",
  operands: ["[FILE]"],
  options: {
    model: { value: "FILE", description: "A model file that the recipe is for, and its data:" },
    ...dataOptions,
    out: { value: "FILE", description: "The recipe's file; default recipe.yaml" },
    cache,
    memory,
    offline,
    "trust-host": trustHost,
  },
  async run(invocation) {
    const { terminal, options } = invocation;
    const path = pathOf(invocation);
    const model = options.model?.[0];
    if (model === undefined) {
      const needless = Object.keys(dataOptions).find((option) => options[option] !== undefined);
      if (needless !== undefined) {
        const message = `--${needless} names data for a model, and none is named`;
        throw new DecantError("usage", message, "--model FILE names it");
      }
      await writeNew(path, starterRecipe(recipeName(path)));
    } else {
      await assertNew(path);
      const drafts = await draftsOf(invocation);
      const draft = { model, path, name: recipeName(path), fields: drafts.start };
      await writeNew(path, (await drafted(invocation, draft)).text);
      await writeSchema(invocation, path);
    }
    terminal.out(`${path} is written. Next: decant check ${path}, decant run ${path}\n`);
    return exitCodes.done;
  },
};

/** Where the recipe goes: as named with or without `--out`. */
function pathOf({ operands: [file], options }: Invocation): string {
  const out = options.out?.[0];
  if (file === undefined || out === undefined) return file ?? out ?? "recipe.yaml";
  throw new DecantError("usage", "the recipe's file is named twice", `--out ${out} is enough`);
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text, { createNew: true });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw taken(path);
    if (error instanceof Deno.errors.NotFound) {
      throw new DecantError("usage", `the folder of "${path}" is not there`, "make it first");
    }
    throw error;
  }
}

/** Nobody waits for a model to be looked at whose recipe then has no place. */
async function assertNew(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch {
    return;
  }
  throw taken(path);
}

function taken(path: string): DecantError {
  return new DecantError("usage", `"${path}" is there already`, "give the new recipe another name");
}
