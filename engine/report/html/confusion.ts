/** A confusion table as a picture of numbers: each row is a truth, each column an answer, shaded by share of the row. */
import { wholeText } from "../../quantity.ts";
import { type Html, html } from "./html.ts";
import { tableHtml } from "./section.ts";

/** With more classes than this the table is a list of the commonest mistakes. */
const MOST = 24;

/** The table of `confusion[truth][answer]` = samples. */
export function confusionHtml(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
): Html {
  return confusion.length > MOST ? mistakes(confusion, classes) : grid(confusion, classes);
}

function grid(confusion: readonly (readonly number[])[], classes: readonly string[]): Html {
  const name = (at: number) => classes[at] ?? String(at);
  return html`
    <div class="scroll">
      <table class="confusion">
        <thead>
          <tr><th class="corner">truth ↓ answer →</th>${confusion.map((_, at) =>
            html`<th scope="col">${name(at)}</th>`
          )}</tr>
        </thead>
        <tbody>${confusion.map((row, truth) => {
          const samples = row.reduce((sum, each) => sum + each, 0);
          return html`<tr><th scope="row">${name(truth)}</th>${
            row.map((count, answer) => {
              const share = samples === 0 ? 0 : Math.round(100 * count / samples);
              // A handful of mistakes must be visible beside a thousand right answers.
              const shade = count === 0
                ? 0
                : answer === truth
                ? share
                : Math.min(100, 12 + 4 * share);
              return html`<td class="${
                answer === truth ? "right" : "wrong"
              }" style="--share:${shade}%">${count === 0 ? "" : wholeText(count)}</td>`;
            })
          }</tr>`;
        })}</tbody>
      </table>
    </div>
  `;
}

function mistakes(confusion: readonly (readonly number[])[], classes: readonly string[]): Html {
  const name = (at: number) => classes[at] ?? String(at);
  const found = confusion.flatMap((row, truth) =>
    row.flatMap((count, answer) =>
      answer === truth || count === 0 ? [] : [{ truth, answer, count }]
    )
  ).sort((a, b) => b.count - a.count).slice(0, MOST);
  return tableHtml(
    ["truth", "answer", "samples"],
    found.map(({ truth, answer, count }) => [name(truth), name(answer), wholeText(count)]),
    2,
  );
}
