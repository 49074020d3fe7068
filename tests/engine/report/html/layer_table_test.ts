import assert from "node:assert/strict";
import type { Facts, LayerFacts } from "../../../../engine/facts.ts";
import { layerTable } from "../../../../engine/report/html/layer_table.ts";
import { rows, texts } from "../support/parse_html.ts";
import { shown } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { layers } from "../support/rich.ts";

const layer = (name: string, parameters: number, macs = 0): LayerFacts => ({
  name,
  type: "dense",
  kind: "dense",
  shape: [1],
  parameters,
  macs,
});

const facts = (...layers: LayerFacts[]): Facts => ({
  kind: "model",
  learned: true,
  established: [],
  layers,
});

const table = (notes: Parameters<typeof layerTable>[0], before?: Facts, after?: Facts) => {
  const page = shown(layerTable(notes, before, after));
  return { head: texts(page, "th"), rows: rows(page, "table") };
};

Deno.test("notes that name no layers make no table", () => {
  for (const notes of [{}, { effect: "nothing" }, { effect: {} }, { training: { a: 1 } }]) {
    assert.equal(layerTable(notes, undefined, undefined), undefined);
  }
  assert.equal(layerTable({ mixed: { a: 1, b: "x" } }, undefined, undefined), undefined);
});

Deno.test("words stand as they are, and a format is called by its whole name", () => {
  assert.deepEqual(table({ effect: { formats: { a: "int8" } }, bit_widths: { a: "wide" } }), {
    head: ["layer", "number format", "bit widths"],
    rows: ["a | int8 | wide"],
  });
});

Deno.test("numbers get bars against the largest, whatever its sign", () => {
  const page = shown(layerTable({ error: { a: -4, b: 1, c: 0 } }, undefined, undefined));
  assert.deepEqual(rows(page, "table"), ["a | −4.00", "b | 1.00", "c | 0"]);
  assert.deepEqual(
    [...page.querySelectorAll(".bar i")].map((each) => each.getAttribute("style")),
    ["width:100%", "width:25%", "width:0%"],
  );
  const none = shown(layerTable({ error: { a: 0 } }, undefined, undefined));
  assert.equal(none.querySelector(".bar i")!.getAttribute("style"), "width:0%");
});

Deno.test("what was kept of how much is one column, and so is what is zero", () => {
  assert.deepEqual(table({ effect: { channels: { a: { kept: 3, removed: 1 } } } }), {
    head: ["layer", "channels kept"],
    rows: ["a | 3 of 4 · 75.0 %"],
  });
  assert.deepEqual(
    table({ effect: { weights: { a: { zeros: 5, of: 20 }, b: { zeros: 0, of: 0 } } } }),
    {
      head: ["layer", "weights zero"],
      rows: ["a | 5 of 20 · 25.0 %", "b | 0 of 0 · 0.0 %"],
    },
  );
});

Deno.test("other records have a column for each field, empty where a layer lacks it", () => {
  assert.deepEqual(
    table({ effect: { values: { a: { before: 9, how_far: "near" }, b: { before: 2 } } } }),
    {
      head: ["layer", "values before", "values how far"],
      rows: ["a | 9.00 | near", "b | 2.00 | –"],
    },
  );
});

Deno.test("layers stand in the model's order, weights with their layer, strangers last", () => {
  const before = facts(layer("z", 1), layer("a", 1));
  const notes = { effect: { formats: { "?": "q", "a/kernel": "k", a: "x", z: "y" } } };
  assert.deepEqual(table(notes, before).rows.map((row) => row.split(" | ")[0]), [
    "z",
    "a/kernel",
    "a",
    "?",
  ]);
});

Deno.test("parameters and MACs are there where the step changed them", () => {
  const notes = { effect: { formats: { a: "x", b: "y" } } };
  const before = facts(layer("a", 100, 7), layer("b", 10, 7));
  assert.deepEqual(table(notes, before, facts(layer("a", 50, 7), layer("b", 10, 7))), {
    head: ["layer", "number format", "parameters"],
    rows: ["a | x | 100 → 50", "b | y | 10 → 10"],
  });
  const fewer = facts(layer("a", 100, 5));
  assert.deepEqual(table(notes, before, fewer), {
    head: ["layer", "number format", "MACs"],
    rows: ["a | x | 7 → 5", "b | y | –"],
  });
  assert.deepEqual(table(notes, before, before).head, ["layer", "number format"]);
});

Deno.test("many layers are folded away", () => {
  const named = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`l${at}`, "int8"]));
  const titles = (count: number) =>
    texts(shown(layerTable({ formats: named(count) }, undefined, undefined)), "summary");
  assert.deepEqual([titles(24), titles(25)], [[], ["25 layers"]]);
});

Deno.test("the table is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("layers", layerTable(layers, undefined, undefined));
});
