import assert from "node:assert/strict";
import { markdownText } from "../../../engine/report/markdown_text.ts";

Deno.test("neither HTML nor a link comes of a text from elsewhere, and code stays marked", () => {
  assert.equal(markdownText("<b>A & B</b>"), "&lt;b>A &amp; B&lt;/b>");
  assert.equal(markdownText("&lt;"), "&amp;lt;");
  assert.equal(markdownText("[a](javascript:1) [b](c)"), "[a]\\(javascript:1) [b]\\(c)");
  assert.equal(markdownText("run `decant ops` [x] (y)"), "run `decant ops` [x] (y)");
});

Deno.test("what cannot be printed does not stand in a document", () => {
  const shown = markdownText("a\u001b[31mb\u202ec");
  assert.deepEqual(["\u001b", "\u202e"].filter((each) => shown.includes(each)), []);
});
