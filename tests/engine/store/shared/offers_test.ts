import assert from "node:assert/strict";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { offersTo } from "../../../../engine/store/shared/offers.ts";
import type { Remote } from "../../../../engine/store/shared/remote.ts";
import { CorruptBlobError, StoreError } from "../../../../engine/store/store.ts";
import { outcomeOf } from "./world.ts";

const never = new AbortController().signal;

function offering(
  publish: Remote["publish"] = () => Promise.resolve(),
  exclude: readonly "data"[] = [],
) {
  const told: string[] = [];
  const remote: Remote = {
    address: "https://there",
    record: () => Promise.resolve(undefined),
    take: () => Promise.resolve(false),
    publish: async (recorded, from, signal) => {
      told.push(recorded.outcome.artifact.kind);
      await publish(recorded, from, signal);
    },
  };
  const notice = (sentence: string) => void told.push(sentence);
  return { told, sharing: offersTo({ local: memoryStore(), remotes: [remote], exclude, notice }) };
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
