/**
 * Pieces of pages as somebody has looked at them and found them right: kept letter for letter, since what is wrong with
 * a page (a tag that is not closed, a label that stands a line too low) is in no rule. Whoever changes a piece looks at
 * the new one and keeps it: `deno test -A tests/engine/report -- --keep`.
 */
import assert from "node:assert/strict";
import { type Content, html, htmlText } from "../../../engine/report/html/html.ts";

const folder = new URL("html/__snapshots__/", import.meta.url);

/** Throws where a piece, or a whole page, is not the one that is kept under this name. */
export async function assertLookedAt(name: string, piece: Content): Promise<void> {
  const text = typeof piece === "string" ? piece : `${htmlText(html`${piece}`).trim()}\n`;
  const file = new URL(`${name}.html`, folder);
  if (Deno.args.includes("--keep")) return await Deno.writeTextFile(file, text);
  assert.equal(
    text,
    await Deno.readTextFile(file),
    `${name}.html is another: see ${import.meta.url}`,
  );
}
