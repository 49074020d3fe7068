import assert from "node:assert/strict";
import { filesKind } from "../../../../engine/files.ts";
import type { StepDocument } from "../../../../engine/report/document.ts";
import { exportsSection } from "../../../../engine/report/html/exports_section.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { rows, texts } from "../support/parse_html.ts";
import { shownSection, stepDocument, subject } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich } from "../support/rich.ts";

const ops = fakeOps();
const graph = graphOf([
  { name: "model", op: ops.constant },
  { name: "export-tfjs", op: { ...ops.score, output: filesKind }, inputs: { model: "model" } },
]);

function section(step: Partial<StepDocument>, files: Record<string, Uint8Array>) {
  const document = { steps: [stepDocument("model"), stepDocument("export-tfjs", step)] };
  return shownSection(exportsSection(subject(graph, { document, files: { tfjs: files } })));
}

/** The rows of the card of an export that noted that. */
function card(check: Readonly<Record<string, string | number>>, more: Partial<StepDocument> = {}) {
  const artifact = { digest: "ab", kind: "files", bytes: 1 };
  const step = { artifact, notes: { check }, reads: { model: "model" }, ...more };
  const page = section(step, {});
  const [names, values] = [texts(page, "dt"), texts(page, "dd")];
  return names.map((name, at) => `${name}: ${values[at]}`);
}

Deno.test("a run that exports nothing has no section", () => {
  const document = { steps: [stepDocument("model")] };
  assert.equal(exportsSection(subject(graph, { document })), undefined);
});

Deno.test("the files of an export are listed with their bytes and summed up", () => {
  const page = section({}, { "a.json": new Uint8Array(3), "b.bin": new Uint8Array(2000) });
  assert.deepEqual(texts(page, "h3"), ["tfjs/ made now in 2.0 s"]);
  assert.deepEqual(texts(page, "summary"), ["2 files, 2.00 kB"]);
  assert.deepEqual(rows(page, "table"), ["a.json | 3 B", "b.bin | 2.00 kB"]);
  assert.deepEqual(texts(section({}, { a: new Uint8Array(3) }), "summary"), ["1 file, 3 B"]);
  assert.deepEqual(texts(page, "dt"), [], "of one that was not made nothing was checked");
});

Deno.test("an export whose model a page runs leads to it, with its size; the others do not", () => {
  const page = { path: "try.html", digest: "ab", bytes: 2000, of: "cd" };
  const row = { step: "export-tfjs", folder: "tfjs", files: [] };
  const lines = (exports: readonly object[]) => {
    const steps = [stepDocument("export-tfjs")];
    const document = { steps, exports: exports as never };
    return texts(shownSection(exportsSection(subject(graph, { document }))), "p");
  };
  const line = "try.html runs it in a browser: 2.00 kB, without network.";
  assert.deepEqual(lines([{ ...row, page }]), [line]);
  assert.deepEqual(lines([row]), []);
  assert.deepEqual(lines([{ ...row, step: "another", page }]), []);
});

Deno.test("an export with a document leads to it, in its folder", () => {
  const document = { path: "told.json", digest: "ab", bytes: 2000 };
  const exports = [{ step: "export-tfjs", folder: "tfjs", files: [], document }];
  const steps = [stepDocument("export-tfjs")];
  const shown = shownSection(exportsSection(subject(graph, { document: { steps, exports } })));
  assert.deepEqual(texts(shown, "p"), [
    "tfjs/told.json says how its inputs are prepared and what its answers are called: 2.00 kB.",
  ]);
  assert.match(JSON.stringify(shown), /\.\/tfjs\/told\.json/);
});

Deno.test("what came of loading it again is said in words", () => {
  assert.deepEqual(
    card({
      runtime: "tfjs-layers",
      samples: 30,
      difference: 0.00012,
      reread: 0,
      agreement: 0.98,
      integers: 1,
      further_note: "fine",
      count: 3,
    }, { params: { tolerance: 0.001 } }),
    [
      "model: model",
      "loaded again in: tfjs-layers",
      "samples compared: 30",
      "largest difference: 0.000120 of the largest logit; 0.001 is tolerated",
      "read again by Decant: 0 of the largest logit",
      "answers alike: 98.0 %",
      "answers as the integer model: 100.0 %",
      "further note: fine",
      "count: 3",
    ],
  );
});

Deno.test("an export of integers is checked by its roundings and not by the tolerance", () => {
  assert.deepEqual(card({ difference: 0.5, rounding: 0.25 }, { params: { tolerance: 1 } }), [
    "model: model",
    "largest difference: 0.500 of the largest logit",
    "largest rounding: 0.250 of an integer step",
  ]);
  assert.deepEqual(card({ difference: "much" }, { reads: {} }), ["model: "]);
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("exports", exportsSection(rich)!.body);
});
