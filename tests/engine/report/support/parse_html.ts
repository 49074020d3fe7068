/** A page as a browser would take it apart: an HTML parser that is not ours. */
import { parseHTML } from "npm:linkedom@0.18.12";

/** What is looked at in an element. */
export interface Element {
  readonly localName: string;
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

/** The document of a page or of a piece of one. */
export function parsed(page: string): Element {
  const whole = page.startsWith("<!DOCTYPE") ? page : `<html><body>${page}</body></html>`;
  return (parseHTML(whole) as unknown as { readonly document: Element }).document;
}

/** Texts of what a selector finds, blanks folded. */
export function texts(page: Element, selector: string): string[] {
  return [...page.querySelectorAll(selector)].map(({ textContent }) =>
    textContent.replace(/\s+/g, " ").trim()
  );
}

/** The rows of the tables that a selector finds, each as its cells with bars between: `teacher | 98.9 %`. */
export function rows(page: Element, selector: string): string[] {
  return [...page.querySelectorAll(`${selector} tbody tr`)].map((row) =>
    texts(row, "th, td").join(" | ")
  );
}

/** Everything in a page that could run, or load from elsewhere; empty where it can do neither. */
export function active(page: Element): string[] {
  return [...page.querySelectorAll("*")].flatMap((element) => {
    const { localName } = element;
    const found =
      ["script", "iframe", "object", "embed", "link", "base", "form"].includes(localName)
        ? [localName]
        : [];
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) found.push(`${localName} ${name}`);
      const inside = /^(#|data:image\/png;base64,)/.test(value);
      if (/^(src|href|xlink:href|action|srcset)$/i.test(name) && !inside) found.push(value);
      if (name === "style" && /url\(|expression|@import/i.test(value)) found.push(value);
    }
    return found;
  });
}

/** Elements that have no end tag. */
const EMPTY = new Set(["br", "hr", "img", "input", "meta"]);

/** Tags of a page that are not closed, or close nothing, in the order of their places; empty where all pair. */
export function unpaired(page: string): string[] {
  const open: string[] = [];
  const found: string[] = [];
  for (const [tag, end, name, empty] of page.matchAll(/<(\/?)([a-z][\w-]*)[^>]*?(\/?)>/gi)) {
    if (empty === "/" || EMPTY.has(name!)) continue;
    if (end === "") open.push(name!);
    else if (open.at(-1) === name) open.pop();
    else found.push(tag);
  }
  return [...found, ...open.map((name) => `<${name}>`)];
}
