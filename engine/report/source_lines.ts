/** What sources say of themselves, in words: their licences in a line each, and everything as rows of tables. */
import { harmless } from "../quote.ts";
import type { SourceRow } from "../run/source_rows.ts";
import { licencesIn } from "../graph/sources/statement.ts";
import { NOTHING, type Table } from "./table.ts";

/** `./net.onnx: MIT (README.md)` of each source that says under which licence it is. */
export function licenceLines(sources: readonly SourceRow[] = []): string[] {
  return sources.flatMap(({ source, stated = [] }) => {
    const licences = licencesIn(stated);
    return licences.length === 0 ? [] : [`${harmless(source)}: ${licences.join("; ")}`];
  });
}

/** A row for each text that a source says, with its place; one for a source that says nothing. */
export function sourceTable(sources: readonly SourceRow[]): Table {
  const rows = sources.flatMap(({ source, stated = [] }) => {
    const said = stated.flatMap(({ in: place, says }) =>
      Object.entries(says).map(([name, text]) => [name, text, place])
    );
    const [first = ["", NOTHING, ""], ...others] = said;
    return [[source, ...first], ...others.map((row) => ["", ...row])];
  });
  return { head: ["source", "", "what it says", "where"], rows, notes: [], left: 4 };
}
