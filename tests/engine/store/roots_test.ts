/** What runs and pins hold of a store. */
import assert from "node:assert/strict";
import type { Key } from "../../../engine/digest.ts";
import { openJournal } from "../../../engine/store/journal.ts";
import { holdsOf, pastRuns } from "../../../engine/store/roots.ts";
import { storeFolder } from "./folder.ts";

const [a, b, c, d] = ["a", "b", "c", "d"].map((letter) => letter.repeat(64) as Key) as [
  Key,
  Key,
  Key,
  Key,
];
const run = (date: number, live: boolean, ...keys: Key[]) => ({
  path: "",
  live,
  date,
  lines: keys.map((key) => ({ event: "hit", key })),
});

Deno.test("a key is held from the last run that touched it, and firmly by pins and runs that live", () => {
  const holds = holdsOf([a, d], [run(10, false, a, b), run(30, true, c), run(20, false, b, c)]);
  assert.deepEqual(Object.fromEntries(holds), {
    [a]: { used: 10, firm: true },
    [b]: { used: 20, firm: false },
    [c]: { used: 30, firm: true },
    [d]: { used: 0, firm: true },
  });
});

Deno.test("lines without a key hold nothing", () => {
  const odd = { ...run(1, true), lines: [{ event: "started" }, { key: 3 }, { key: [a] }] };
  assert.equal(holdsOf([], [odd]).size, 0);
});

Deno.test("journals are read with their damage said, and a run lives while its journal is locked", async () => {
  await using cache = await storeFolder();
  await cache.folder.prepare();
  const live = await openJournal(cache.folder);
  await live.append({ key: a });
  const past = await openJournal(cache.folder);
  await past.append({ key: b });
  await past.close();
  await Deno.writeTextFile(past.path!, "torn\nanother\n", { append: true });
  const found = await pastRuns(cache.folder);
  assert.deepEqual(
    new Map(found.map(({ path, live, lines }) => [path, { live, lines }])),
    new Map([
      [live.path!, { live: true, lines: [{ key: a }] }],
      [past.path!, { live: false, lines: [{ key: b }] }],
    ]),
  );
  assert.deepEqual(cache.said, [
    `${past.path}: 2 lines are damaged, the first is line 2, passed over`,
  ]);
  await live.close();
});

Deno.test("a folder in the place of a journal is passed over and said", async () => {
  await using cache = await storeFolder();
  await cache.folder.prepare();
  await Deno.mkdir(`${cache.root}/runs/20260101T000000Z-00000000.jsonl`);
  assert.deepEqual(await pastRuns(cache.folder), []);
  assert.match(cache.said.join(), /is a folder, not a file; it was passed over$/);
});

Deno.test("one damaged line is said as one, and a journal is as old as its file", async () => {
  await using cache = await storeFolder();
  await cache.folder.prepare();
  const journal = await openJournal(cache.folder);
  await journal.append({ key: a });
  await journal.close();
  await Deno.writeTextFile(journal.path!, "torn\n", { append: true });
  const then = Date.UTC(2026, 1, 3);
  await Deno.utime(journal.path!, then / 1000, then / 1000);
  assert.deepEqual((await pastRuns(cache.folder)).map(({ date }) => date), [then]);
  assert.deepEqual(cache.said, [`${journal.path}: line 2 is damaged, passed over`]);
});

Deno.test("a journal that goes away while it is read is passed over; what cannot be read is not", async () => {
  await using cache = await storeFolder();
  await cache.folder.prepare();
  await (await openJournal(cache.folder)).close();
  const { readFile, stat } = Deno;
  try {
    Deno.readFile = () => Promise.reject(new Deno.errors.NotFound("gone"));
    assert.deepEqual(await pastRuns(cache.folder), []);
    Deno.readFile = () => Promise.reject(new Error("odd"));
    await assert.rejects(() => pastRuns(cache.folder), /^Error: odd$/);
    Deno.readFile = async (path) => {
      const bytes = await readFile(path);
      Deno.stat = () => Promise.reject(new Deno.errors.NotFound("gone"));
      return bytes;
    };
    assert.deepEqual(await pastRuns(cache.folder), []);
  } finally {
    Object.assign(Deno, { readFile, stat });
  }
  assert.deepEqual(cache.said, []);
});
