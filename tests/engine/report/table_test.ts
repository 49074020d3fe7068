import assert from "node:assert/strict";
import type { ModelRow } from "../../../engine/report/model_row.ts";
import { resultTable, tableMarkdown, tableText } from "../../../engine/report/table.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";

const ops = fakeOps();
const row = (name: string, more: Partial<ModelRow>): ModelRow => ({ name, metrics: {}, ...more });
const bytes = (encoded: number, gzip: number) => ({ raw: 0, encoded, gzip, format: "tfjs" });
const samples = 10_000;

/** The models of a compression: a teacher, a student, the student cut and finetuned. */
const models: readonly ModelRow[] = [
  row("teacher", {
    samples,
    accuracy: 0.939,
    parameters: 698_000,
    macs: 80_500_000,
    bytes: bytes(2_790_000, 2_580_000),
    latency: 9.8,
  }),
  row("distilled", { samples, accuracy: 0.929, agreement: 0.951, bytes: bytes(884_000, 819_000) }),
  row("pruned-cut", { samples, accuracy: 0.61, agreement: 0.619, bytes: bytes(246_000, 228_000) }),
  row("pruned", { samples, accuracy: 0.925, agreement: 0.946, bytes: bytes(246_000, 228_000) }),
];

const graph = graphOf(
  models.map(({ name }) => ({ name, op: ops.constant, params: { value: 1 } })),
  { reference: "teacher", result: "pruned" },
);

Deno.test("models stand in a table against the teacher, the cut one by name, the result marked", () => {
  assert.equal(
    tableText(resultTable(graph, models)),
    `model                accuracy         Δ  agrees  parameters    MACs    bytes     ÷     gzip  latency
teacher           93.9 ±0.5 %         –       –       698 k  80.5 M  2.79 MB   1.0  2.58 MB  9.80 ms
distilled         92.9 ±0.5 %   −1.0 pt  95.1 %           –       –   884 kB   3.2   819 kB        –
pruned, just cut  61.0 ±1.0 %  −32.9 pt  61.9 %           –       –   246 kB  11.3   228 kB        –
pruned  result    92.5 ±0.5 %   −1.4 pt  94.6 %           –       –   246 kB  11.3   228 kB        –
  ± 95 % interval of 10 000 samples. Δ, agrees and ÷ against teacher. bytes = encoded as tfjs.`,
  );
});

Deno.test("what was timed in a runtime names it, and how much of it computes with integers", () => {
  const timing = { ...{ in: "litert", runtime: "LiteRT 2", batch: 1, threads: 1, repeats: 30 } };
  const timed = [
    row("teacher", { latency: 9.8, timing: { ...timing, low: 9, high: 12.5 } }),
    row("pruned", {
      latency: 2,
      timing: { ...timing, low: 1.5, high: 3, operators: { all: 15, integer: 13 } },
    }),
  ];
  assert.equal(
    tableText(resultTable(graph, timed)),
    `model                       latency  in integers
teacher         9.80 ms (9.00–12.5)            –
pruned  result  2.00 ms (1.50–3.00)     13 of 15
  latency = median (10th–90th percentile) of 30 inferences of 1 sample in LiteRT 2, on 1 thread.`,
  );
});

Deno.test("of a model as it was loaded its own files are counted, and the table says so", () => {
  const [teacher, ...others] = models as readonly [ModelRow, ...ModelRow[]];
  const own = { ...teacher, bytes: { ...bytes(700_000, 600_000), own: true as const } };
  const text = tableText(resultTable(graph, [own, ...others]));
  assert.match(text, /^teacher .* 700 kB +1\.0 +600 kB/m);
  assert.match(text, /^pruned {2}result .* 246 kB +2\.8/m);
  assert.match(text, /bytes = encoded as tfjs; of teacher the files it was loaded from\.$/);
});

Deno.test("÷ counts the files a reference was loaded from where the table shows it as it was written", () => {
  const [teacher, ...others] = models as readonly [ModelRow, ...ModelRow[]];
  const written = { ...teacher, bytes: { ...bytes(2_790_000, 2_580_000), loaded: 700_000 } };
  const text = tableText(resultTable(graph, [written, ...others]));
  assert.match(text, /^teacher .* 2\.79 MB +0\.3 +2\.58 MB/m);
  assert.match(text, /^pruned {2}result .* 246 kB +2\.8/m);
  assert.match(
    text,
    /÷ against teacher; ÷ against the files it was loaded from\. bytes = encoded as tfjs\.$/,
  );
});

Deno.test("in Markdown the same cells stand in the same rows", () => {
  const lines = tableMarkdown(resultTable(graph, models)).split("\n");
  assert.equal(
    lines[0],
    "| model | accuracy | Δ | agrees | parameters | MACs | bytes | ÷ | gzip | latency |",
  );
  assert.equal(lines[1], "| :-- | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
  assert.equal(
    lines[4],
    "| pruned, just cut | 61.0 ±1.0 % | −32.9 pt | 61.9 % | – | – | 246 kB | 11.3 | 228 kB | – |",
  );
  const text = tableMarkdown({ head: ["a|b"], rows: [["c|d"]], notes: [] });
  assert.equal(text, "| a\\|b |\n| :-- |\n| c\\|d |");
});

Deno.test("a column nobody filled is not there; without accuracy there is a loss", () => {
  const { head, rows, notes } = resultTable(graph, [
    row("teacher", { loss: 0.25, metrics: { mae: 1.5, recall: { "3": 0.5 } } }),
  ]);
  assert.deepEqual([head, rows], [["model", "loss", "mae"], [["teacher", "0.250", "1.50"]]]);
  assert.deepEqual(notes, []);
});

Deno.test("a further metric stands under its label, in its dimension; an unknown one under its name", () => {
  const { head, rows } = resultTable(graph, [
    row("teacher", { metrics: { top5: 0.983, "output-error": 0.02, own: 0.5 } }),
  ]);
  assert.deepEqual(head, ["model", "top-5 accuracy", "output error", "own"]);
  assert.deepEqual(rows, [["teacher", "98.3 %", "0.0200", "0.500"]]);
});

Deno.test("a figure whose interval is known stands with it, and a note says what it is", () => {
  const { rows, notes } = resultTable(graph, [
    row("teacher", {
      samples: 50,
      metrics: { auc: 0.91, "calibration-error": 0.1 },
      intervals: { auc: [0.853, 0.962] },
    }),
  ]);
  assert.deepEqual(rows, [["teacher", "91.0 % [85.3 %, 96.2 %]", "10.0 %"]]);
  assert.deepEqual(notes, ["[ ] 95 % interval, the samples drawn anew 200 times."]);
});

Deno.test("nonzero weights have a column where an op made zeros", () => {
  const zeros = graphOf([{
    name: "sparse",
    op: ops.constant,
    params: { value: 1 },
    facts: { kind: "model", learned: true, established: ["zeros"] },
  }]);
  const models = [row("sparse", { parameters: 266_610, nonzero: 21_784 })];
  assert.deepEqual(resultTable(zeros, models).head, ["model", "parameters", "nonzero"]);
  assert.deepEqual(resultTable(zeros, models).rows, [["sparse", "267 k", "21.8 k"]]);
});
