import assert from "node:assert/strict";
import { cacheCommand } from "../../../engine/cli/cache_command.ts";
import { typing } from "./typed.ts";

/** A folder in which the recipe has run, and `decant cache` on its cache. */
async function cached() {
  const here = await typing();
  await here.decant("run", "DIR/a.yaml", "--quiet", "--cache", "DIR/cache", "--out", "DIR/out");
  const cache = (...words: string[]) => here.decant("cache", ...words, "--cache", "DIR/cache");
  return {
    ...here,
    cache,
    json: async (...words: string[]) => JSON.parse((await cache(...words, "--json")).out),
  };
}

const mistake = (message: string, help: string) => ({
  code: 2,
  out: "",
  err: `decant: ${message}\n     help: ${help}\n`,
});

Deno.test("records are listed by their date, with the names of the pins", async () => {
  await using here = await cached();
  const { code, out, err } = await here.cache("ls");
  assert.deepEqual([code, err], [0, ""]);
  const lines = out.split("\n");
  assert.equal(
    lines[0],
    "key           op        made              artifact      bytes  seconds",
  );
  assert.match(lines[1]!, / {3}92 B {2,3}\d/, "sizes stand at the right");
  const row = (op: string) =>
    new RegExp(
      `^[0-9a-f]{12} +${op} +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d +[0-9a-f]{12} +\\d+ B +\\d.* s$`,
    );
  for (const [at, op] of ["constant", "add", "evaluate"].entries()) {
    assert.match(lines[at + 1]!, row(op));
  }
  assert.deepEqual(lines.slice(4), ["3 records in DIR/cache.", ""]);
  const { records, ...rest } = await here.json("ls");
  assert.deepEqual(rest, { format: 1, cache: `DIR/cache`, pins: [] });
  assert.deepEqual(Object.keys(records[0]), [
    "key",
    "op",
    "kind",
    "artifact",
    "bytes",
    "seconds",
    "date",
  ]);
  assert.deepEqual(
    records.map(({ op, kind }: Record<string, string>) => `${op} ${kind}`),
    ["constant model", "add model", "evaluate metrics"],
  );
  assert.match((await here.cache("ls", "--json")).out, /^\{\n {2}"format": 1,\n[^]*\n\}\n$/);
  await here.cache("pin", "DIR/a.yaml");
  assert.match((await here.cache("ls")).out, /\n3 records in DIR\/cache\. Pinned: numbers\.\n$/);
  await Deno.writeTextFile(`${here.path}/cache/roots/numbers.json`, "{");
  assert.match((await here.cache("ls")).out, / Pinned: numbers \(damaged\)\.\n$/);
});

Deno.test("an empty cache has no table, one record is one", async () => {
  await using here = await cached();
  await here.cache("gc", "--days", "0");
  assert.equal((await here.cache("ls")).out, "0 records in DIR/cache.\n");
  await here.decant(
    "run",
    "DIR/a.yaml",
    "--quiet",
    "--cache",
    "DIR/cache",
    "--out",
    "DIR/out",
    "--until",
    "one",
  );
  assert.match((await here.cache("ls")).out, /\n1 record in DIR\/cache\.\n$/);
});

Deno.test("what is collected is counted; as a trial nothing goes", async () => {
  await using here = await cached();
  const all = await here.cache("gc", "--days", "0", "--dry-run");
  const [, gone] = /^3 records and (\d+) blobs would go, .*; 0 records and 0 blobs stay, 0 B\.\n$/
    .exec(all.out)!;
  assert.match(
    (await here.cache("gc")).out,
    new RegExp(`^0 records and 0 blobs went, 0 B; 3 records and ${gone} blobs stay, \\d+ B\\.\\n$`),
  );
  const { kept, bytes, ...document } = await here.json("gc", "--max-size", "1B", "--dry-run");
  assert.deepEqual(document, {
    format: 1,
    cache: "DIR/cache",
    dryRun: true,
    records: 3,
    blobs: Number(gone),
  });
  assert.deepEqual([kept.records, bytes > 0], [0, true]);
  assert.equal((await here.json("gc", "--max-size", "1GB")).dryRun, false);
  assert.equal((await here.json("ls")).records.length, 3);
  assert.match((await here.cache("gc", "--days", "0.0")).out, /^3 records and \d+ blobs went, /);
});

Deno.test("a number of days is 0 or more", async () => {
  await using here = await cached();
  for (const days of ["few", "-1", " "]) {
    assert.deepEqual(
      await here.cache("gc", `--days=${days}`),
      mistake(`--days needs a number; this is "${days}"`, "--days 7"),
    );
  }
  assert.deepEqual(
    await here.cache("gc", "--max-size", "big"),
    mistake('--max-size needs a size; this is "big"', "--max-size 2GB"),
  );
});

Deno.test("a cache that is sound says so; what is damaged is named, and refuses", async () => {
  await using here = await cached();
  const sound = await here.cache("verify");
  assert.deepEqual([sound.code, sound.err], [0, ""]);
  assert.match(sound.out, /^3 records and \d+ blobs read, \d+ B\. Nothing is damaged\.\n$/);
  const document = await here.json("verify");
  assert.deepEqual([document.format, document.cache, document.ok, document.records], [
    1,
    "DIR/cache",
    true,
    3,
  ]);
  const { key } = (await here.json("ls")).records[0];
  const path = `${here.path}/cache/outcomes/${key.slice(0, 2)}/${key.slice(2)}`;
  await Deno.writeTextFile(path, `${await Deno.readTextFile(path)} `);
  const damaged = await here.cache("verify");
  assert.equal(damaged.code, 4);
  assert.match(
    damaged.out,
    new RegExp(
      `^damaged: record ${key}\\n2 records and \\d+ blobs read, \\d+ B\\. ` +
        "1 damaged, now in quarantine; the next run makes them again\\.\\n$",
    ),
  );
});

Deno.test("a damaged pin is to be pinned again; beside a damaged record both are said", async () => {
  await using here = await cached();
  const AGAIN = "Pin what a damaged pin held again: decant cache pin RECIPE.";
  await here.cache("pin", "DIR/a.yaml");
  const pin = `${here.path}/cache/roots/numbers.json`;
  await Deno.writeTextFile(pin, "{");
  const { code, out } = await here.cache("verify");
  assert.equal(code, 4);
  assert.match(
    out,
    new RegExp(`^damaged: pin numbers\\n3 records and \\d+ blobs read, .*B\\. ${AGAIN}\\n$`),
  );
  const { key } = (await here.json("ls")).records[0];
  await Deno.writeTextFile(`${here.path}/cache/outcomes/${key.slice(0, 2)}/${key.slice(2)}`, "x");
  await Deno.writeTextFile(pin, "{");
  const both = (await here.cache("verify")).out;
  assert.match(both, new RegExp(` 1 damaged, now in quarantine; .* again\\. ${AGAIN}\\n$`));
});

Deno.test("blobs that are not there are counted, and damage nothing", async () => {
  await using here = await cached();
  const { artifact } = (await here.json("ls")).records[0];
  await Deno.remove(`${here.path}/cache/blobs/${artifact.slice(0, 2)}/${artifact.slice(2)}`);
  const { code, out } = await here.cache("verify");
  assert.equal(code, 0);
  assert.match(
    out,
    /B\. 1 blobs are not there and are made again on demand\. Nothing is damaged\.\n$/,
  );
});

Deno.test("a recipe's records are pinned by its name, and let go again", async () => {
  await using here = await cached();
  assert.equal(
    (await here.cache("pin", "DIR/a.yaml")).out,
    "3 of 3 steps of numbers are pinned.\n",
  );
  const { keys, ...pinned } = await here.json("pin", "DIR/a.yaml", "--set", "steps.1.amount=5");
  assert.deepEqual([pinned, keys.length], [{ format: 1, cache: "DIR/cache", pin: "numbers" }, 1]);
  assert.match(
    (await here.cache("gc", "--days", "0", "--dry-run")).out,
    /^2 records .*; 1 records/,
  );
  assert.deepEqual(await here.json("unpin", "numbers"), {
    format: 1,
    cache: "DIR/cache",
    unpinned: "numbers",
  });
  await here.cache("pin", "DIR/a.yaml");
  assert.equal((await here.cache("unpin", "numbers")).out, "numbers is no longer pinned.\n");
  for (const name of ["numbers", "../version", "A"]) {
    assert.deepEqual(
      await here.cache("unpin", name),
      mistake(`nothing is pinned as "${name}"`, "decant cache ls lists the pins"),
    );
  }
  await here.cache("gc", "--days", "0");
  assert.deepEqual(
    await here.cache("pin", "DIR/a.yaml"),
    mistake("nothing of `numbers` is recorded", "decant run RECIPE"),
  );
});

Deno.test("what cache cannot, and what it lacks, is said with a way out", async () => {
  await using here = await cached();
  const can = "it can ls, gc, verify, pin, unpin";
  assert.deepEqual(await here.cache("burn"), mistake('`cache` cannot "burn"', can));
  assert.equal(cacheCommand.name, "cache");
  assert.deepEqual(
    await here.cache("unpin"),
    mistake("NAME is missing", "decant cache unpin NAME"),
  );
  const none = await here.decant("cache", "ls", "--cache", "DIR/none");
  assert.notEqual(none.code, 0);
  await assert.rejects(Deno.stat(`${here.path}/none`), Deno.errors.NotFound);
});

Deno.test("what is odd in a cache is noted on standard error", async () => {
  await using here = await cached();
  for (const words of [["ls"], ["gc", "--dry-run"]]) {
    await Deno.writeTextFile(`${here.path}/cache/VERSION`, "one\n");
    const { code, err } = await here.cache(...words);
    assert.deepEqual([code, /^note: .*VERSION was damaged and is written again/.test(err)], [
      0,
      true,
    ]);
  }
});
