import assert from "node:assert/strict";
import { execute } from "../../../engine/run/execute.ts";
import { diskStore } from "../../../engine/store/disk_store.ts";
import { journalLines } from "../../../engine/store/journal.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { points } from "../../../engine/store/publish_file.ts";
import { nowhere } from "./fake.ts";
import { longGraph, RESULT } from "./long_graph.ts";

const SCRIPT = new URL("./faulty_run.ts", import.meta.url).pathname;

async function workplace() {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/number.txt`, "5");
  return {
    base: `${folder}/`,
    cache: `${folder}/cache`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function process(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SCRIPT, ...args],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

/** Artifacts by step of a run that finishes here, in this process. */
async function finish(base: string, cache: string): Promise<Record<string, string>> {
  const { ending, outcomes, value } = await execute(longGraph(base), {
    store: await diskStore(cache),
    environment: nowhere,
  });
  assert.equal(ending, "done");
  assert.equal(await value("result"), RESULT);
  return Object.fromEntries([...outcomes].map(([name, { artifact }]) => [name, artifact.digest]));
}

async function undisturbed(base: string): Promise<Record<string, string>> {
  const { outcomes } = await execute(longGraph(base), {
    store: memoryStore(),
    environment: nowhere,
  });
  return Object.fromEntries([...outcomes].map(([name, { artifact }]) => [name, artifact.digest]));
}

async function journals(cache: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const lines: Readonly<Record<string, unknown>>[] = [];
  for await (const { name } of Deno.readDir(`${cache}/runs`)) {
    lines.push(...journalLines(await Deno.readTextFile(`${cache}/runs/${name}`)));
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
  // Numerical Recipes' linear congruential generator: the moments are the same in every run of this test.
  let state = 20_240_229;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % limit;
  };
  const moments = Array.from({ length: 5 }, () => Array.from({ length: 10 }, () => below(400)));
  const chain = async (kills: readonly number[]) => {
    await using place = await workplace();
    for (const moment of kills) {
      const child = process(place.base, place.cache, "", "0", "20");
      const timer = setTimeout(() => child.kill("SIGKILL"), moment);
      await child.status;
      clearTimeout(timer);
    }
    assert.deepEqual(await finish(place.base, place.cache), await undisturbed(place.base));
  };
  await Promise.all([
    (async () => {
      for (const kills of moments.slice(0, 3)) await chain(kills);
    })(),
    (async () => {
      for (const kills of moments.slice(3)) await chain(kills);
    })(),
  ]);
});

Deno.test("processes that share a cache compute each key once between them", async () => {
  for (const count of [2, 4]) {
    await using place = await workplace();
    const running = Array.from(
      { length: count },
      () => process(place.base, place.cache, "", "0", "10"),
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
