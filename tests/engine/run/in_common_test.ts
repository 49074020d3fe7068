/** Steps of several graphs that run side by side: what they share is performed once, and places are limited. */
import assert from "node:assert/strict";
import type { Executor } from "../../../engine/run/executor.ts";
import { inCommon } from "../../../engine/run/in_common.ts";
import type { StepTask } from "../../../engine/run/task.ts";
import type { Outcome } from "../../../engine/store/store.ts";
import { sample } from "../store/contract.ts";

const taskOf = (key: string, why: "new" | "damaged" = "new") =>
  ({ key, cause: { why } }) as unknown as StepTask;

/** An executor whose steps end when they are told to. */
function byHand() {
  const begun: { key: string; end(outcome: Outcome): void; fail(error: Error): void }[] = [];
  const executor: Executor = {
    perform({ key }, _signal, onProgress) {
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      begun.push({ key, end: resolve, fail: reject });
      onProgress({ type: "started" });
      return promise;
    },
  };
  return { begun, executor, keys: () => begun.map(({ key }) => key).join("") };
}

const { outcome } = sample();
const { signal } = new AbortController();
const turn = () => new Promise((resolve) => setTimeout(resolve));
const nothing = () => {};

Deno.test("a step under way is waited for by who else asks for it, and is a recollection to him", async () => {
  const { begun, executor, keys } = byHand();
  const common = inCommon(executor, 8);
  const told: string[] = [];
  const first = common.perform(taskOf("a"), signal, ({ type }) => void told.push(`first ${type}`));
  const second = common.perform(
    taskOf("a"),
    signal,
    ({ type }) => void told.push(`second ${type}`),
  );
  await turn();
  assert.equal(keys(), "a");
  begun[0]!.end(outcome);
  assert.deepEqual(await Promise.all([first, second]), [outcome, outcome]);
  assert.deepEqual(told, ["first started"]);
  const third = common.perform(taskOf("a"), signal, nothing);
  await turn();
  assert.equal(keys(), "aa", "what has ended is asked for anew");
  begun[1]!.end(outcome);
  await third;
});

Deno.test("a step that failed for one is tried by the other, and fails for him by itself", async () => {
  const { begun, executor } = byHand();
  const common = inCommon(executor, 8);
  const both = [1, 2].map(() =>
    common.perform(taskOf("a"), signal, nothing).catch(({ message }) => message)
  );
  await turn();
  begun[0]!.fail(new Error("one"));
  await turn();
  assert.equal(begun.length, 2);
  begun[1]!.fail(new Error("two"));
  assert.deepEqual(await Promise.all(both), ["one", "two"]);
});

Deno.test("bytes that are gone are looked for by each who misses them, one after another", async () => {
  const { begun, executor } = byHand();
  const common = inCommon(executor, 8);
  const both = [1, 2].map(() => common.perform(taskOf("a", "damaged"), signal, nothing));
  await turn();
  assert.equal(begun.length, 1);
  begun[0]!.end(outcome);
  await turn();
  assert.equal(begun.length, 2);
  begun[1]!.end(outcome);
  await Promise.all(both);
});

Deno.test("no more than so many run at once, in the order in which they were asked for", async () => {
  const { begun, executor, keys } = byHand();
  const common = inCommon(executor, 2);
  const all = ["a", "b", "c", "d"].map((key) => common.perform(taskOf(key), signal, nothing));
  await turn();
  assert.equal(keys(), "ab");
  begun[1]!.end(outcome);
  await turn();
  assert.equal(keys(), "abc");
  begun[0]!.fail(new Error("its place is free all the same"));
  await assert.rejects(all[0]!);
  await turn();
  assert.equal(keys(), "abcd");
  for (const each of begun) each.end(outcome);
  await Promise.all(all.slice(1));
});

Deno.test("who waits for a place or for another leaves when told to; who performs ends in order", async () => {
  const { begun, executor, keys } = byHand();
  const common = inCommon(executor, 1);
  const controller = new AbortController();
  const reason = new Error("enough");
  const ended: string[] = [];
  const followed = (key: string) =>
    common.perform(taskOf(key), controller.signal, nothing)
      .then(() => "done", ({ message }) => message)
      .then((how) => void ended.push(`${key} ${how}`));
  const all = ["a", "b", "a"].map(followed);
  await turn();
  controller.abort(reason);
  await turn();
  assert.deepEqual(ended.toSorted(), ["a enough", "b enough"]);
  begun[0]!.end(outcome);
  await Promise.all(all);
  assert.deepEqual(ended.at(-1), "a done");
  // The place that was given up is not taken any more, and free for others.
  const next = common.perform(taskOf("b"), signal, nothing);
  await turn();
  assert.equal(keys(), "ab");
  begun[1]!.end(outcome);
  await next;
});
