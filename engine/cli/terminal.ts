/** The two streams of the process: results on one, everything else on the other. The only place that prints. */
import type { Problem } from "../error.ts";
import { harmless } from "../quote.ts";

/** Where a command writes. */
export interface Terminal {
  /** Results: standard output. */
  out(text: string): void;
  /** Everything else: standard error. */
  err(text: string): void;
  /** Replaces the last line of standard error; only on a terminal. */
  rewrite(line: string): void;
  /** Whether standard error is a terminal, so that a line may be rewritten. */
  readonly live: boolean;
  readonly columns: number;
}

/** The process's own streams. */
export function processTerminal(): Terminal {
  const live = Deno.stderr.isTerminal();
  const columns = size();
  const encoder = new TextEncoder();
  const write = (stream: { writeSync(bytes: Uint8Array): number }, text: string) => {
    const bytes = encoder.encode(text);
    for (let done = 0; done < bytes.byteLength;) done += stream.writeSync(bytes.subarray(done));
  };
  return {
    out: (text) => write(Deno.stdout, harmless(text)),
    err: (text) => write(Deno.stderr, harmless(text)),
    // CSI 2K clears the line (ECMA-48 §8.3.41); the line end stays unwritten so that the next call replaces it.
    rewrite: (line) => live && write(Deno.stderr, `\r\x1b[2K${cut(harmless(line), columns)}`),
    live,
    columns,
  };
}

/** Prints problems of a run on standard error: place, sentence, a way out. */
export function printProblems(terminal: Terminal, problems: readonly Problem[]): void {
  for (const { code, message, place, help } of problems) {
    const where = "path" in place ? place.path : `${place.source}:${place.line}:${place.column}`;
    terminal.err(`${where}  ${code}  ${message}\n`);
    if (help !== undefined) terminal.err(`     help: ${help}\n`);
  }
}

const cut = (line: string, columns: number): string => [...line].slice(0, columns - 1).join("");

function size(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 100;
  }
}
