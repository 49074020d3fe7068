import assert from "node:assert/strict";
import { execute } from "../../../../engine/run/execute.ts";
import { diskStore } from "../../../../engine/store/disk_store.ts";
import { journalLines } from "../../../../engine/store/journal.ts";
import { entries } from "../../../../engine/store/store_folder.ts";
import { verifyStore } from "../../../../engine/store/verify.ts";
import { points } from "../../../../engine/store/publish_file.ts";
import { nowhere } from "../support/fake.ts";
import { finish, killAtSeededMoments, process, undisturbed, workplace } from "../support/kill.ts";
import { longGraph } from "../support/long_graph.ts";

async function journals(cache: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const lines: Readonly<Record<string, unknown>>[] = [];
  for await (const { name } of Deno.readDir(`${cache}/runs`)) {
    lines.push(...journalLines(await Deno.readTextFile(`${cache}/runs/${name}`)).lines);
  }
  return lines;
}

Deno.test("killed at any instant of the publication protocol, the next run ends with the same artifacts", async () => {
  await using reference = await workplace();
  const expected = await undisturbed(reference.base);
  const kills = points.flatMap((point) => [1, 4].map((nth) => [point, String(nth)] as const));
  // Two at a time: most of it is waiting for processes to start.
  const queue = [...kills];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [point, nth] = next;
      await using place = await workplace();
      const { signal } = await process(place.base, place.cache, point, nth).status;
      assert.equal(
        signal,
        point === "checkpoint-removed" && nth === "4" ? signal : "SIGKILL",
        point,
      );
      assert.deepEqual(await finish(place.base, place.cache), expected, `${point} ${nth}`);
    }
  };
  await Promise.all([work(), work()]);
});

Deno.test("killed again and again at seeded moments, the runs together end with the same artifacts", async () => {
  await killAtSeededMoments(5, 10);
});

Deno.test("killed while steps run side by side, the runs together end with the same artifacts", async () => {
  await killAtSeededMoments(2, 6, 2);
});

Deno.test("processes that share a cache compute each key once between them", async () => {
  for (const count of [2, 4]) {
    await using place = await workplace();
    const running = Array.from(
      { length: count },
      (_, at) => process(place.base, place.cache, "", "0", "10", at % 2 === 0 ? "1" : "2"),
    );
    for (const child of running) assert.equal((await child.status).code, 0);
    const ran = (await journals(place.cache)).filter(({ event }) => event === "ran");
    assert.deepEqual(
      ran.map(({ step }) => step).sort(),
      ["both", "data", "result", "result-test", "student", "teacher", "teacher-test"],
    );
    assert.deepEqual(await finish(place.base, place.cache), await undisturbed(place.base));
  }
});

Deno.test("a flipped byte in any record or blob is found by verification and by the run that reads it", async () => {
  await using place = await workplace();
  const expected = await finish(place.base, place.cache);
  const files: string[] = [];
  for (const folder of ["outcomes", "blobs"]) {
    for (const prefix of await entries(`${place.cache}/${folder}`)) {
      for (const rest of await entries(`${place.cache}/${folder}/${prefix}`)) {
        files.push(`${folder}/${prefix}/${rest}`);
      }
    }
  }
  assert.ok(files.length > 15);
  for (const [at, file] of files.entries()) {
    const path = `${place.cache}/${file}`;
    const sound = await Deno.readFile(path);
    const flipped = sound.slice();
    flipped[(at * 37) % flipped.length]! ^= 1 << at % 8;
    await Deno.writeFile(path, flipped);
    // Everything that reads this file must run: with its record forgotten, each step reads what it needs.
    const [folder, prefix, rest] = file.split("/");
    if (folder === "blobs") {
      await Deno.remove(`${place.cache}/outcomes`, { recursive: true });
      assert.deepEqual(await finish(place.base, place.cache), expected, file);
    } else {
      assert.deepEqual(await finish(place.base, place.cache), expected, file);
      const kept = await entries(`${place.cache}/quarantine`);
      assert.ok(kept.some((name) => name.startsWith(`outcome-${prefix}${rest}`)), file);
    }
    assert.deepEqual(await Deno.readFile(path).then(unsealed), unsealed(sound), file);
    await Deno.writeFile(path, flipped);
    const { damaged } = await verifyStore(place.cache);
    assert.deepEqual(damaged, [`${folder === "blobs" ? "blob" : "record"} ${prefix}${rest}`]);
    assert.deepEqual(await finish(place.base, place.cache), expected, file);
    if (folder === "blobs") await Deno.writeFile(path, sound);
  }
});

/** A record made again differs in its date and seconds; its key, artifact and preimage must not. */
function unsealed(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  if (!/^[0-9a-f]{64}\n/.test(text)) return text;
  const { key, outcome } = JSON.parse(text.slice(65));
  return { key, artifact: outcome.artifact, blobs: outcome.blobs, preimage: outcome.preimage };
}

Deno.test("a killed long step goes on from its checkpoint", async () => {
  await using place = await workplace();
  await process(place.base, place.cache, "checkpoint-published", "3").status;
  let first: string | undefined;
  await execute(longGraph(place.base), {
    store: await diskStore(place.cache),
    environment: nowhere,
    onEvent(event) {
      if (event.type === "progress") first ??= event.message;
    },
  });
  assert.equal(first, "epoch 4");
});

Deno.test("a run in a cache that cannot be written is a sentence, and recalls what is there", async () => {
  await using place = await workplace();
  const readOnly = Object.assign(new Error("Read-only file system"), { code: "EROFS" });
  const store = await diskStore(place.cache, {
    at(point) {
      if (point === "blob-begun") throw readOnly;
    },
  });
  const failed = await execute(longGraph(place.base), { store, environment: nowhere });
  assert.equal(failed.ending, "failed");
  assert.equal(failed.problems[0]!.code, "cache-read-only");
  assert.match(
    failed.problems[0]!.message,
    /Cannot write to the cache .*: it is read-only\. Give another/,
  );
  await finish(place.base, place.cache);
  const recalled = await execute(longGraph(place.base), { store, environment: nowhere });
  assert.equal(recalled.ending, "done");
});
