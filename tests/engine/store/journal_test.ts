/** The journal of a run: lines as they were added, and what a kill leaves of them. */
import assert from "node:assert/strict";
import { type JournalLine, journalLines, openJournal } from "../../../engine/store/journal.ts";
import { takeLock, tryLock } from "../../../engine/store/lock.ts";
import { fc } from "../../deps.ts";
import { storeFolder } from "./folder.ts";

Deno.test("lines are read as they were written, and a torn last one is not counted", () => {
  const line = fc.dictionary(fc.string().filter((name) => name !== "__proto__"), fc.jsonValue());
  fc.assert(fc.property(fc.array(line, { maxLength: 5 }), fc.nat(), (lines, cut) => {
    const text = lines.map((each) => `${JSON.stringify(each)}\n`).join("");
    const plain = JSON.parse(JSON.stringify(lines)) as JournalLine[];
    assert.deepEqual(journalLines(text), { lines: plain, damaged: [] });
    const torn = text.slice(0, cut % (text.length + 1));
    const whole = torn.split("\n").length - 1;
    assert.deepEqual(journalLines(torn), { lines: plain.slice(0, whole), damaged: [] });
  }));
});

Deno.test("lines that are no objects are damaged, and counted from 1", () => {
  const text = '{"a":1}\nnot json\n[1]\n"x"\nnull\n\n{"b":2}\n{"torn';
  assert.deepEqual(journalLines(text), { lines: [{ a: 1 }, { b: 2 }], damaged: [2, 3, 4, 5, 6] });
});

Deno.test("while a journal is open its run is seen to live; a closed one still takes lines", async () => {
  await using cache = await storeFolder();
  await cache.folder.prepare();
  const journal = await openJournal(cache.folder);
  assert.match(journal.id, /^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
  assert.equal(await tryLock(journal.path!, "shared"), undefined);
  await journal.append({ b: 1, a: [true] });
  await journal.close();
  await journal.append({ late: 1 });
  const held = await takeLock(journal.path!, "shared");
  assert.notEqual(held, undefined);
  held![Symbol.dispose]();
  assert.equal(await Deno.readTextFile(journal.path!), '{"a":[true],"b":1}\n{"late":1}\n');
});

Deno.test("a journal's name sorts by its time, and two of one second differ", async () => {
  await using cache = await storeFolder();
  await cache.folder.prepare();
  const before = new Date().toISOString().slice(0, 19);
  const [one, two] = [await openJournal(cache.folder), await openJournal(cache.folder)];
  const after = new Date().toISOString().slice(0, 19);
  const time = one.id.replace(/^(....)(..)(..)T(..)(..)(..)Z-.{8}$/, "$1-$2-$3T$4:$5:$6");
  assert.ok(before <= time && time <= after, `${one.id} between ${before} and ${after}`);
  assert.equal(one.path, cache.folder.flat("runs", `${one.id}.jsonl`));
  assert.notEqual(one.id, two.id);
  await Promise.all([one.close(), two.close()]);
});
