import assert from "node:assert/strict";
import type { Kind } from "../../../engine/kind.ts";
import { dataCards } from "../../../engine/report/data_cards.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { CorruptBlobError, type Store } from "../../../engine/store/store.ts";
import { fakeOps, graphOf, numberKind } from "../run/support/fake.ts";
import { outcome } from "./support/subject.ts";

const ops = fakeOps();
const described: Kind<number> = {
  ...numberKind,
  describe: (manifest) => ({ number: JSON.stringify(manifest) }),
};
const graph = graphOf([
  { name: "data", op: { ...ops.constant, output: described } },
  { name: "later", op: { ...ops.constant, output: described } },
  { name: "model", op: ops.constant },
]);
const outcomes = new Map(["data", "model"].map((name) => [name, outcome()]));
const reads = (read: Store["read"]): Store => ({ ...memoryStore(), read });

Deno.test("what can be described is, by step; what was not made and what has no words is not", async () => {
  const store = reads(() => Promise.resolve(new TextEncoder().encode("[7]")));
  assert.deepEqual(
    await dataCards(graph, outcomes, store),
    new Map([["data", { number: "[7]" }]]),
  );
});

Deno.test("a manifest that is no longer there is passed over, any other failure is not", async () => {
  const { digest } = outcome().artifact;
  const gone = reads(() => Promise.reject(new CorruptBlobError(digest, "missing")));
  assert.deepEqual(await dataCards(graph, outcomes, gone), new Map());
  const broken = reads(() => Promise.reject(new TypeError("broken")));
  await assert.rejects(dataCards(graph, outcomes, broken), TypeError);
});
