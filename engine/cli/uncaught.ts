/**
 * A recipe in TypeScript is checked where it is written, while its module is imported: nobody there can catch what is
 * wrong with it. Such an error is said as the command line says it, and ends the process with its exit code.
 */
import { RecipeError } from "../error.ts";
import { refuse } from "./refuse.ts";
import { processTerminal } from "./terminal.ts";

const thrown = new WeakSet<RecipeError>();
let installed = false;

/** What a body gives; a RecipeError that it throws, and that nobody catches, is said and ends the process. */
export function reportUncaught<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof RecipeError) thrown.add(error);
    if (!installed) addEventListener("unhandledrejection", say);
    installed = true;
    throw error;
  }
}

function say(event: PromiseRejectionEvent): void {
  const { reason } = event;
  if (!(reason instanceof RecipeError) || !thrown.has(reason)) return;
  event.preventDefault();
  Deno.exit(refuse(reason, { terminal: processTerminal(), words: Deno.args }));
}
