/** Where models and data come from, and what those files and packages say of themselves: licence, author, maker. */
import type { SourceRow } from "../../run/source_rows.ts";
import { type Content, html } from "./html.ts";
import { cardHtml, type Section } from "./section.ts";
import type { Subject } from "../subject.ts";

/** The section; undefined where everything comes out of the recipe. */
export function sourcesSection({ document: { sources = [] } }: Subject): Section | undefined {
  const parts = sources.map((row) =>
    html`<section class="change"><h3>${row.source}</h3>${cardHtml(rowsOf(row))}</section>`
  );
  if (parts.length === 0) return undefined;
  const told = "What each says of itself, unchecked.";
  return { id: "sources", title: "Sources", body: [html`<p class="quiet">${told}</p>`, parts] };
}

function rowsOf({ sha256, stated = [] }: SourceRow): [string, Content][] {
  return [
    ...stated.flatMap(({ in: place, says }) =>
      Object.entries(says).map(([name, text]): [string, Content] => [
        name,
        html`${text} <span class="quiet">${place}</span>`,
      ])
    ),
    ...stated.length === 0 ? [["licence", "nothing is said"] as [string, Content]] : [],
    ["digest", html`<code>${sha256}</code>`],
  ];
}
