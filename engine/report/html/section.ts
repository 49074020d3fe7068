/** A section of the report, and the small forms that several sections share. */
import { type Content, type Html, html } from "./html.ts";

/** A section; its title is also its place in the list of contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Content;
}

/** A table of more columns than this is set in smaller letters on paper, which does not scroll. */
const ROOM = 10;

/** A table in a frame that scrolls sideways where the page is narrow. The first `left` columns are set left. */
export function tableHtml(
  head: readonly Content[],
  rows: readonly (readonly Content[])[],
  left = 1,
): Html {
  const side = (at: number) => at < left ? "left" : "right";
  return html`
    <div class="scroll${head.length > ROOM ? " many" : ""}">
      <table>
        <thead>
          <tr>${head.map((cell, at) => html`<th class="${side(at)}">${cell}</th>`)}</tr>
        </thead>
        <tbody>${rows.map((row) =>
          html`<tr>${row.map((cell, at) => html`<td class="${side(at)}">${cell}</td>`)}</tr>`
        )}</tbody>
      </table>
    </div>
  `;
}

/** Names and what is to be said of each. */
export function cardHtml(rows: readonly (readonly [string, Content])[]): Html {
  return html`<dl class="card">${
    rows.map(([name, value]) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>`;
}

/** Something long, folded away. */
export function folded(title: string, body: Content): Html {
  return html`<details><summary>${title}</summary>${body}</details>`;
}

/** Text as it was written, line by line. */
export function verbatim(text: string): Html {
  return html`<pre tabindex="0">${text}</pre>`;
}

/** A share of a whole as a bar, 0…1, beside its words, which get room for `room` letters. */
export function barHtml(share: number, words: string, room = 0): Html {
  const percent = Math.round(1000 * Math.min(1, Math.max(0, share))) / 10;
  return html`
    <span class="bar"><i style="width:${percent}%"></i></span><span class="barred"
      style="min-width:${room}ch">${words}</span>
  `;
}
