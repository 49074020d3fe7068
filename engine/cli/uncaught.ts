/**
 * A recipe in TypeScript is checked where it is written, and a language where it is made, while the module is imported:
 * nobody there can catch what is wrong with it. Such an error is said as the command line says it, and ends the process with
 * its exit code.
 */
import { DecantError } from "../error.ts";
import { refuse } from "./refuse.ts";
import { processTerminal } from "./terminal.ts";

const thrown = new WeakSet<DecantError>();
let installed = false;

/** What a body gives; a DecantError that it throws, and that nobody catches, is said and ends the process. */
export function reportUncaught<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof DecantError) thrown.add(error);
    if (!installed) addEventListener("unhandledrejection", say);
    installed = true;
    throw error;
  }
}

function say(event: PromiseRejectionEvent): void {
  const { reason } = event;
  if (!(reason instanceof DecantError) || !thrown.has(reason)) return;
  event.preventDefault();
  Deno.exit(refuse(reason, { terminal: processTerminal(), words: Deno.args }));
}
