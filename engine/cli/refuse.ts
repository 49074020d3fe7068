/** How the command line says that something is wrong: a sentence and a way out, and an exit code. Never a stack trace. */
import { TrustError } from "../graph/sources/remote.ts";
import { SourceError } from "../graph/sources/source_error.ts";
import { type Diagnostic, RecipeError } from "../recipe/check/diagnostic.ts";
import { renderDiagnostics } from "../recipe/check/render_diagnostics.ts";
import { refusalDocument } from "../report/document.ts";
import { Fault } from "../run/fault.ts";
import { DeniedError } from "../library/permissions.ts";
import { diagnosticProblem, exitCodes, type Problem, RefusedError } from "../run/problem.ts";
import { WriteError } from "../library/write_out.ts";
import { CorruptBlobError, StoreError } from "../store/store.ts";
import { UsageError } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** Of a process whose output nobody reads any more: 128 + SIGPIPE. */
const UNREAD = 141;

/** Where a command line was when it failed. */
export interface Circumstances {
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
    terminal.out(`${JSON.stringify(refusalDocument(problems), null, 2)}\n`);
  if (error instanceof RecipeError) {
    if (asksJson) printJson(error.diagnostics.filter(isShown).map(diagnosticProblem));
    else terminal.err(renderDiagnostics(error.diagnostics, text));
    return exitCodes.recipe;
  }
  const { problem, code } = problemOf(error, words[0]);
  if (asksJson) printJson([problem]);
  else {
    terminal.err(`decant: ${problem.message}\n`);
    if (problem.help !== undefined) terminal.err(`     help: ${problem.help}\n`);
  }
  return code;
}

const isShown = ({ severity, more }: Diagnostic): boolean =>
  severity === "error" || more !== undefined;

function problemOf(error: unknown, command?: string): { problem: Problem; code: number } {
  const message = error instanceof Error ? error.message : String(error);
  const place = { path: "" };
  const { failed, refused } = exitCodes;
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
      code: wrongPlace ? exitCodes.recipe : error.reason === "pin" ? refused : failed,
    };
  }
  if (error instanceof SourceError) {
    const { help } = error;
    const problem = { code: "source", message, place };
    return { problem: help === undefined ? problem : { ...problem, help }, code: failed };
  }
  if (error instanceof WriteError) {
    return { problem: { code: "out", message, place }, code: failed };
  }
  if (error instanceof CorruptBlobError) {
    return { problem: { code: "damaged", message, place }, code: refused };
  }
  if (error instanceof DeniedError) {
    const { help } = error;
    return { problem: { code: "denied", message, place, help }, code: exitCodes.recipe };
  }
  if (error instanceof Deno.errors.NotCapable) {
    const plan = command === "plan" ? "" : "decant plan RECIPE prints the flags a run needs; ";
    const help = `${plan}deno run -A allows everything`;
    return { problem: { code: "denied", message, place, help }, code: exitCodes.recipe };
  }
  if (error instanceof TrustError) {
    const { help } = error;
    return { problem: { code: "untrusted", message, place, help }, code: refused };
  }
  if (error instanceof RefusedError) {
    const { code, help } = error;
    return { problem: { code, message, place, help }, code: refused };
  }
  const fault = error instanceof Fault ? error : new Fault(error);
  return {
    problem: { code: "internal", message: fault.message, place, help: fault.help },
    code: failed,
  };
}
