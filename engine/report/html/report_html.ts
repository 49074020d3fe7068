/** `report.html`: one file that needs no other, runs no script and reads well on paper, by day and by night. */
import { changesSection } from "./changes_section.ts";
import { classesSection } from "./classes_section.ts";
import { dataSection } from "./data_section.ts";
import { exportsSection } from "./exports_section.ts";
import { outcomeSection, pageHeader } from "./headline.ts";
import { html, htmlText } from "./html.ts";
import { madeSection } from "./made_section.ts";
import { repeatSection } from "./repeat_section.ts";
import { searchSection } from "./search_section.ts";
import type { Section } from "./section.ts";
import { sourcesSection } from "./sources_section.ts";
import { stepsSection } from "./steps_section.ts";
import { style } from "./style.ts";
import type { Subject } from "../subject.ts";
import { tableSection } from "./table_section.ts";
import { tradeSection } from "./trade_section.ts";

/** In reading order: what came of it, how, on what, how to do it again. */
const sections: readonly ((subject: Subject) => Section | undefined)[] = [
  ({ document }) => outcomeSection(document),
  tableSection,
  searchSection,
  stepsSection,
  tradeSection,
  changesSection,
  classesSection,
  madeSection,
  dataSection,
  sourcesSection,
  exportsSection,
  repeatSection,
];

/** Nothing is loaded and nothing runs, whatever texts a recipe holds. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The report of a run. */
export function reportHtml(subject: Subject): string {
  const shown = sections.flatMap((section) => section(subject) ?? []);
  const page = html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${subject.graph.recipe.about.name} · Decant report</title>
    ${style}
      </head>
      <body>
        <main>
    ${pageHeader(subject)}
    <nav aria-label="Contents">${shown.map(({ id, title }) =>
      html`<a href="#${id}">${title}</a>`
    )}</nav>
    ${shown.map(({ id, title, body }) =>
      html`
        <section id="${id}"><h2>${title}</h2>
        ${body}
        </section>
      `
    )}
        </main>
      </body>
    </html>
  `;
  return htmlText(page);
}
