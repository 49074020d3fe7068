import assert from "node:assert/strict";
import { document, documentOf, lists, tryAll } from "./class_table.ts";

/** A text as its words: the formatter breaks lines and pads tables. */
const words = (text: string) => text.replace(/\s+/g, " ").replace(/-{3,}/g, "---");

Deno.test("what is said of each layer class is what trying it shows; `deno task docs` writes it anew", async () => {
  const found = await tryAll();
  assert.equal(words(await Deno.readTextFile(document)), words(documentOf(found)));
  for (const [library, classes] of Object.entries(lists)) {
    const names = classes.split(" ");
    const read = names.filter((name) => found.get(name)!.reads);
    assert.ok(read.length / names.length >= 0.95, `${library}: ${read.length} of ${names.length}`);
    // What has weights learns, and what has kernels is pruned and becomes integers.
    for (const name of read) {
      const { trains, prunes, quantizes, exports } = found.get(name)!;
      assert.ok(trains !== false && prunes !== false && quantizes !== false, name);
      assert.ok(exports.includes("packed"), name);
    }
  }
});
