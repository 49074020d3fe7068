/** The forms in which a notebook may show something, made of the same parts. */
import { type Content, html, htmlText } from "../report/html/html.ts";
import { fragmentStyle } from "../report/html/pieces_style.ts";
import { tableHtml } from "../report/html/section.ts";
import { harmless } from "../quote.ts";
import { markdownText } from "../report/markdown_text.ts";
import { type Table, tableMarkdown, tableText } from "../report/table.ts";
import type { Bundle } from "./displayable.ts";

/** A bundle of three forms. Text is made harmless here, Markdown and HTML where they are made. */
export function bundle(text: string, markdown: string, content: Content): Bundle {
  return {
    "text/plain": harmless(text),
    "text/markdown": harmless(markdown),
    "text/html": htmlText(html`<div class="decant">${fragmentStyle}${content}</div>`),
  };
}

/** The HTML of a table, its notes below. */
export function tableContent({ head, rows, notes, left }: Table): Content {
  return [tableHtml(head, rows, left), notes.map((note) => html`<p class="quiet">${note}</p>`)];
}

/** A table as a bundle, with sentences above it. */
export function tableBundle(table: Table, sentences: readonly string[] = []): Bundle {
  return bundle(
    [...sentences, tableText(table)].join("\n"),
    [...sentences.map(markdownText), tableMarkdown(table)].join("\n\n"),
    [sentences.map((sentence) => html`<p>${sentence}</p>`), tableContent(table)],
  );
}
