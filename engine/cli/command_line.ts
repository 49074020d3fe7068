/** The command line: words in, an exit code out. What a person did wrong is a sentence here, never a stack trace. */
import { TrustError } from "../graph/remote.ts";
import type { OpSet } from "../op.ts";
import { RecipeError } from "../recipe/diagnostic.ts";
import { renderDiagnostics } from "../recipe/render_diagnostics.ts";
import { refusalDocument } from "../run/document.ts";
import { diagnosticProblem, exitCodes, type Problem, RefusedError } from "../run/problem.ts";
import type { Changes, Recipe } from "../run/runnable.ts";
import { StoreError } from "../store/store.ts";
import { type Command, UsageError } from "./command.ts";
import { commandNames, loadCommand, loadCommands } from "./commands.ts";
import { parseArguments } from "./parse_args.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

/** What the command line works on. */
export interface CommandLineOptions {
  readonly ops: OpSet;
  /** The recipe of a program of its own; RECIPE is then not given, and no command means `run`. */
  readonly recipe?: Recipe;
  readonly terminal?: Terminal;
}

/** Runs a command line and returns its exit code. */
export async function commandLine(
  words: readonly string[],
  { ops, recipe, terminal = processTerminal() }: CommandLineOptions,
): Promise<number> {
  const asksJson = words.includes("--json");
  let text: string | undefined;
  try {
    return await dispatch();
  } catch (error) {
    return refuse(error);
  }

  async function dispatch(): Promise<number> {
    const [first, ...rest] = recipe !== undefined && isOption(words[0]) ? ["run", ...words] : words;
    if (first === undefined || first === "help" || first === "--help" || first === "-h") {
      const { helpText } = await import("./help.ts");
      terminal.out(helpText(await loadCommands()));
      return exitCodes.done;
    }
    const command = forRecipe(await commandNamed(first));
    if (rest.includes("--help") || rest.includes("-h")) {
      const { commandHelp } = await import("./help.ts");
      terminal.out(commandHelp(command));
      return exitCodes.done;
    }
    const { operands, options } = parseArguments(command, rest);
    const opens = command.operands[0] === "RECIPE";
    return await command.run({
      ops,
      terminal,
      options,
      operands: opens ? operands.slice(1) : operands,
      recipe: (source = opens ? operands[0] : undefined) =>
        opened(source, changesOf(options.set ?? [])),
    });
  }

  function forRecipe(command: Command): Command {
    if (recipe === undefined || command.operands[0] !== "RECIPE") return command;
    return { ...command, operands: command.operands.slice(1) };
  }

  async function opened(source: string | undefined, set: Changes): Promise<Recipe> {
    const found = recipe ?? await loaded(source ?? missingRecipe());
    return Object.keys(set).length === 0 ? found : found.with(set);
  }

  async function loaded(source: string): Promise<Recipe> {
    const { readDocument, recipeFrom, withoutPin } = await import("../run/open_recipe.ts");
    text = await readDocument(source);
    return await recipeFrom(text, withoutPin(source), ops);
  }

  function refuse(error: unknown): number {
    if (error instanceof RecipeError) {
      if (asksJson) printJson(error.diagnostics.filter(isError).map(diagnosticProblem));
      else terminal.err(renderDiagnostics(error.diagnostics, text));
      return exitCodes.recipe;
    }
    const { problem, code } = problemOf(error);
    if (asksJson) printJson([problem]);
    else {
      terminal.err(`decant: ${problem.message}\n`);
      if (problem.help !== undefined) terminal.err(`     help: ${problem.help}\n`);
    }
    return code;
  }

  function printJson(problems: readonly Problem[]): void {
    terminal.out(`${JSON.stringify(refusalDocument(problems), null, 2)}\n`);
  }
}

const isError = ({ severity }: { readonly severity: string }): boolean => severity === "error";

function problemOf(error: unknown): { problem: Problem; code: number } {
  const message = error instanceof Error ? error.message : String(error);
  const place = { path: "" };
  if (error instanceof UsageError) {
    return {
      problem: { code: "usage", message, place, help: error.help },
      code: exitCodes.recipe,
    };
  }
  if (error instanceof StoreError) {
    const wrongPlace = error.reason === "version" || error.reason === "place";
    return {
      problem: { code: `cache-${error.reason}`, message, place },
      code: wrongPlace ? exitCodes.recipe : exitCodes.failed,
    };
  }
  if (error instanceof Deno.errors.NotCapable) {
    const help = "decant plan RECIPE prints the flags a run needs; deno run -A allows everything";
    return { problem: { code: "denied", message, place, help }, code: exitCodes.recipe };
  }
  if (error instanceof TrustError) {
    const { help } = error;
    return { problem: { code: "untrusted", message, place, help }, code: exitCodes.refused };
  }
  if (error instanceof RefusedError) {
    const { code, help } = error;
    return { problem: { code, message, place, help }, code: exitCodes.refused };
  }
  return { problem: { code: "internal", message, place }, code: exitCodes.failed };
}

function commandNamed(name: string): Promise<Command> {
  const command = loadCommand(name);
  if (command !== undefined) return command;
  throw new UsageError(
    `there is no command "${name}"`,
    `the commands are ${commandNames.join(", ")}`,
  );
}

/** `--set` values, by name; the language reads them as YAML. */
function changesOf(assignments: readonly string[]): Changes {
  return Object.fromEntries(assignments.map((assignment) => {
    const at = assignment.indexOf("=");
    if (at > 0) return [assignment.slice(0, at), assignment.slice(at + 1)];
    throw new UsageError(
      `--set needs NAME=VALUE; this is "${assignment}"`,
      "--set prune.ratio=0.7",
    );
  }));
}

function missingRecipe(): never {
  throw new UsageError("RECIPE is missing", "name the file of a recipe");
}

function isOption(word: string | undefined): boolean {
  return word === undefined || word.startsWith("-");
}
