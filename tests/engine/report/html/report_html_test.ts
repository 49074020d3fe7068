import assert from "node:assert/strict";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import type { Run } from "../../../../engine/library/run.ts";
import { recipe } from "../../../../mod.ts";
import { reportHtml } from "../../../../engine/report/html/report_html.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { subject } from "../support/subject.ts";
import { active, type Element, parsed, rows, texts } from "../support/parse_html.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich } from "../support/rich.ts";

/** What would run if it were taken for markup, steer a terminal, or turn a line around. */
const EVIL = `<script>alert(1)</script><img src=x onerror=alert(2)> "' & \x1b[2J\u202e`;

const fast = { use: "adam", learning_rate: 0.02 } as const;

const flowers = recipe({
  name: "flowers",
  description: EVIL,
  authors: [EVIL],
  references: ["javascript:alert(3)"],
  data: { use: "iris", classes: ["a<b>", "</style><script>alert(4)</script>", "c"] },
  teacher: { use: "mlp", hidden: [12], train: { epochs: 30, optimizer: fast } },
  student: { use: "mlp", hidden: [6] },
  distill: { epochs: 20, optimizer: fast },
  prune: { granularity: "channel", ratio: 0.5, finetune: { epochs: 10, optimizer: fast } },
  quantize: { scheme: "int8", calibrate: { use: "minmax", samples: 64 } },
  evaluate: { metrics: ["accuracy", "loss", "recall", "confusion"] },
  export: "tfjs",
  expect: ["result.bytes <= teacher.bytes * 2", "result.accuracy >= 100 %"],
});

const store = memoryStore();

/** The run, and the page that it wrote. */
async function reported(): Promise<{ run: Run; text: string; page: Element }> {
  const out = await Deno.makeTempDir();
  try {
    const run = await flowers.run({ cache: store, threads: 1, out });
    const text = await Deno.readTextFile(`${out}/report.html`);
    return { run, text, page: parsed(text) };
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

const first = await reported();
const second = await reported();

Deno.test("the page has every part, from the claim to how to repeat it", () => {
  assert.deepEqual(texts(first.page, "h2"), [
    "Claims",
    "Models",
    "Steps",
    "Size against accuracy",
    "What each step did",
    "Classes",
    "Data",
    "Exports",
    "Repeat it",
  ]);
  assert.deepEqual([...first.page.querySelectorAll("nav a")].length, 9);
  assert.equal(texts(first.page, "title")[0], "flowers · Decant report");
});

Deno.test("the page loads nothing and runs nothing, whatever the recipe says; it leads to files beside it", () => {
  for (const { text, page } of [first, second]) {
    const beside = [
      ...text.includes("preprocessing.json") ? ["./tfjs/preprocessing.json"] : [],
      ...text.includes("runs it in a browser") ? ["./try.html"] : [],
    ];
    assert.deepEqual(active(page), beside);
    assert.match(text, /Content-Security-Policy" content="default-src (&#39;|')none(&#39;|');/);
    assert.doesNotMatch(text, /https?:\/\//);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(text, /[\x00-\x08\x0b-\x1f\u202e]/);
  }
});

Deno.test("what the recipe says is there as text", () => {
  // deno-lint-ignore no-control-regex
  const shown = EVIL.replace(/[\x1b\u202e]/g, "�");
  assert.equal(texts(first.page, ".lead")[0], shown);
  const body = first.page.querySelector("main")!.textContent;
  assert.ok(body.includes("a<b>, </style><script>alert(4)</script>, c"));
  assert.equal(
    texts(first.page, ".confusion")[0]!.includes("</style><script>alert(4)</script>"),
    true,
  );
});

Deno.test("nothing is shown that was never there", () => {
  for (const { page } of [first, second]) {
    const body = page.querySelector("main")!.textContent;
    assert.doesNotMatch(body, /\bundefined\b|\bNaN\b|\[object|\bInfinity\b/);
    for (const path of page.querySelectorAll("path")) {
      assert.match(path.getAttribute("d")!, /^[MLHVCv\d., -]+$/);
    }
  }
});

Deno.test("the table says what was measured", () => {
  const shown = rows(first.page, "#models");
  const { models } = first.run;
  assert.equal(shown.length, models.length);
  for (const [at, { accuracy, samples }] of models.entries()) {
    assert.ok(shown[at]!.includes(` | ${(100 * accuracy!).toFixed(1)} ±`), shown[at]);
    assert.equal(samples, 30);
  }
  assert.match(shown.at(-1)!, /^quantized result \|/);
});

Deno.test("each number says whether it was measured now or recalled, and from when and where", () => {
  // The steps of the first run may have ended in different minutes.
  const { host } = second.run.report.environment;
  const minutes = second.run.steps.map(({ recalled }) =>
    `${recalled!.date.slice(0, 16).replace("T", " ")}, ${host}`
  );
  const from = (line: string, before: string) =>
    minutes.some((minute) => line.includes(`${before}${minute}`));
  assert.ok(rows(first.page, "#models").every((row) => row.endsWith(" | now")));
  assert.ok(rows(second.page, "#models").every((row) => from(row, " | ")));
  const made = (page: Element) =>
    texts(page, "h3 .quiet").filter((line) => /made now|recalled from/.test(line));
  assert.ok(made(first.page).length > 5);
  assert.ok(made(first.page).every((line) => line.includes("made now")));
  assert.ok(made(second.page).every((line) => from(line, "recalled from ")));
  assert.match(texts(second.page, "header")[0]!, /0 of 15 steps ran in .* 15 were recalled from/);
});

Deno.test("claims are met or not, with both sides", () => {
  assert.deepEqual(
    texts(first.page, ".claims b"),
    first.run.expect.map(({ met }) => met ? "✓" : "✗"),
  );
  for (const { sentence } of first.run.expect) {
    assert.ok(texts(first.page, ".claims small").includes(sentence));
  }
});

Deno.test("every step has its row: what it does, what came of it, how long it took", () => {
  assert.deepEqual(
    texts(first.page, "#steps .name"),
    first.run.steps.map(({ name }) => name),
  );
  assert.equal([...first.page.querySelectorAll("#steps li.ran")].length, 15);
  assert.equal([...second.page.querySelectorAll("#steps li.hit")].length, 15);
});

Deno.test("terms of a loss are drawn with their weights, their gradients beside them", () => {
  const charts = [...first.page.querySelectorAll("#changes .chart")].map((chart) =>
    texts(chart, "text.end")
  );
  const distilled = charts.filter((names) => names.includes("soft-targets"));
  assert.deepEqual(distilled.slice(0, 2), [["loss", "labels", "soft-targets"], [
    "labels",
    "soft-targets",
  ]]);
  const { history } = first.run.steps.find(({ name }) => name === "distilled")!.notes
    .training as unknown as { history: { terms: { value: number; weight: number }[] }[] };
  const last = history.at(-1)!.terms[1]!;
  assert.equal(last.weight, 0.9);
  const epochs = rows(first.page, "#changes details");
  const shown = ` | ${last.value.toPrecision(3)} | 0.900 | `;
  assert.ok(epochs.some((row) => row.includes(shown)), `${shown} in ${epochs.join("\n")}`);
});

Deno.test("layers show what a step took from them or made of them, in the model's order", () => {
  const tables = [...first.page.querySelectorAll("#changes .scroll table")].map((table) =>
    rows(parsed(`<div>${(table as unknown as { outerHTML: string }).outerHTML}</div>`), "table")
  );
  const cut = tables.find(([row = ""]) => row.startsWith("dense1 | 3 of 6 · 50.0 %"));
  assert.ok(cut, tables.map(([row]) => row).join("\n"));
  const rounded = tables.find(([row = ""]) => row.startsWith("dense1 | int8 | "));
  assert.deepEqual(rounded?.map((row) => row.split(" | ").slice(0, 2).join(" ")), [
    "dense1 int8",
    "head.dense int8",
  ]);
});

Deno.test("confusion and recall are those that were measured", () => {
  const [teacher, result] = [first.run.models[0]!, first.run.models.at(-1)!];
  const tables = [...first.page.querySelectorAll(".confusion")].map((table) =>
    [...table.querySelectorAll("td")].map(({ textContent }) => Number(textContent.trim() || 0))
  );
  assert.deepEqual(tables, [teacher.confusion!.flat(), result.confusion!.flat()]);
  const recall = result.metrics.recall as Record<string, number>;
  for (const value of Object.values(recall)) {
    const share = `${(100 * value).toFixed(1)} %`;
    assert.ok(rows(first.page, "#classes").some((row) => row.includes(share)), share);
  }
});

Deno.test("the data are described: how many, of what shape, how normalised", () => {
  const card = texts(first.page, "#data .card")[0]!;
  assert.match(card, /105 train, 15 validation, 30 test/);
  assert.match(card, /one sample 4/);
  assert.match(card, /normalisation value ×/);
});

Deno.test("an export says what came of loading it again, and lists its files", () => {
  const [exports] = texts(first.page, "#exports");
  assert.match(exports!, /loaded again in tfjs-layers/);
  assert.match(exports!, /samples compared 30/);
  assert.match(exports!, /0\.001 is tolerated/);
  assert.match(exports!, /model\.json/);
});

Deno.test("recipe, lock and commands to repeat the run are there", () => {
  const blocks = [...first.page.querySelectorAll("#repeat pre")].map(({ textContent }) =>
    textContent
  );
  assert.match(
    blocks[0]!,
    /^deno run -A mod\.ts run flowers\.yaml\ndeno run -A mod\.ts verify flowers\.yaml recipe\.lock\.json$/,
  );
  assert.equal(JSON.parse(blocks[1]!).name, "flowers");
  assert.match(blocks[2]!, /op: distill/);
  assert.deepEqual(JSON.parse(blocks.at(-1)!), first.run.lock);
});

Deno.test("samples on which the models differ are listed where they are no pictures", () => {
  const title = [...first.page.querySelectorAll("#classes h3")].map(({ textContent }) =>
    textContent
  );
  assert.match(title.at(-1)!, /^Where they differ/);
  const shown = rows(first.page, "#classes").slice(3 + 3 + 3);
  const { differing } = first.run.steps.find(({ name }) => name === "quantized-test")!.notes;
  const noted = (differing as { sample: number }[]).map(({ sample }) => String(sample));
  assert.ok(noted.length > 0);
  assert.deepEqual(shown.map((row) => row.split(" | ")[0]), noted);
});

Deno.test("a run that failed says what was wrong and what was not done", async () => {
  const out = await Deno.makeTempDir();
  const guessing = recipe({
    name: "guessing",
    data: "iris",
    teacher: {
      use: "mlp",
      hidden: [2],
      train: { epochs: 1, optimizer: { use: "sgd", learning_rate: 1e-6 } },
    },
    student: { use: "mlp", hidden: [2] },
    distill: { epochs: 1 },
  });
  const run = await guessing.run({ cache: memoryStore(), threads: 1, out });
  const page = parsed(await Deno.readTextFile(`${out}/report.html`));
  await Deno.remove(out, { recursive: true });
  assert.equal(run.ending, "failed");
  assert.ok(texts(page, ".claims .bad")[0]!.includes(run.problems[0]!.message));
  assert.deepEqual(texts(page, "#steps .failed .name"), ["teacher-test"]);
  assert.ok(texts(page, "#steps .skipped .name").includes("distilled"));
  assert.match(texts(page, ".claim")[0]!, /No result was measured/);
});

Deno.test("on paper, which does not scroll, every column of a table and every word of a step has room", () => {
  const sheet = /<style>.*?<\/style>/s.exec(first.text)![0];
  const print = /@media print \{(.*)\n\}/s.exec(sheet)![1]!;
  const says = (selector: string, rule: RegExp) => {
    const found = print.split("}").find((each) => each.split("{")[0]!.trim().endsWith(selector));
    assert.match(found ?? `no rule for ${selector}`, rule);
  };
  says(".scroll", /overflow: visible/);
  says("td", /white-space: normal/);
  says("td.left", /overflow-wrap: anywhere/);
  says(".steps li > span", /white-space: normal;.*overflow: visible/s);
  // What a phone leaves out is printed, although a sheet is as narrow.
  assert.deepEqual(sheet.match(/@media \(max-width/g), null);
});

Deno.test("a run of which nothing is known is a page all the same, without the parts that say nothing", () => {
  const graph = graphOf([{ name: "one", op: fakeOps().constant, params: { value: 1 } }]);
  const page = parsed(reportHtml(subject(graph)));
  assert.deepEqual(texts(page, "h2"), ["Claims", "Repeat it"]);
  assert.deepEqual(texts(page, "nav a"), ["Claims", "Repeat it"]);
  assert.deepEqual(
    [...page.querySelectorAll("nav a")].map((each) => each.getAttribute("href")),
    ["#claims", "#repeat"],
  );
  assert.equal(texts(page, "#claims p")[0], "The recipe expects nothing.");
});

Deno.test("the page is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("page", reportHtml(rich), [
    ...["head", "claims", "models", "steps", "trade", "changes"],
    ...["classes", "made", "data", "exports", "repeat"],
  ]);
});
