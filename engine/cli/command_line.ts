/** The command line: words in, an exit code out. What a person did wrong is a sentence here, never a stack trace. */
import type { Drafts } from "../recipe/words/drafts.ts";
import { given } from "../given.ts";
import type { OpSet } from "../op.ts";
import { DecantError, exitCodes } from "../error.ts";
import type { DocumentOptions } from "../library/read_document.ts";
import type { Changes, Recipe } from "../library/runnable.ts";
import { type Command } from "./command.ts";
import { commandNames, loadCommand, loadCommands } from "./commands.ts";
import { recipeOptions } from "./recipe_options.ts";
import { refuse } from "./refuse.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { type Finished, remembering, upToDate } from "./up_to_date.ts";
import { commandHelp, helpText, parseArguments } from "./usage.ts";

/** What the command line works on. */
interface CommandLineOptions {
  /** Help needs none: where they are given by a function, that is called for a command. */
  readonly ops: OpSet | (() => Promise<OpSet>);
  /** What recipes are written with for models that people have. */
  readonly drafts?: () => Promise<Drafts>;
  /** The recipe of a program of its own; RECIPE is then not given, and no command means `run`. */
  readonly recipe?: Recipe;
  readonly terminal?: Terminal;
  /** See `Invocation.remember`. */
  readonly remember?: (finished: Finished) => Promise<void>;
}

/** The command line as a process: runs it and exits. An error that nobody waits for ends it like any other. */
export async function commandProcess(
  words: readonly string[],
  { terminal = processTerminal(), ...options }: CommandLineOptions,
): Promise<never> {
  const exit = (event: Event, error: unknown) => {
    event.preventDefault();
    Deno.exit(refuse(error, { terminal, words }));
  };
  addEventListener("unhandledrejection", (event) => exit(event, event.reason));
  addEventListener("error", (event) => exit(event, event.error ?? event.message));
  // What a program wrote as a recipe is known only when the program has run.
  if (options.recipe !== undefined) {
    return Deno.exit(await commandLine(words, { ...options, terminal }));
  }
  const known = await upToDate({ words, terminal });
  const remembered = remembering({ words, terminal });
  return Deno.exit(known ?? await commandLine(words, { ...options, ...remembered }));
}

/** Runs a command line and returns its exit code. */
export async function commandLine(
  words: readonly string[],
  { ops: known, drafts, recipe, terminal = processTerminal(), remember }: CommandLineOptions,
): Promise<number> {
  let text: string | undefined;
  try {
    return await dispatch();
  } catch (error) {
    return refuse(error, { terminal, words, ...given({ text }) });
  }

  async function dispatch(): Promise<number> {
    const [first, ...rest] = recipe !== undefined && isOption(words[0]) ? ["run", ...words] : words;
    if (first === undefined || first === "help" || first === "--help" || first === "-h") {
      terminal.out(helpText(await loadCommands()));
      return exitCodes.done;
    }
    const command = forRecipe(await commandNamed(first));
    if (rest.includes("--help") || rest.includes("-h")) {
      terminal.out(commandHelp(command));
      return exitCodes.done;
    }
    const { operands, options } = parseArguments(command, rest);
    const others = [...operands];
    const named = opensRecipe(command) ? others.shift() : undefined;
    const ops = typeof known === "function" ? await known() : known;
    const opened = async (source: string | undefined): Promise<Recipe> => {
      const set = changesOf(options.set ?? []);
      const how = recipeOptions({ options });
      return await changed(recipe ?? await loaded(source ?? missingRecipe(), ops, how), set);
    };
    return await command.run({
      ops,
      terminal,
      options,
      operands: others,
      ...given({ source: named, drafts, remember }),
      recipe: (source = named) => opened(source),
    });
  }

  function forRecipe(command: Command): Command {
    if (recipe === undefined || !opensRecipe(command)) return command;
    return { ...command, operands: command.operands.slice(1) };
  }

  async function loaded(source: string, ops: OpSet, options: DocumentOptions): Promise<Recipe> {
    const [{ recipeFrom }, { readDocument, withoutPin }] = await Promise.all([
      import("../library/open_recipe.ts"),
      import("../library/read_document.ts"),
    ]);
    text = await readDocument(source, options);
    return await recipeFrom(text, withoutPin(source), ops, options);
  }
}

/** Whether the first word behind a command's name is a recipe. */
function opensRecipe({ operands: [first] }: Command): boolean {
  return first === "RECIPE" || first === "[RECIPE]";
}

function commandNamed(name: string): Promise<Command> {
  const command = loadCommand(name);
  if (command !== undefined) return command;
  throw new DecantError(
    "usage",
    `there is no command "${name}"`,
    `the commands are ${commandNames.join(", ")}`,
  );
}

/** `--set` values, by name; the language reads them as YAML. */
function changesOf(assignments: readonly string[]): Changes {
  return Object.fromEntries(assignments.map((assignment) => {
    const at = assignment.indexOf("=");
    if (at > 0) return [assignment.slice(0, at), assignment.slice(at + 1)];
    throw new DecantError(
      "usage",
      `--set needs NAME=VALUE; this is "${assignment}"`,
      "--set prune.ratio=0.7",
    );
  }));
}

async function changed(recipe: Recipe, set: Changes): Promise<Recipe> {
  if (Object.keys(set).length === 0) return recipe;
  const { prepareYaml } = await import("../recipe/parse/parse_yaml.ts");
  await prepareYaml(set);
  return recipe.with(set);
}

function missingRecipe(): never {
  throw new DecantError("usage", "RECIPE is missing", "name the file of a recipe");
}

function isOption(word: string | undefined): boolean {
  return word === undefined || word.startsWith("-");
}
