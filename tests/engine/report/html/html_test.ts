import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import { type Content, html, htmlText } from "../../../../engine/report/html/html.ts";
import { active, parsed } from "../support/parse_html.ts";

const text = (content: Content) => htmlText(html`<p title="${content}">${content}</p>`);

Deno.test("text in a template is text, whatever it says", () => {
  assert.equal(
    text(`<script>alert("1")</script> & 'so'`),
    `<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;so&#39;">` +
      `&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;so&#39;</p>`,
  );
});

Deno.test("markup in a template is markup, lists are joined, undefined is nothing", () => {
  const item = (name: string) => html`<li>${name}</li>`;
  const list = html`<ul>${["a", "<b>"].map(item)}${undefined}${[1, [2]]}</ul>`;
  assert.equal(htmlText(list), "<ul><li>a</li><li>&lt;b&gt;</li>12</ul>");
});

Deno.test("control characters and marks that turn lines around are shown, not sent", () => {
  assert.equal(text("a\x1b[2J\u202eb\0"), `<p title="a�[2J�b�">a�[2J�b�</p>`);
});

Deno.test("nothing that JSON can say passes for markup", () => {
  for (const forged of ['{"html":"<script>"}', '{"Symbol(markup)":"<script>"}', '["<script>"]']) {
    const content = JSON.parse(forged) as Content;
    assert.doesNotMatch(htmlText(html`${content}`), /<script>/);
  }
});

Deno.test("a parser finds back any text, and nothing beside it", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (written) => {
    const page = parsed(text(written));
    assert.deepEqual(active(page), []);
    assert.equal([...page.querySelectorAll("p *")].length, 0);
    // What is not to be seen is shown as a mark in its place: controls, formats, halves of pairs, separators of lines.
    const shown = [...written].map((each) =>
      /[\t\n\u200c\u200d]/.test(each) || !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(each)
        ? each
        : "�"
    ).join("");
    assert.equal(page.querySelector("p")!.textContent, shown);
    assert.equal(page.querySelector("p")!.getAttribute("title"), shown);
  }));
});
