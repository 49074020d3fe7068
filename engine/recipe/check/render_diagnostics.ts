/**
 * Diagnostics as text: `place  code  sentence`, the line, the mark, the help. In a recipe written in TypeScript the
 * place is the path.
 */
import { harmless } from "../../quote.ts";
import type { Diagnostic } from "../../error.ts";

/** Most characters of a line that are shown. */
const LONGEST = 160;

/**
 * The printed form of some diagnostics. Each shows the line it is about; `text` is that of the document for places
 * that do not hold their line. Without diagnostics: the empty text.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], text?: string): string {
  if (diagnostics.length === 0) return "";
  const lines = text?.split("\n");
  const blocks = diagnostics.filter(({ more }) => more === undefined).map((each) =>
    renderOne(each, lines)
  );
  return `${blocks.join("\n\n")}\n\n${countOf(diagnostics)}\n`;
}

function renderOne(
  { code, severity, message, path, place, help }: Diagnostic,
  lines: readonly string[] | undefined,
): string {
  const where = place ? `${place.source}:${place.line}:${place.column}` : path || "recipe";
  const label = severity === "error" ? code : `${severity} ${code}`;
  const rows = [`${where}  ${label}  ${printable(message)}`];
  const line = place && (place.text ?? lines?.[place.line - 1]);
  if (place && line !== undefined) {
    const number = String(place.line).padStart(4);
    const { text, before, length } = excerpt(line, place);
    rows.push(`${number} | ${printable(text)}`.trimEnd());
    rows.push(`     | ${" ".repeat(before)}${"^".repeat(length)}`);
  }
  if (place?.note !== undefined) rows.push(`     note: ${printable(place.note)}`);
  if (help !== undefined) {
    const [first, ...rest] = printable(help).split("\n");
    rows.push(`     help: ${first}`, ...rest.map((row) => `           ${row}`));
  }
  return rows.join("\n");
}

/** What of a line is shown, what stands before the mark in it, and the mark's length: no line floods a terminal. */
function excerpt(
  line: string,
  { column, length }: { readonly column: number; readonly length: number },
): { readonly text: string; readonly before: number; readonly length: number } {
  const before = column - 1;
  const marked = Math.max(1, Math.min(length, line.length - before));
  if (line.length <= LONGEST) return { text: line, before, length: marked };
  const start = Math.max(0, Math.min(before - LONGEST / 4, line.length - LONGEST));
  const end = Math.min(line.length, start + LONGEST);
  const [left, right] = [start > 0 ? "…" : "", end < line.length ? "…" : ""];
  return {
    text: left + line.slice(start, end) + right,
    before: before - start + left.length,
    length: Math.max(1, Math.min(marked, end - before)),
  };
}

function countOf(diagnostics: readonly Diagnostic[]): string {
  const words = { error: "problem", warning: "warning", note: "note" } as const;
  const counted = diagnostics.filter(({ more }) => more === undefined);
  const parts = Object.entries(words).flatMap(([severity, word]) => {
    const count = counted.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? "" : "s"}`];
  });
  const more = diagnostics.reduce((sum, { more = 0 }) => sum + more, 0);
  if (more > 0) parts.push(`${more} more`);
  const stopped = diagnostics.some(({ severity }) => severity === "error");
  return `${parts.join(", ")}.${stopped ? " Nothing has run." : ""}`;
}

/** Text fit for a line of a terminal: a tab would move the mark away from what it marks. */
const printable = (text: string): string => harmless(text.replaceAll("\t", " "));
