/** HTML in which text cannot become markup: what is put into a template is escaped unless a template made it. */
import { harmless } from "../../quote.ts";

/** No JSON has this property, so nothing that was read can pass for markup. */
const markup: unique symbol = Symbol("markup");

/** Markup that a template made. */
export interface Html {
  readonly [markup]: string;
}

/** What may stand in a template; lists are joined, `undefined` is nothing. */
export type Content = string | number | Html | undefined | readonly Content[];

/** A template: `html\`<p>${text}</p>\``. Attributes are written in double quotes. */
export function html(fixed: TemplateStringsArray, ...values: readonly Content[]): Html {
  const text = fixed.reduce((done, part, at) => done + contentText(values[at - 1]) + part);
  return { [markup]: text };
}

/** The text of markup. */
export function htmlText(content: Html): string {
  return content[markup];
}

/** Text with every character that means something in HTML replaced, and control characters shown. */
function escaped(text: string): string {
  return harmless(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function contentText(content: Content): string {
  if (content === undefined) return "";
  if (typeof content === "string") return escaped(content);
  if (typeof content === "number") return String(content);
  return isList(content) ? content.map(contentText).join("") : htmlText(content);
}

function isList(content: Html | readonly Content[]): content is readonly Content[] {
  return Array.isArray(content);
}
