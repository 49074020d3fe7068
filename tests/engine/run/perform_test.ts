import assert from "node:assert/strict";
import { DecantError } from "../../../engine/error.ts";
import type { Digest } from "../../../engine/digest.ts";
import type { AnyOp } from "../../../engine/op.ts";
import { performTask } from "../../../engine/run/perform.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import type { StepTask } from "../../../engine/run/task.ts";
import { CorruptBlobError, type LockOptions } from "../../../engine/store/store.ts";
import { captured, workplace } from "./support/captured.ts";
import { fakeOps, type FakeStep } from "./support/fake.ts";

const ops = fakeOps();
const steps: readonly FakeStep[] = [
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "more", op: ops.add, inputs: { number: "one" }, params: { amount: 1 } },
];
const other: AnyOp = { ...ops.constant, run: () => 7 };

/** A store in which the steps are done, their tasks, and what came of them. */
async function done() {
  const store = memoryStore();
  return { store, ...await captured(steps, store) };
}

Deno.test("a task of other numerics is not performed here", async () => {
  const { store, tasks } = await done();
  const task = { ...tasks.get("one")!, numerics: -1 };
  await assert.rejects(
    performTask(task, workplace(store, ops.constant)),
    /internal: the task is of numerics -1/,
  );
});

Deno.test("what another has made by then is recalled, and nothing runs", async () => {
  const { store, tasks, outcomes } = await done();
  const place = workplace(store, { ...ops.constant, run: () => assert.fail("it is there") });
  assert.deepEqual(await performTask(tasks.get("one")!, place), outcomes.get("one"));
  assert.deepEqual(place.told, []);
});

Deno.test("what is new is run and published, and its checkpoint goes", async () => {
  const { tasks, outcomes } = await done();
  const store = memoryStore();
  const task = tasks.get("one")!;
  await store.checkpoint(task.key).save(new Uint8Array([1]));
  const place = workplace(store, ops.constant);
  const { artifact } = await performTask(task, place);
  assert.deepEqual(artifact, outcomes.get("one")!.artifact);
  assert.deepEqual((await store.outcome(task.key))?.artifact, artifact);
  assert.deepEqual(place.told, [{ type: "started" }]);
  assert.equal(await store.checkpoint(task.key).load(), undefined);
});

Deno.test("what was forced and comes out otherwise is disputed: both are kept, and the run is refused", async () => {
  const { store, tasks, outcomes } = await done();
  const task = { ...tasks.get("one")!, cause: { why: "forced" } as const };
  await assert.rejects(performTask(task, workplace(store, other)), (error) => {
    assert.ok(error instanceof DecantError && error.code === "not-reproducible");
    const before = outcomes.get("one")!;
    assert.ok(
      error.message.startsWith(
        `\`one\` is not reproducible: ${before.artifact.digest.slice(0, 12)} is recorded (`,
      ),
    );
    assert.match(error.message, /, nowhere\), [0-9a-f]{12} was made now$/);
    return true;
  });
  assert.deepEqual((await store.outcome(task.key))?.artifact, outcomes.get("one")!.artifact);
  const same = await performTask(task, workplace(store, ops.constant));
  assert.deepEqual(same.artifact, outcomes.get("one")!.artifact);
});

Deno.test("what this run knows to have come of it before counts where the store knows no longer", async () => {
  const { tasks, outcomes } = await done();
  const { artifact, provenance } = outcomes.get("one")!;
  const task = { ...tasks.get("one")!, before: { artifact, provenance } };
  await assert.rejects(performTask(task, workplace(memoryStore(), other)), /is not reproducible/);
});

Deno.test("what reads a clock may come out otherwise, and takes the place of what was", async () => {
  const { store, tasks } = await done();
  const task = { ...tasks.get("one")!, cause: { why: "forced" } as const };
  const { artifact } = await performTask(task, workplace(store, { ...other, volatile: true }));
  assert.deepEqual((await store.outcome(task.key))?.artifact, artifact);
});

Deno.test("of what was damaged the record serves once the bytes are there again", async () => {
  const { store, tasks, outcomes } = await done();
  const damaged = (digest: Digest) => ({
    ...tasks.get("one")!,
    cause: { why: "damaged", digest, detail: "gone" } as const,
  });
  const { digest } = outcomes.get("one")!.artifact;
  const still = workplace(store, { ...ops.constant, run: () => assert.fail("it is whole") });
  await performTask(damaged(digest), still);
  const again = workplace(store, ops.constant);
  await performTask(damaged("0".repeat(64) as Digest), again);
  assert.deepEqual(again.told, [{ type: "started" }]);
  const broken = { ...store, read: () => Promise.reject(new TypeError("odd")) };
  await assert.rejects(performTask(damaged(digest), workplace(broken, ops.constant)), TypeError);
});

Deno.test("damaged bytes of an input end a task with its lock let go", async () => {
  const { tasks, outcomes } = await done();
  const { digest } = outcomes.get("one")!.artifact;
  let held = 0;
  const watched = {
    ...memoryStore(),
    locked: async <T>(_key: unknown, body: () => Promise<T>): Promise<T> => {
      held++;
      const result = await body();
      held--;
      return result;
    },
    outcome: () => Promise.resolve(undefined),
    read: () => Promise.reject(new CorruptBlobError(digest, "missing")),
  };
  await assert.rejects(
    performTask(tasks.get("more")!, workplace(watched as never, ops.add)),
    CorruptBlobError,
  );
  assert.equal(held, 0);
});

Deno.test("who publishes or disputes is told of a lock that is waited for, and may give up", async () => {
  const { store, tasks } = await done();
  const { signal } = new AbortController();
  const waited: string[] = [];
  const watched = (op: AnyOp, task: Partial<StepTask>) => {
    const waits = (what: string, options: LockOptions | undefined) => {
      assert.equal(options?.signal, signal);
      options.waiting!(what);
    };
    const place = workplace(
      {
        ...store,
        locked: (key, body, options) => (waits("locked", options), store.locked(key, body)),
        publish(key, outcome, blobs, options) {
          waits("publish", options);
          return store.publish(key, outcome, blobs);
        },
        dispute(key, outcome, blobs, options) {
          waits("dispute", options);
          return store.dispute(key, outcome, blobs);
        },
      },
      op,
      signal,
    );
    return performTask({ ...tasks.get("one")!, cause: { why: "forced" }, ...task }, place)
      .catch((error) => assert.match(String(error), /not reproducible/))
      .finally(() => {
        for (const each of place.told) if (each.type === "waiting") waited.push(each.holder);
      });
  };
  await watched(other, {});
  assert.deepEqual(waited.splice(0), ["locked", "dispute"]);
  await watched(ops.constant, {});
  assert.deepEqual(waited, ["locked", "publish"]);
});
