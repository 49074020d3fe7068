/** Problems of a run on standard error: place, sentence, a way out. */
import type { Problem } from "../run/problem.ts";
import type { Terminal } from "./terminal.ts";

/** Prints each problem. */
export function printProblems(terminal: Terminal, problems: readonly Problem[]): void {
  for (const { code, message, place, help } of problems) {
    const where = "path" in place ? place.path : `${place.source}:${place.line}:${place.column}`;
    terminal.err(`${where}  ${code}  ${message}\n`);
    if (help !== undefined) terminal.err(`     help: ${help}\n`);
  }
}
