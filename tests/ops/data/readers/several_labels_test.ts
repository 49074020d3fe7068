import assert from "node:assert/strict";
import {
  columnsOf,
  flagsOf,
  listedLabels,
  markedLabels,
} from "../../../../ops/data/readers/several_labels.ts";
import { heldValues } from "../../../../ops/data/dataset.ts";
import { data } from "../../../../ops/data/data.ts";
import type { FileParams } from "../../../../ops/data/data_fields.ts";
import { ParameterError } from "../../../../engine/op.ts";
import { columnOf } from "../../../../ops/data/table/column.ts";
import { runContext } from "../../run_context.ts";
import { tableOf } from "../table_of.ts";

const params = (more: Partial<FileParams>): FileParams => ({
  from: "t.csv",
  task: "multi-label",
  split: { validation: 0, test: 0, by: "order" },
  normalize: { use: "none" },
  seed: 0,
  ...more,
});

async function load(text: string, more: Partial<FileParams> = {}, name = "t.csv") {
  const files = { [name]: new TextEncoder().encode(text) };
  const { meta, parts } = await data.run(
    {},
    params({ from: name, ...more }),
    runContext({ files }),
  );
  const { x: stored, y, count } = parts.train!;
  const x = heldValues(stored);
  const [width, outputs] = [x.length / count, y!.length / count];
  const rows = Array.from({ length: count }, (_, row) => [
    ...x.slice(row * width, (row + 1) * width),
    ...y!.slice(row * outputs, (row + 1) * outputs),
  ]);
  return { meta, floats: y instanceof Float32Array, rows: rows.sort((a, b) => a[0]! - b[0]!) };
}

Deno.test("labels of a cell stand between separators, in any order; an empty cell lists none", async () => {
  const made = await load("a,tags\n1,red;blue\n2,\n3, blue ;; red\n4,green", {
    columns: { separator: ";" },
  });
  assert.deepEqual(made.meta.classes, ["blue", "green", "red"]);
  assert.deepEqual([made.meta.task, made.meta.outputs, made.floats], ["multi-label", 3, true]);
  assert.deepEqual(made.rows, [[1, 1, 0, 1], [2, 0, 0, 0], [3, 1, 0, 1], [4, 0, 1, 0]]);
});

Deno.test("lists of JSON lines are labels, names given are their order", async () => {
  const text = '{"a":1,"tags":["x",2]}\n{"a":2,"tags":[]}\n{"a":3,"tags":["x"]}\n';
  const made = await load(text, {}, "t.jsonl");
  assert.deepEqual([made.meta.classes, made.rows], [["2", "x"], [[1, 1, 1], [2, 0, 0], [3, 0, 1]]]);
  const named = await load(text, { classes: ["x", "y", "2"] }, "t.jsonl");
  assert.deepEqual(named.rows, [[1, 1, 0, 1], [2, 0, 0, 0], [3, 1, 0, 0]]);
});

Deno.test("columns of zeros and ones, or of true and false, are labels of their names", async () => {
  const columns = { label: ["p", "q"] };
  const made = await load("p,a,q\n1,5,0\ntrue,6,false\n0,7,1", { columns });
  assert.deepEqual([made.meta.classes, made.rows], [["p", "q"], [[5, 1, 0], [6, 1, 0], [7, 0, 1]]]);
  const named = await load("p,a,q\n1,5,0", { columns, classes: ["P", "Q"] });
  assert.deepEqual(named.meta.classes, ["P", "Q"]);
  await assert.rejects(
    load("p,a,q\n1,5,0", { columns, classes: ["P"] }),
    /Cannot name 2 columns of labels by 1 classes/,
  );
  await assert.rejects(
    load("p,a,q\n1,5,0\n2,5,0", { columns }),
    /Cannot use the labels of "t.csv": row 1 has 2, and a label is there, 1, or not, 0/,
  );
});

Deno.test("several columns are targets of a regression, by name", async () => {
  const made = await load("a,h,w\n1,0.5,3\n2,-1,4", {
    task: "regression",
    columns: { label: ["w", "h"] },
  });
  assert.deepEqual(made.rows, [[1, 3, 0.5], [2, 4, -1]]);
  assert.deepEqual([made.meta.targets, made.meta.outputs], [["w", "h"], 2]);
  const single = await load("a,h\n1,2", { task: "regression", columns: { label: "h" } });
  assert.ok(!("targets" in single.meta));
});

Deno.test("texts may have several labels in one column", async () => {
  const text = { tokens: "words", length: 2 } as const;
  const made = await load("t,tags\nhello,x;y\nworld,x", {
    text: { ...text, vocabulary: 10 },
    columns: { input: ["t"], label: "tags", separator: ";" },
  });
  assert.deepEqual([made.meta.classes, made.meta.outputs], [["x", "y"], 2]);
  await assert.rejects(
    load("t,x,y\nhello,1,0", { text, columns: { input: ["t"], label: ["x", "y"] } }),
    /Cannot read the labels of "t.csv": those of a text stand in one column/,
  );
});

Deno.test("what cannot be a label is refused with its line", async () => {
  await assert.rejects(
    load("a,tags\n1,red\n2,red;blue", {}),
    /Cannot read the labels "red" of "t.csv": they are no list; say what stands between labels: columns: \{ separator/,
  );
  await assert.rejects(
    load("a,tags\n1,red\n2,blue", { columns: { separator: ";" }, classes: ["red"] }),
    /Cannot place the label "blue" of "t.csv" \(line 3\) among red/,
  );
  await assert.rejects(
    load("a,p,q\n1,0,x", { columns: { label: ["p", "q"] } }),
    /Cannot read "t.csv": line 2, column 3 \("q"\) is "x", not a number, and the answers are numbers/,
  );
});

Deno.test("rows are read from one on, with the lines and names of their file", async () => {
  const file = await tableOf("csv", new TextEncoder().encode("p,q\n1,0\n0,1"), "t.csv");
  assert.deepEqual(columnsOf(file, ["q", "p"], 1), {
    shape: [2, 2],
    data: Float32Array.of(0, 1, 1, 0),
  });
  const cells = columnOf(["b|a", "a"]);
  const wishes = { separator: "|", file: "f" };
  assert.deepEqual(listedLabels(cells, wishes), ["a", "b"]);
  assert.deepEqual(markedLabels(cells, ["a", "b"], wishes), Float32Array.of(1, 1, 1, 0));
  const many = columnOf(
    Array.from(
      { length: 1001 },
      (_, row) => Array.from({ length: 1000 }, (_, i) => `${row * 1000 + i}`).join(" "),
    ),
  );
  assert.throws(
    () => listedLabels(many, { separator: " ", file: "f" }),
    /Cannot tell the labels of "f": they are more than 1000000 different ones/,
  );
});

Deno.test("an array of labels is rows of zeros and ones", () => {
  const flags = flagsOf({ shape: [1, 2], data: Uint8Array.of(1, 0) }, "y");
  assert.deepEqual(flags, Float32Array.of(1, 0));
  assert.throws(
    () => flagsOf({ shape: [2], data: Uint8Array.of(1, 0) }, "y"),
    /their shape is 2; expected is 2×labels, of zeros and ones/,
  );
  assert.throws(() => flagsOf({ shape: [1, 1], data: Float32Array.of(0.5) }, "y"), /row 0 has 0.5/);
});

Deno.test("answers that the task has no use for are refused before anything is read", () => {
  const cases: readonly (readonly [Partial<FileParams>, string])[] = [
    [{ task: "classification", columns: { label: ["a", "b"] } }, "columns.label"],
    [{ task: "classification", columns: { separator: ";" } }, "columns.separator"],
    [{ columns: { label: ["a"], separator: ";" } }, "columns.separator"],
  ];
  for (const [more, path] of cases) {
    assert.throws(
      () => data.facts({}, params(more)),
      (error) => error instanceof ParameterError && error.path === path,
    );
  }
  const facts = (more: Partial<FileParams>) => data.facts({}, params(more));
  assert.deepEqual(facts({ columns: { label: ["a", "b"] } }), {
    ...{ kind: "dataset", task: "multi-label", outputs: 2, classes: ["a", "b"] },
  });
  assert.deepEqual(facts({ columns: { label: ["a", "b"] }, classes: ["c", "d"] }), {
    ...{ kind: "dataset", task: "multi-label", outputs: 2, classes: ["c", "d"] },
  });
  assert.deepEqual(facts({ task: "regression", columns: { label: ["a", "b"] } }), {
    ...{ kind: "dataset", task: "regression", outputs: 2 },
  });
  assert.deepEqual(facts({ columns: { label: "a", separator: ";" } }), {
    ...{ kind: "dataset", task: "multi-label" },
  });
});
