import { metrics } from "../metrics.ts";
import assert from "node:assert/strict";
import { displayChart, displayRun, tableBundle } from "../../../engine/notebook/display.ts";
import { bundleOf } from "../../../engine/notebook/displayed.ts";
import { active, parsed, rows, texts } from "../report/parse_html.ts";
import { rich, sweptAndSearched } from "../report/rich.ts";
import { flowers, plan, run, shown } from "./flowers.ts";

Deno.test("recipe, plan, run, table, layers, chart and comparison show themselves in three forms", async () => {
  for (const [name, value] of Object.entries(shown)) {
    const bundle = await bundleOf(value);
    assert.deepEqual(
      Object.keys(bundle ?? {}),
      ["text/plain", "text/markdown", "text/html"],
      name,
    );
  }
});

Deno.test("nothing that a recipe says is markup in any form", async () => {
  for (const [name, value] of Object.entries(shown)) {
    const { "text/html": html = "", "text/markdown": markdown = "", "text/plain": text = "" } =
      (await bundleOf(value))!;
    assert.deepEqual(active(parsed(html)), [], name);
    assert.doesNotMatch(markdown, /<script|\]\(javascript/, name);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(html + markdown + text, /\x1b/, name);
  }
  const { "text/html": card = "" } = (await bundleOf(flowers))!;
  assert.ok(texts(parsed(card), "p").some((line) => line.startsWith("<script>alert(1)</script>")));
});

Deno.test("what is shown is what was measured", async () => {
  const { "text/html": html = "" } = (await bundleOf(run.table))!;
  const found = rows(parsed(html), "table");
  assert.equal(found.length, run.models.length);
  for (const [at, { accuracy }] of run.models.entries()) {
    assert.ok(found[at]!.includes(`${(100 * accuracy!).toFixed(1)} ±`));
  }
  const { "text/plain": planned = "" } = (await bundleOf(plan))!;
  assert.match(planned, /quantized +quantize +\? waits for model/);
  const { "text/html": chart = "" } = (await bundleOf(shown.chart))!;
  assert.deepEqual(texts(parsed(chart), "text.label").sort(), ["model", "quantized"]);
  const { "text/plain": compared = "" } = (await bundleOf(shown.comparison))!;
  assert.match(compared, /quantized +its result +scheme int8 → int4/);
});

Deno.test("a chart of what was not measured says what was", () => {
  assert.throws(
    () => run.chart("bytes", "beauty"),
    /No model has "beauty"; measured were accuracy, /,
  );
});

Deno.test("a table has its notes below it and sentences above, in each form", () => {
  const table = { head: ["", "n"], rows: [["a<b", "1"]], notes: ["counted\x1b"] };
  const bundle = tableBundle(table, ["Said first."]);
  const text = bundle["text/plain"]!.split("\n");
  assert.equal(text[0], "Said first.");
  assert.match(bundle["text/plain"]!, /a<b +1/);
  assert.equal(text.filter((line) => line !== "").at(-1), "  counted\ufffd");
  assert.match(bundle["text/markdown"]!, /^Said first\.\n\n\|/);
  const page = parsed(bundle["text/html"]!);
  assert.deepEqual(rows(page, "table"), ["a<b | 1"]);
  assert.deepEqual(texts(page, "p"), ["Said first.", "counted\x1b".replace("\x1b", "\ufffd")]);
});

Deno.test("a chart without points is a sentence, not an empty picture", () => {
  const { "text/html": page = "" } = displayChart(
    { x: "bytes", y: "accuracy", points: [] },
    metrics,
  );
  assert.deepEqual(texts(parsed(page), "p"), ["No model has both."]);
  assert.doesNotMatch(page, /<svg/);
});

Deno.test("a run in Markdown has its table, each claim with its mark, and the last line", () => {
  const lines = displayRun(rich as never)["text/markdown"]!.split("\n\n");
  assert.match(lines[0]!, /^\| model \|/);
  assert.deepEqual(lines.slice(-3, -1), [
    "- ✓ `result.bytes < 2 kB` 1 kB < 2 kB",
    "- ✗ `result.loss < 1` not measured: result.loss",
  ]);
  assert.match(lines.at(-1)!, /^6 of 8 steps ran/);
  const page = parsed(displayRun(rich as never)["text/html"]!);
  assert.deepEqual(texts(page, ".claims b"), ["✗", "✓", "✗", "!"]);
  assert.equal(texts(page, ".steps .name").length, 8);
  const searched = displayRun(sweptAndSearched as never)["text/markdown"]!;
  assert.match(searched, /^2 trials of 3 points by grid/);
});
