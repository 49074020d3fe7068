import { metrics } from "../metrics.ts";
import assert from "node:assert/strict";
import { graphMermaid, graphText } from "../../../engine/graph/draw.ts";
import {
  displayChart,
  displayComparison,
  displayLayers,
  displayPlan,
  displayRecipe,
  displayRun,
  tableBundle,
} from "../../../engine/notebook/display.ts";
import { bundleOf } from "../../../engine/notebook/displayed.ts";
import { active, parsed, rows, texts, unpaired } from "../report/support/parse_html.ts";
import type { RunComparison } from "../../../engine/report/compare.ts";
import { tableMarkdown, tableText } from "../../../engine/report/table.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { fakeOps, graphOf, nowhere } from "../run/support/fake.ts";
import { rich, sweptAndSearched } from "../report/support/rich.ts";
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
    assert.deepEqual(unpaired(html), [], name);
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
  assert.deepEqual(texts(page, "p.quiet"), ["counted\ufffd"]);
  assert.deepEqual(unpaired(bundle["text/html"]!), []);
});

Deno.test("a chart without points is a sentence, not an empty picture", () => {
  const { "text/html": page = "" } = displayChart(
    { x: "bytes", y: "accuracy", points: [] },
    metrics,
  );
  assert.deepEqual(texts(parsed(page), "p"), ["No model has both."]);
  assert.doesNotMatch(page, /<svg/);
  assert.deepEqual(unpaired(page), []);
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

const ops = fakeOps();
const card = graphOf([
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "three", op: ops.add, inputs: { number: "one" }, params: { amount: 2 } },
], {
  about: {
    name: "numbers",
    description: "Counts <well>",
    authors: [],
    references: ["Euclid, ~300 BC"],
  },
  seed: 7,
  expect: [{ text: "three.bytes < 4 kB" }, { text: "three.loss < 1" }] as never,
});

Deno.test("the card of a recipe has what it says, its steps and what it expects, in each form", () => {
  const bundle = displayRecipe(card);
  assert.equal(
    bundle["text/plain"],
    `numbers  seed 7
Counts <well>
Euclid, ~300 BC
${graphText(card)}
three.bytes < 4 kB
three.loss < 1`,
  );
  assert.equal(
    bundle["text/markdown"],
    `### numbers

Counts &lt;well>

Euclid, ~300 BC

\`\`\`mermaid
${graphMermaid(card)}\`\`\`

- \`three.bytes < 4 kB\`

- \`three.loss < 1\``,
  );
  const page = parsed(bundle["text/html"]!);
  assert.deepEqual(texts(page, ".decant h3"), ["numbers seed 7, 2 steps, nothing has run"]);
  assert.deepEqual(texts(page, "h3 .quiet"), ["seed 7, 2 steps, nothing has run"]);
  assert.deepEqual(texts(page, "p"), ["Counts <well>", "Euclid, ~300 BC"]);
  assert.match(bundle["text/html"]!, /<p>Counts &lt;well&gt;<\/p><p>Euclid, ~300 BC<\/p>/);
  assert.deepEqual(texts(page, ".steps .name"), ["one", "three"]);
  assert.deepEqual(texts(page, ".steps .action"), ["constant", "add"]);
  assert.deepEqual([...texts(page, ".steps .came"), ...texts(page, ".steps .clock")], [
    "",
    "",
    "",
    "",
  ]);
  assert.equal(texts(page, ".steps li.skipped").length, 2);
  assert.deepEqual(texts(page, ".card dt"), ["expects"]);
  assert.deepEqual(texts(page, ".card code"), ["three.bytes < 4 kB", "three.loss < 1"]);
  // The second step reads the first: a line leads into it.
  assert.match(
    bundle["text/html"]!,
    /<li class="skipped">[^]*<path d="M6\.5 20V40"[^]*<path d="M6\.5 0V20"/,
  );
});

Deno.test("a recipe that says and expects nothing has a card of its name and its steps", () => {
  const bare = {
    ...card,
    recipe: { ...card.recipe, about: { name: "n", authors: [], references: [] }, expect: [] },
  };
  const bundle = displayRecipe(bare);
  assert.equal(bundle["text/plain"], `n  seed 7\n${graphText(bare)}`);
  assert.deepEqual(texts(parsed(bundle["text/html"]!), "p, .card dt"), []);
});

Deno.test("a plan has its problems above and its sum below", async () => {
  const planned = {
    ...plan,
    diagnostics: [{ code: "source", severity: "error", message: "It is gone", path: "x" }],
  };
  const bundle = await displayPlan(planned as never, memoryStore(), nowhere);
  const text = bundle["text/plain"]!.split("\n");
  assert.equal(text[0], "It is gone");
  assert.match(text.at(-1)!, /^ {2}\d steps: 0 recorded, 2 would run, 4 unknown until then\./);
  assert.match(bundle["text/markdown"]!, /^It is gone\n\n\|/);
  const page = parsed(bundle["text/html"]!);
  assert.equal(texts(page, "p")[0], "It is gone");
  assert.match(texts(page, "p.quiet").at(-1)!, /^\d steps: 0 recorded/);
});

Deno.test("a table without notes has none, and its cells stand as written", () => {
  const table = { head: ["", "n"], rows: [["a", "1"], ["bc", "20"]], notes: [], left: 1 };
  const { "text/plain": text, "text/markdown": markdown, "text/html": page } = tableBundle(table);
  assert.equal(text, tableText(table));
  assert.equal(markdown, tableMarkdown(table));
  assert.deepEqual(rows(parsed(page!), "table"), ["a | 1", "bc | 20"]);
  assert.deepEqual(texts(parsed(page!), "th[scope=col], thead th"), ["", "n"]);
  assert.deepEqual(texts(parsed(page!), "p"), []);
});

Deno.test("as many columns of a table are set left as it says, one where it says nothing", () => {
  const table = { head: ["model", "figure", "n"], rows: [["a", "bytes", "1"]], notes: [] };
  const sides = (left?: number) => {
    const page = parsed(tableBundle({ ...table, ...left && { left } })["text/html"]!);
    return [...page.querySelectorAll("th, td")].map((cell) => cell.getAttribute("class"));
  };
  const [one, two] = [["left", "right", "right"], ["left", "left", "right"]];
  assert.deepEqual(sides(), [...one, ...one]);
  assert.deepEqual(sides(2), [...two, ...two]);
});

Deno.test("a chart has its figures as a table in text, and as a picture", () => {
  const points = [{ name: "small", x: 1000, y: 0.5 }, { name: "large", x: 2500, y: 0.875 }];
  const bundle = displayChart({ x: "bytes", y: "accuracy", points }, metrics);
  const cells = bundle["text/plain"]!.split("\n").map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(cells, [["bytes", "accuracy"], ["small", "1.00 kB", "50.0 %"], [
    "large",
    "2.50 kB",
    "87.5 %",
  ]]);
  assert.match(bundle["text/markdown"]!, /\| small \| +1\.00 kB \| +50\.0 % \|/);
  assert.match(bundle["text/html"]!, /<figure>\s*<svg[^]*<\/svg>\s*<\/figure>/);
  assert.equal(
    parsed(bundle["text/html"]!).querySelector("svg")!.getAttribute("aria-label"),
    "accuracy against bytes: small 50.0 % at 1.00 kB, large 87.5 % at 2.50 kB",
  );
});

Deno.test("a run in HTML has its table, its steps and how it ended; a search its sentence first", () => {
  const page = parsed(displayRun(rich as never)["text/html"]!);
  assert.match(texts(page, "p.quiet").at(-1)!, /^6 of 8 steps ran/);
  assert.ok(rows(page, "table").length > 0);
  for (const each of [rich, sweptAndSearched]) {
    assert.deepEqual(unpaired(displayRun(each as never)["text/html"]!), []);
  }
  const searched = parsed(displayRun(sweptAndSearched as never)["text/html"]!);
  assert.match(texts(searched, "p")[0]!, /^2 trials of 3 points by grid/);
  assert.doesNotMatch(texts(page, "p")[0]!, /trials/);
  assert.match(displayRun(rich as never)["text/plain"]!, /\nexpect\n/);
});

Deno.test("a comparison has both runs above and a table of what differs; what does not is a note", () => {
  const comparison = run.compare(run);
  const bundle = displayComparison(comparison, metrics);
  const page = parsed(bundle["text/html"]!);
  const lines = texts(page, "p");
  assert.match(
    bundle["text/html"]!,
    /<p class="quiet">A [^<]*<\/p>\s*<p class="quiet">B [^<]*<\/p>/,
  );
  assert.match(lines[0]!, /^A flowers, /);
  assert.match(lines[1]!, /^B flowers, /);
  assert.ok(lines.includes("Every step is the same in both."), lines.join("\n"));
  assert.match(
    bundle["text/markdown"]!,
    /^A flowers, .*\n\nB flowers, [^]*\n\nEvery step is the same in both\.$/,
  );
  assert.match(bundle["text/plain"]!, /^A flowers, .*\nB flowers, /);
  assert.deepEqual(unpaired(bundle["text/html"]!), []);
  const [first, second] = texts(page, "p.quiet");
  assert.deepEqual([first, second], lines.slice(0, 2));
});

Deno.test("of a comparison each table that has rows is shown, of one that has none its notes alone", () => {
  const head = { result: null, recipe: "cats", ok: true, date: "2026-01-02T03:04:05Z", host: "vm" };
  const differing = { model: "one", figure: "accuracy", a: 0.5, b: 0.75 };
  const same = { model: "two", figure: "loss", a: 1, b: 1 };
  const step = { step: "pruned", what: "result", why: ["ratio"] } as const;
  const shown = (...[figures, steps]: [RunComparison["figures"], RunComparison["steps"]]) => {
    const bundle = displayComparison({ format: 1, a: head, b: head, figures, steps }, metrics);
    const page = parsed(bundle["text/html"]!);
    const markdown = bundle["text/markdown"]!.split("\n\n").slice(2);
    return {
      rows: rows(page, "table"),
      tables: texts(page, "table").length,
      said: texts(page, "p").slice(2),
      markdown: markdown.map((part) => part.startsWith("|") ? part.split("\n").length : part),
    };
  };
  assert.deepEqual(shown([differing, same], []), {
    rows: ["one | accuracy | 50.0 % | 75.0 % | +25.0 pt"],
    tables: 1,
    said: ["The same in both: two.", "Every step is the same in both."],
    markdown: [3, "The same in both: two.", "Every step is the same in both."],
  });
  assert.deepEqual(shown([same], [step]), {
    rows: ["pruned | its result | ratio"],
    tables: 1,
    said: ["The same in both: two."],
    markdown: [3, "The same in both: two."],
  });
  assert.deepEqual(shown([differing], [step]), {
    rows: ["one | accuracy | 50.0 % | 75.0 % | +25.0 pt", "pruned | its result | ratio"],
    tables: 2,
    said: [],
    markdown: [3, 3],
  });
  assert.deepEqual(shown([], []), {
    rows: [],
    tables: 0,
    said: ["Every step is the same in both."],
    markdown: ["Every step is the same in both."],
  });
});

Deno.test("layers are a row each", () => {
  const layers = run.model("result").layers;
  const { "text/html": page } = displayLayers(layers);
  assert.equal(rows(parsed(page!), "table").length, layers.length);
});

Deno.test("what is shown is one piece of a page with a style of its own", () => {
  const bundle = tableBundle({ head: ["a"], rows: [], notes: [] });
  assert.match(bundle["text/html"]!, /^<div class="decant"><style>[^]*<\/style>[^]*<\/div>$/);
});
