/**
 * Pieces of pages as somebody has looked at them and found them right: kept letter for letter, since what is wrong with
 * a page (a tag that is not closed, a label that stands a line too low) is in no rule. Whoever changes a piece looks at
 * the new one and keeps it: `deno test -A tests/engine/report -- --keep`, twice for pieces that others hold.
 */
import assert from "node:assert/strict";
import { type Content, html, htmlText } from "../../../../engine/report/html/html.ts";

const folder = new URL("../html/__snapshots__/", import.meta.url);

/**
 * Throws where a piece, or a whole page, is not the one that is kept under this name. `holds` names kept pieces that are
 * part of it letter for letter: for those only their place is kept, `{{name}}`, since each has a test of its own.
 */
export async function assertLookedAt(
  name: string,
  piece: Content,
  holds: readonly string[] = [],
): Promise<void> {
  let text = typeof piece === "string" ? piece : `${htmlText(html`${piece}`).trim()}\n`;
  for (const part of holds) text = text.replaceAll(await whole(part), `{{${part}}}`);
  const file = new URL(`${name}.html`, folder);
  if (Deno.args.includes("--keep")) return await Deno.writeTextFile(file, text);
  assert.equal(
    text,
    await Deno.readTextFile(file),
    `${name}.html is another: see ${import.meta.url}`,
  );
}

/** The text of a kept piece, with those that it holds. */
async function whole(name: string): Promise<string> {
  let text = (await Deno.readTextFile(new URL(`${name}.html`, folder))).trim();
  for (const [place, part] of text.matchAll(/{{([a-z-]+)}}/g)) {
    text = text.replaceAll(place, await whole(part!));
  }
  return text;
}
