import assert from "node:assert/strict";
import { digestOf } from "../../../../engine/digest.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { offersTo } from "../../../../engine/store/shared/offers.ts";
import type { Remote } from "../../../../engine/store/shared/remote.ts";
import { CorruptBlobError, StoreError } from "../../../../engine/store/store.ts";
import { transfersTold } from "../../../../engine/store/shared/transfers.ts";
import { emptyRemote, outcomeOf } from "./world.ts";

const never = new AbortController().signal;

function offering(
  publish: Remote["publish"] = () => Promise.resolve(true),
  exclude: readonly "data"[] = [],
) {
  const told: string[] = [];
  const remote: Remote = {
    ...emptyRemote,
    address: "https://there",
    publish: async (recorded, from, signal) => {
      told.push(recorded.outcome.artifact.kind);
      return await publish(recorded, from, signal);
    },
    put: async ({ digest, bytes }, open) => {
      const content = new Uint8Array(await new Response(await open()).arrayBuffer());
      told.push(`${content.byteLength} of ${bytes} bytes`);
      return digestOf(content) === digest;
    },
    save: (_key, state) => Promise.resolve(told.push(new TextDecoder().decode(state)) > 0),
  };
  const notice = (sentence: string) => void told.push(sentence);
  const local = memoryStore();
  const take = () => Promise.resolve(false);
  const transfers = transfersTold(() => {});
  const options = { local, remotes: [remote], take, exclude, notice, transfers, states: 60_000 };
  return { told, local, sharing: offersTo(options) };
}

Deno.test("what is made of local files is published, and that is said once before it happens", async () => {
  const { told, sharing } = offering();
  sharing.offer(outcomeOf("m", []), []);
  sharing.offer(outcomeOf("d", [], "dataset"), ["data/train.csv"]);
  sharing.offer(outcomeOf("e", [], "dataset"), ["data/test.csv"]);
  await sharing.settled(never);
  assert.deepEqual(told, [
    "what is made of local files (data/train.csv) is published to https://there; " +
    "--store-exclude data leaves data out",
    "model",
    "dataset",
    "dataset",
  ]);
});

Deno.test("data that is left out is neither published nor spoken of; models are published", async () => {
  const { told, sharing } = offering(undefined, ["data"]);
  sharing.offer(outcomeOf("d", [], "dataset"), ["data/train.csv"]);
  sharing.offer(outcomeOf("m", []), ["model.onnx"]);
  await sharing.settled(never);
  assert.deepEqual(told, [
    "what is made of local files (model.onnx) is published to https://there",
    "model",
  ]);
});

Deno.test("bytes that cannot be read here fail no run, a fault of Decant does", async () => {
  const { digest } = outcomeOf("a", []).outcome.artifact;
  const damaged = offering(() => Promise.reject(new CorruptBlobError(digest, "missing")));
  damaged.sharing.offer(outcomeOf("a", []), []);
  damaged.sharing.offer(outcomeOf("b", []), []);
  await damaged.sharing.settled(never);
  assert.equal(damaged.told.filter((text) => text === "model").length, 2);
  assert.match(
    damaged.told[1]!,
    /^not everything is published in https:\/\/there: Cannot use blob/,
  );
  const full = offering(() => Promise.reject(new StoreError("full", "the disk is full")));
  full.sharing.offer(outcomeOf("a", []), []);
  await full.sharing.settled(never);
  assert.equal(full.told[1], "not everything is published in https://there: the disk is full");
  const fault = offering(() => Promise.reject(new TypeError("a fault")));
  fault.sharing.offer(outcomeOf("a", []), []);
  await assert.rejects(fault.sharing.settled(never), { message: "a fault" });
});

Deno.test("the signal gives up what is under way and what has not begun", async () => {
  const { told, sharing } = offering((_recorded, _from, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
  );
  sharing.offer(outcomeOf("a", []), []);
  sharing.offer(outcomeOf("b", []), []);
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("stopped")), 10);
  await sharing.settled(stop.signal);
  assert.deepEqual(told, ["model"]);
  const before = offering();
  before.sharing.offer(outcomeOf("a", []), []);
  await before.sharing.settled(stop.signal);
  assert.deepEqual(before.told, []);
});

Deno.test("it is told whether what was offered is in every store", async () => {
  const answers = [true, false, true];
  const { sharing } = offering(() => Promise.resolve(answers.shift()!), ["data"]);
  const offers = ["a", "b", "c"].map((word) => sharing.offer(outcomeOf(word, []), []));
  assert.deepEqual(await Promise.all(offers), [true, false, true]);
  assert.equal(await sharing.offer(outcomeOf("d", [], "dataset"), []), false);
});

Deno.test("files that an op reads are put under their digests, and that is said before; data may be left out", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "a,b\n");
    const digest = digestOf(new TextEncoder().encode("a,b\n"));
    const file = { url: `file://${path}`, digest };
    const { told, sharing } = offering();
    assert.equal(await sharing.provide([file], "dataset"), true);
    assert.deepEqual(told, [
      `what steps read of local files (${path}) is published to https://there; ` +
      "--store-exclude data leaves data out",
      "4 of 4 bytes",
    ]);
    assert.equal(await sharing.provide([], "dataset"), true);
    const without = offering(undefined, ["data"]);
    assert.equal(await without.sharing.provide([file], "dataset"), false);
    assert.deepEqual(without.told, []);
    assert.equal(await without.sharing.provide([file], "model"), true);
    await Deno.writeTextFile(path, "a;b\n");
    const changed = offering();
    assert.equal(await changed.sharing.provide([file], "model"), false);
    assert.match(changed.told[1]!, /^not everything is published .*its bytes have changed$/);
    await Deno.remove(path);
    const gone = offering();
    assert.equal(await gone.sharing.provide([file], "model"), false);
    assert.match(gone.told[1]!, /^not everything is published .*it is missing$/);
  } finally {
    await Deno.remove(path).catch(() => {});
  }
});

Deno.test("states are published, the last before all is settled", async () => {
  const { told, local, sharing } = offering();
  const { key } = outcomeOf("a", []);
  for (const state of ["one", "two"]) {
    await local.checkpoint(key).save(new TextEncoder().encode(state));
    sharing.saved(key);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual(told, ["one"]);
  await sharing.settled(never);
  assert.deepEqual(told, ["one", "two"]);
});

Deno.test("stores answer where every one of them does", async () => {
  const local = memoryStore();
  const [take, notice] = [() => Promise.resolve(false), () => {}];
  const transfers = transfersTold(() => {});
  for (const says of [[], [true], [true, true], [true, false], [false, true]]) {
    const remotes = says.map((each) => ({
      ...emptyRemote,
      answers: () => Promise.resolve(each),
    }));
    const sharing = offersTo({ local, remotes, take, exclude: [], notice, transfers, states: 1 });
    assert.equal(await sharing.answers(never), !says.includes(false), `${says}`);
  }
});

Deno.test("that something was made again is passed on", async () => {
  const seen: unknown[] = [];
  const local = memoryStore();
  const remote: Remote = {
    ...emptyRemote,
    publish: (_recorded, _from, _signal, again) => Promise.resolve(seen.push(again) > 0),
  };
  const transfers = transfersTold(() => {});
  const sharing = offersTo({
    ...{ local, remotes: [remote], take: () => Promise.resolve(false), exclude: [] },
    ...{ notice: () => {}, transfers, states: 1 },
  });
  await sharing.offer(outcomeOf("a", []), []);
  await sharing.offer(outcomeOf("a", []), [], true);
  assert.deepEqual(seen, [undefined, true]);
});
