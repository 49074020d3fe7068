import assert from "node:assert/strict";
import type { RunListener } from "../../../engine/run/event.ts";
import { bundleOf, displayable } from "../../../engine/notebook/displayable.ts";
import { kernel, liveOutput } from "../../../engine/notebook/kernel.ts";
import { progressFold } from "../../../engine/notebook/progress.ts";
import { showValue } from "../../../engine/notebook/show.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { recipe } from "../../../mod.ts";
import { active, parsed, rows, texts } from "../report/parse_html.ts";

const EVIL = `<script>alert(1)</script> [here](javascript:alert(2)) \x1b[2J`;

const flowers = recipe({
  name: "flowers",
  description: EVIL,
  data: { use: "iris", classes: ["<b>", "[x](y)", "c"] },
  model: {
    use: "mlp",
    hidden: [6],
    train: { epochs: 3, optimizer: { use: "adam", learning_rate: 0.05 } },
  },
  quantize: { scheme: "int8", calibrate: { use: "minmax", samples: 32 } },
  evaluate: { metrics: ["accuracy", "recall"] },
});

const cache = memoryStore();
const settings = { cache, threads: 1 } as const;
const plan = await flowers.plan(settings);
const events: Parameters<RunListener>[] = [];
const run = await flowers.run({ ...settings, onEvent: (...event) => void events.push(event) });
const other = await flowers.run({ ...settings, set: { "quantize.scheme": "int4" } });

const shown = {
  recipe: flowers,
  plan,
  run,
  table: run.table,
  layers: run.model("result").layers,
  chart: run.chart("bytes", "accuracy"),
  comparison: run.compare(other),
};

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

Deno.test("to be displayable changes nothing that is compared, listed or written", () => {
  const value = displayable({ a: 1 }, () => Promise.resolve({}));
  assert.deepEqual(value, { a: 1 });
  assert.deepEqual(Object.getOwnPropertySymbols({ ...value }), []);
  assert.equal(JSON.stringify(value), '{"a":1}');
});

Deno.test("outside of a kernel there is none, and what is shown is printed as text", async () => {
  assert.equal(kernel(), undefined);
  const printed: string[] = [];
  for (const value of [run.table, 3]) await showValue(value, (text) => void printed.push(text));
  assert.match(printed[0]!, /^model +accuracy/);
  assert.equal(printed[1], "3\n");
});

Deno.test("importing the library does not touch the kernel", async () => {
  const module = new URL("../../../mod.ts", import.meta.url).href;
  const code = `
    let touched = false;
    const real = Deno;
    const get = (own, name) => (touched ||= name === "jupyter", own[name]);
    Object.defineProperty(globalThis, "Deno", { value: new Proxy(real, { get }) });
    const { recipe } = await import(${JSON.stringify(module)});
    recipe({ name: "x", data: "iris", model: { use: "mlp", hidden: [2], train: { epochs: 1 } } });
    const before = touched;
    try { Deno.jupyter; } catch { /* there is no kernel */ }
    Deno.stdout.writeSync(new TextEncoder().encode(before + " " + touched));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
    stderr: "inherit",
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "false true");
});

Deno.test("progress is one output that is replaced, in the order in which things happened", async () => {
  const sent: [string, Record<string, unknown>][] = [];
  const output = liveOutput({
    display: () => Promise.resolve(),
    broadcast: async (type, content) => {
      // The first message is the slowest: order must not depend on how long each takes.
      await new Promise((resolve) => setTimeout(resolve, sent.length === 0 ? 20 : 0));
      sent.push([type, content]);
    },
  });
  for (const text of ["one", "two", "three"]) output.show({ "text/plain": text });
  await output.settled();
  assert.deepEqual(sent.map(([type]) => type), [
    "display_data",
    "update_display_data",
    "update_display_data",
  ]);
  const data = sent.map(([, content]) => (content.data as { "text/plain": string })["text/plain"]);
  assert.deepEqual(data, ["one", "two", "three"]);
  const ids = sent.map(([, content]) => (content.transient as { display_id: string }).display_id);
  assert.equal(new Set(ids).size, 1);
});

Deno.test("progress says how many steps are done, which one goes on, and what came of each", () => {
  const fold = progressFold();
  const lines = events.map((event) => {
    fold.take(...event);
    return fold.bundle()["text/plain"];
  });
  const count = run.steps.length;
  assert.equal(lines[0], `flowers: 0 of ${count} steps`);
  assert.ok(
    lines.some((line) => /^flowers: 2 of \d+ steps, model \d+ % epoch \d/.test(line!)),
    lines.join("\n"),
  );
  assert.equal(lines.at(-1), `flowers: ${count} of ${count} steps`);
  const page = parsed(fold.bundle()["text/html"]!);
  assert.deepEqual(texts(page, ".steps .name"), run.steps.map(({ name }) => name));
  assert.equal(page.querySelector("progress")!.getAttribute("value"), "1");
});
