import assert from "node:assert/strict";
import { documents, fresh } from "./derived.ts";

/** A text as its words: the formatter breaks lines and pads tables. */
const words = (text: string) => text.replace(/\s+/g, " ").replace(/-{3,}/g, "---");

for (const document of documents) {
  Deno.test(`${document} says what the code says; \`deno task docs\` writes it anew`, async () => {
    const text = await Deno.readTextFile(new URL(`../../${document}`, import.meta.url));
    assert.equal(words(text), words(await fresh(document)));
  });
}
