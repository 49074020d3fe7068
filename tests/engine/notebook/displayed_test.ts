import assert from "node:assert/strict";
import {
  bundleOf,
  displayable,
  displayedChart,
  displayedLayers,
  displayedRecipe,
  displayedTable,
} from "../../../engine/notebook/displayed.ts";
import { metrics } from "../metrics.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";

Deno.test("to be displayable changes nothing that is compared, listed or written", () => {
  const value = displayable({ a: 1 }, () => Promise.resolve({}));
  assert.deepEqual(value, { a: 1 });
  assert.deepEqual(Object.getOwnPropertySymbols({ ...value }), []);
  assert.equal(JSON.stringify(value), '{"a":1}');
});

Deno.test("what shows a value is made when it is asked for, each time anew", async () => {
  let asked = 0;
  const value = displayable({}, () => Promise.resolve({ "text/plain": `${++asked}` }));
  assert.equal(asked, 0);
  assert.deepEqual(await bundleOf(value), { "text/plain": "1" });
  assert.deepEqual(await bundleOf(value), { "text/plain": "2" });
});

Deno.test("values that are no run, plan or recipe have no forms to be displayed in", async () => {
  for (const value of [undefined, null, 3, "text", {}, [1]]) {
    assert.equal(await bundleOf(value), undefined);
  }
});

Deno.test("a displayed value is the value itself, and each kind shows what it is", async () => {
  const text = async (value: unknown) => (await bundleOf(value))!["text/plain"]!;
  const table = { head: ["a"], rows: [["1"]], notes: [] };
  assert.equal(displayedTable(table), table);
  assert.match(await text(table), /^a\n1$/);
  const layer = { name: "l", type: "dense", kind: "dense", shape: [2, 3], parameters: 6, macs: 6 };
  const given = [layer];
  const layers = displayedLayers(given);
  assert.deepEqual(layers, given);
  assert.notEqual(layers, given, "a list of somebody else is not changed");
  assert.match(await text(layers), /l +dense +2×3 +6 +6/);
  const chart = { x: "bytes", y: "accuracy", points: [] };
  assert.equal(displayedChart(chart, metrics), chart);
  assert.match(await text(chart), /bytes +accuracy/);
  const recipe = { name: "r" };
  const graph = graphOf([{ name: "one", op: fakeOps().constant }]);
  assert.equal(displayedRecipe(recipe, () => Promise.resolve(graph)), recipe);
  assert.match(await text(recipe), /^numbers {2}seed 0\n/);
});
