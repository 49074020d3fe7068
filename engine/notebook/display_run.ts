/** A run: its table, what was expected of it, how each step went. */
import { html } from "../report/html/html.ts";
import { outcomeSection } from "../report/html/headline.ts";
import { stepList } from "../report/html/step_list.ts";
import { stepRows } from "../report/html/steps_section.ts";
import type { Subject } from "../report/subject.ts";
import { documentSentence } from "../report/search/search_text.ts";
import { closingLine, resultText } from "../report/report.ts";
import { tableMarkdown } from "../report/table.ts";
import type { Bundle } from "./displayable.ts";
import { bundle, tableContent } from "./forms.ts";

/** What of a run is shown. */
export type ShownRun = Pick<Subject, "graph" | "document" | "table" | "outcomes">;

/** The run in three forms. */
export function displayRun(run: ShownRun): Bundle {
  const { document, table } = run;
  const { search } = document;
  return bundle(
    resultText(table, document, []),
    [
      ...(search === undefined ? [] : [documentSentence(search)]),
      tableMarkdown(table),
      ...document.expect.map(({ claim, met, sentence }) =>
        `- ${met ? "✓" : "✗"} \`${claim}\` ${sentence}`
      ),
      closingLine(document),
    ].join("\n\n"),
    [
      search === undefined ? undefined : html`<p>${documentSentence(search)}</p>`,
      tableContent(table),
      outcomeSection(document).body,
      stepList(stepRows(run)),
      html`<p class="quiet">${closingLine(document)}</p>`,
    ],
  );
}
