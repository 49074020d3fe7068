import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/op.ts";
import { heldValues } from "../../../../ops/data/dataset.ts";
import { data } from "../../../../ops/data/data.ts";
import type { FileParams } from "../../../../ops/data/data_fields.ts";
import { keyReader } from "../../../../ops/data/readers/split_keys.ts";
import { runContext } from "../../run_context.ts";
import { tableOf } from "../table_of.ts";

const file = (text: string, name = "t.csv") => tableOf("csv", new TextEncoder().encode(text), name);

Deno.test("groups are numbered as they appear, over all files", async () => {
  const read = keyReader({ by: "group", column: "who" });
  assert.deepEqual([...read(await file("a,who\n1,x\n2,y\n3,x"), 1)], [0, 1, 0]);
  assert.deepEqual([...read(await file("who,a\ny,1\nz,2"), 1)], [1, 2]);
});

Deno.test("times are numbers, or dates in UTC where they name no zone", async () => {
  const times = async (
    ...cells: string[]
  ) => [...keyReader({ by: "time", column: "t" })(await file(`t\n${cells.join("\n")}`), 1)];
  assert.deepEqual(await times("2", "-1.5", "1e3"), [2, -1.5, 1000]);
  assert.deepEqual(
    await times(
      "2024-02",
      "2024-01-31",
      "2024-01-31T10:00",
      "2024-01-31 10:00:30.5Z",
      "2024-01-31T10:00+02:00",
    ),
    [
      Date.UTC(2024, 1, 1),
      Date.UTC(2024, 0, 31),
      Date.UTC(2024, 0, 31, 10),
      Date.UTC(2024, 0, 31, 10, 0, 30, 500),
      Date.UTC(2024, 0, 31, 8),
    ],
  );
});

Deno.test("what is no time is refused with its line, and so are years among dates", async () => {
  const refused = async (text: string, message: RegExp) => {
    const table = await file(text);
    assert.throws(() => keyReader({ by: "time", column: "t" })(table, 1), message);
  };
  await refused(
    "a,t\n1,2024-01-01\n2,soon",
    /line 3, column 2 \("t"\) is "soon", no date as 2024-01-31/,
  );
  await refused("a,t\n1,2024-01-01\n2,2024", /line 3, column 2 \("t"\) is "2024", no date/);
  await refused("a,t\n1,2024\n2,2024-01-01", /line 3, column 2 \("t"\) is "2024-01-01", no number/);
  await refused("a,t\n1,2024-13-01", /line 2, column 2 \("t"\) is "2024-13-01", no date/);
  await refused("a\n1", /Cannot find the column "t" in "t.csv"/);
});

const params = (more: Partial<FileParams>): FileParams => ({
  from: "t.csv",
  task: "classification",
  split: { validation: 0, test: 0.5, by: "group", column: "who" },
  normalize: { use: "none" },
  seed: 0,
  ...more,
});

async function load(texts: Readonly<Record<string, string>>, more: Partial<FileParams> = {}) {
  const files = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, new TextEncoder().encode(text)]),
  );
  return await data.run({}, params(more), runContext({ files }));
}

const text = "who,a,kind\nx,1,p\ny,2,q\nx,3,p\ny,4,q";

Deno.test("a table is divided by a column, which is no part of the samples unless it is named", async () => {
  const { meta, parts } = await load({ "t.csv": text });
  assert.deepEqual(meta.input, [1]);
  const [train, test] = [parts.train!, parts.test!].map(({ x }) => [...heldValues(x)].sort());
  assert.ok([train, test].some((part) => part!.join() === "1,3"), `${train}; ${test}`);
  const times = await load({ "t.csv": text.replaceAll("x,", "7,").replaceAll("y,", "8,") }, {
    split: { validation: 0, test: 0.5, by: "time", column: "who" },
    columns: { input: ["who", "a"] },
  });
  assert.deepEqual(times.meta.input, [2]);
  assert.deepEqual([...heldValues(times.parts.test!.x)].sort(), [2, 4, 8, 8]);
});

Deno.test("parts in files of their own may share no group", async () => {
  const from = { train: "t.csv", test: "u.csv" };
  const split = { validation: 0, test: 0.5, by: "group", column: "who" } as const;
  const made = await load({ "t.csv": text, "u.csv": "who,a,kind\nz,1,p" }, { from, split });
  assert.deepEqual([made.parts.train!.count, made.parts.test!.count], [4, 1]);
  await assert.rejects(
    load({ "t.csv": text, "u.csv": "who,a,kind\nz,1,p\ny,1,p" }, { from, split }),
    /Cannot divide by group: samples of train and of test are of one group/,
  );
});

Deno.test("a way to divide and its column go together, and stand in tables", async () => {
  const wrong = (more: Partial<FileParams>, path: string) =>
    assert.throws(
      () => data.facts({}, params(more)),
      (error) => error instanceof ParameterError && error.path === path,
    );
  const split = { validation: 0, test: 0.5 };
  wrong({ split: { ...split, by: "group" } }, "split");
  wrong({ split: { ...split, by: "time" } }, "split");
  wrong({ split: { ...split, by: "label", column: "who" } }, "split.column");
  wrong({ text: { tokens: "words", length: 2 } }, "split.by");
  await assert.rejects(
    load({ "t.npy": "" }, { from: "t.npy", split: { ...split, by: "time", column: "who" } }),
    /Cannot divide by a column: npy files have none/,
  );
});

Deno.test("times of Parquet are times", async () => {
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  const dates = ["1970-01-01T00:00:01.500Z", "2024-02-29", "1969-12-31"].map((date) =>
    new Date(date)
  );
  const columnData = [{ name: "at", data: dates, type: "TIMESTAMP" as const }];
  const file = new Uint8Array(parquetWriteBuffer({ columnData }));
  const table = await tableOf("parquet", file, "t.parquet");
  const day = 86_400_000;
  const times = [...keyReader({ by: "time", column: "at" })(table, 1)];
  assert.deepEqual(times, [1500, 19782 * day, -day]);
});
