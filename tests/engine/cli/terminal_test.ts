import assert from "node:assert/strict";
import { printProblems, processTerminal, type Terminal } from "../../../engine/cli/terminal.ts";

/** The process's terminal, its streams replaced: each takes three bytes at a time. */
function replaced(
  { live, columns }: { readonly live: boolean; readonly columns?: number },
  body: (terminal: Terminal) => void,
): { readonly out: string; readonly err: string } {
  const { stdout, stderr, consoleSize } = Deno;
  const bytes = { out: [] as number[], err: [] as number[] };
  const write = (to: number[]) => (part: Uint8Array) =>
    to.push(...part.slice(0, 3)) && Math.min(3, part.length);
  const own = { out: stdout.writeSync, err: stderr.writeSync, is: stderr.isTerminal };
  try {
    stdout.writeSync = write(bytes.out);
    stderr.writeSync = write(bytes.err);
    stderr.isTerminal = () => live;
    Deno.consoleSize = () => {
      if (columns === undefined) throw new Error("no terminal");
      return { columns, rows: 1 };
    };
    body(processTerminal());
  } finally {
    Object.assign(stdout, { writeSync: own.out });
    Object.assign(stderr, { writeSync: own.err, isTerminal: own.is });
    Deno.consoleSize = consoleSize;
  }
  const text = (from: number[]) => new TextDecoder().decode(new Uint8Array(from));
  return { out: text(bytes.out), err: text(bytes.err) };
}

Deno.test("results go to one stream and the rest to the other, to the last byte and harmless", () => {
  const written = replaced({ live: false }, (terminal) => {
    terminal.out("rösult\x1b[2J\n");
    terminal.err("nöte\x07\n");
    terminal.rewrite("never");
    assert.deepEqual([terminal.live, terminal.columns], [false, 100]);
  });
  assert.deepEqual(written, { out: "rösult\ufffd[2J\n", err: "nöte\ufffd\n" });
});

Deno.test("on a terminal a line is rewritten, one character shorter than the terminal is wide", () => {
  const { out, err } = replaced({ live: true, columns: 5 }, (terminal) => {
    assert.deepEqual([terminal.live, terminal.columns], [true, 5]);
    for (const line of ["abcd", "abcde", "äöüß\x1b", ""]) terminal.rewrite(line);
  });
  assert.equal(out, "");
  assert.deepEqual(err.split("\r\x1b[2K"), ["", "abcd", "abcd", "äöüß", ""]);
});

Deno.test("a problem is its place, its code, a sentence and a way out where there is one", () => {
  let said = "";
  const terminal = { err: (text: string) => void (said += text) } as Terminal;
  printProblems(terminal, [
    { code: "source", message: "It is gone", place: { path: "data.from" }, help: "bring it" },
    { code: "claim", message: "No", place: { source: "a.yaml", line: 3, column: 5 } },
  ]);
  assert.equal(
    said,
    "data.from  source  It is gone\n     help: bring it\na.yaml:3:5  claim  No\n",
  );
});
