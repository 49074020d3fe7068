import { metrics } from "../metrics.ts";
import assert from "node:assert/strict";
import type { RunDocument } from "../../../engine/report/document.ts";
import { closingLine, reportMarkdown, resultText } from "../../../engine/report/report.ts";
import { searchDocument } from "../../../engine/report/search/search_document.ts";
import { fakeOps, graphOf, nowhere } from "../run/support/fake.ts";
import { plan, trial } from "./search/plans.ts";
import { measured, outcome, runDocument, statesOf, stepDocument } from "./support/subject.ts";

const ops = fakeOps();
const expectation = (claim: string, met: boolean) =>
  ({
    claim,
    met,
    left: 1,
    right: 2,
    sentence: `so ${met}`,
    place: undefined,
  }) as never as RunDocument["expect"][0];
const table = { head: ["model"], rows: [["a"]], notes: [] };
const empty = { ...table, rows: [] };

Deno.test("the last line counts what ran, what failed, what was not done and what is not met", () => {
  const line = (more: Partial<RunDocument>) => closingLine(runDocument(more));
  const step = (status: RunDocument["steps"][0]["status"]) => stepDocument("a", { status });
  assert.equal(line({}), "0 of 0 steps ran in 3.0 s.");
  assert.equal(line({ steps: [step("ran")] }), "1 of 1 step ran in 3.0 s.");
  assert.equal(
    line({ steps: [step("ran"), step("hit"), step("failed"), step("skipped"), step("skipped")] }),
    "1 of 5 steps ran in 3.0 s. 1 failed. 2 not done.",
  );
  assert.equal(
    line({ expect: [expectation("a", false)] }),
    "0 of 0 steps ran in 3.0 s. 1 of 1 expectation is not met.",
  );
  assert.equal(
    line({ expect: [expectation("a", false), expectation("b", true), expectation("c", false)] }),
    "0 of 0 steps ran in 3.0 s. 2 of 3 expectations are not met.",
  );
});

Deno.test("a run prints its table, what was expected, what was written, and the last line", () => {
  const expect = [expectation("a.long < b", true), expectation("c", false)];
  assert.equal(
    resultText(table, runDocument({ expect }), ["report.md", "tfjs/"], metrics),
    "model\na\nexpect\n  ✓ a.long < b     so true\n  ✗ c              so false\n" +
      "report.md tfjs/\n0 of 0 steps ran in 3.0 s. 1 of 2 expectations is not met.\n",
  );
  assert.equal(resultText(empty, runDocument(), [], metrics), "0 of 0 steps ran in 3.0 s.\n");
});

Deno.test("of many folders two are named and all are counted", () => {
  const written = (count: number) => {
    const folders = Array.from({ length: count }, (_, at) => `f${at}/`);
    return resultText(empty, runDocument(), [...folders, "report.md"], metrics).split("\n")[0];
  };
  assert.equal(written(4), "f0/ f1/ f2/ f3/ report.md");
  assert.equal(written(5), "report.md f0/ f1/ … (5 folders)");
});

Deno.test("a search that was interrupted shows the trials as measured on validation samples", () => {
  const lines = (ended: "trials" | "interrupted", trials = [trial()]) =>
    resultText(empty, runDocument({ search: searchDocument(plan(), trials, ended) }), [], metrics)
      .split(
        "\n",
      );
  assert.match(lines("trials")[0]!, /^1 trial of 3 points/);
  assert.match(lines("trials")[1]!, /^0 of 0 steps/);
  assert.match(lines("interrupted")[1]!, /trial +x +result\.bytes/);
  assert.match(lines("interrupted", [])[1]!, /^0 of 0 steps/);
});

const graph = graphOf(
  [{ name: "a", op: ops.constant }, { name: "a-test", op: ops.score, inputs: { model: "a" } }],
  { about: { name: "numbers", description: "of <all> kinds", authors: [], references: [] } },
);

Deno.test("the Markdown of a run has a part for each thing that there is to say", () => {
  const states = statesOf(graph, {
    a: { outcome: outcome({ effect: "nothing much" }) },
    "a-test": measured({ loss: 2 }),
  });
  const artifact = { digest: "0123456789abcdef", kind: "model", bytes: 2000 };
  const text = reportMarkdown(
    graph,
    runDocument({
      steps: [
        stepDocument("a", { artifact, warnings: ["it was *odd*"] }),
        stepDocument("a-test", {
          recalled: { date: "2026-01-02T03:04:05Z", host: "vm" },
          status: "hit",
        }),
      ],
      expect: [expectation("a < b", true)],
      problems: [{ code: "step-failed", message: "it broke", place: { path: "" } }],
      search: searchDocument(plan(), [trial()], "trials"),
      environment: { ...nowhere, threads: 2 },
    }),
    states,
  );
  const parts = text.split("\n").filter((line) => line.startsWith("#"));
  assert.deepEqual(parts, [
    ...["# numbers", "## Search", "## Expectations", "## Problems", "## Steps", "## Warnings"],
  ]);
  assert.match(text, /\n\| a \| 2\.00 \|\n/);
  assert.match(text, /\n- ✓ a < b {5}so true\n/);
  assert.match(text, /\n- it broke\n/);
  assert.match(
    text,
    /\n\| a \| constant \| ran \| nothing much \| 2\.0 s \| 2\.00 kB \| `0123456789ab` \|\n/,
  );
  assert.match(
    text,
    /\n\| a-test \| constant \| recalled from 2026-01-02 \| loss 2\.00 \| 2\.0 s \| – \| – \|\n/,
  );
  assert.match(text, /\n- a: it was .*odd.*\n/);
  assert.match(
    text,
    /\n1 of 2 steps ran in 3\.0 s\.\n\nlinux x86_64, 1 × abacus, 2 threads, WebAssembly kernels, Deno 0, numerics 1\.\n$/,
  );
});

Deno.test("a run of nothing says only that", () => {
  const text = reportMarkdown(graphOf([]), runDocument(), new Map());
  assert.match(
    text,
    /^# numbers\n\n## Steps\n\n\| step .*\n\|.*\n\n0 of 0 steps ran in 3\.0 s\.\n/,
  );
  assert.match(text, /, 1 thread, WebAssembly kernels, Deno/);
  assert.deepEqual(text.split("\n").slice(4, 6), [
    "| step | op | status | came of it | seconds | bytes | artifact |",
    "| :-- | :-- | :-- | :-- | --: | --: | --: |",
  ]);
});

Deno.test("parts of the Markdown of a run stand apart, each under its heading", () => {
  const graph = graphOf([], { about: { name: "numbers", description: "Adds <b>" } as never });
  const text = reportMarkdown(
    graph,
    runDocument({
      expect: [expectation("a < b", true), expectation("b < a", false)],
      problems: [{ code: "step-failed", message: "it broke", place: { path: "" } }],
      steps: [stepDocument("a", { status: "failed", warnings: ["odd", "late"] })],
    }),
    new Map(),
  );
  assert.deepEqual(text.split("\n").slice(0, -3), [
    ...["# numbers", "", "Adds &lt;b>", "", "## Expectations", ""],
    ...["- ✓ a < b     so true", "- ✗ b < a     so false", "", "## Problems", "", "- it broke", ""],
    ...["## Steps", ""],
    "| step | op | status | came of it | seconds | bytes | artifact |",
    "| :-- | :-- | :-- | :-- | --: | --: | --: |",
    "| a | constant | failed |  | 2.0 s | – | – |",
    ...["", "## Warnings", "", "- a: odd", "- a: late", ""],
    "0 of 1 step ran in 3.0 s. 1 failed. 1 of 2 expectations is not met.",
  ]);
});

const stated = [{ in: "package.json", says: { license: "MIT", author: "<A|B>" } }];
const sources = [
  { source: "./a.onnx", sha256: "11", stated },
  { source: "./b.csv", sha256: "22" },
];

Deno.test("a run prints the licences that its sources say, above what was expected", () => {
  const expect = [expectation("a", true)];
  assert.deepEqual(resultText(table, runDocument({ expect, sources }), [], metrics).split("\n"), [
    ...["model", "a", "licences", "  ./a.onnx: MIT (package.json)", "expect", "  ✓ a     so true"],
    ...["0 of 0 steps ran in 3.0 s.", ""],
  ]);
});

Deno.test("the Markdown of a run has a table of its sources, of which nothing is markup", () => {
  const text = reportMarkdown(graph, runDocument({ sources }), new Map());
  assert.deepEqual(text.split("\n").filter((line) => /^## |^\| .*(?:MIT|A|csv)/.test(line)), [
    "## Sources",
    "| ./a.onnx | license | MIT | package.json |",
    "|  | author | &lt;A\\|B> | package.json |",
    "| ./b.csv |  | – |  |",
    "## Steps",
  ]);
});
