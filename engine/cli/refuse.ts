/** How the command line says that something is wrong: a sentence and a way out, and an exit code. Never a stack trace. */
import { jsonText } from "../quote.ts";
import {
  DecantError,
  type Diagnostic,
  endingOf,
  exitCodes,
  type Problem,
  RecipeError,
} from "../error.ts";
import { renderDiagnostics } from "../recipe/check/render_diagnostics.ts";
import { refusalDocument } from "../report/document.ts";
import { fault, isForPerson } from "../run/fault.ts";
import { diagnosticProblem, problemOf } from "../run/problem.ts";
import type { Terminal } from "./terminal.ts";

/** Of a process whose output nobody reads any more: 128 + SIGPIPE. */
const UNREAD = 141;

/** Where a command line was when it failed. */
interface Circumstances {
  readonly terminal: Terminal;
  /** The command line. */
  readonly words: readonly string[];
  /** The document, where there is one to point into. */
  readonly text?: string;
}

/** Says what is wrong; returns the exit code. */
export function refuse(error: unknown, { terminal, words, text }: Circumstances): number {
  if (error instanceof Deno.errors.BrokenPipe) return UNREAD;
  const asksJson = words.includes("--json");
  const printJson = (problems: readonly Problem[]): void =>
    terminal.out(jsonText(refusalDocument(problems)));
  const known = errorForPerson(error, words[0]);
  if (known instanceof RecipeError) {
    if (asksJson) printJson(known.diagnostics.filter(isShown).map(diagnosticProblem));
    else terminal.err(renderDiagnostics(known.diagnostics, text));
  } else if (asksJson) {
    printJson([problemOf(known, { path: "" })]);
  } else {
    terminal.err(`decant: ${known.message}\n`);
    if (known.help !== undefined) terminal.err(`     help: ${known.help}\n`);
  }
  return exitCodes[endingOf(known)];
}

const isShown = ({ severity, more }: Diagnostic): boolean =>
  severity === "error" || more !== undefined;

function errorForPerson(error: unknown, command?: string): DecantError {
  if (isForPerson(error)) return error;
  if (!(error instanceof Deno.errors.NotCapable)) return fault(error);
  const plan = command === "plan" ? "" : "decant plan RECIPE prints the flags a run needs; ";
  return new DecantError("denied", error.message, `${plan}deno run -A allows everything`);
}
