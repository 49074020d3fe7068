import assert from "node:assert/strict";
import { unlessAborted } from "../../../engine/run/unless_aborted.ts";

const never = () => new Promise<never>(() => {});

Deno.test("what is waited for is given, and what it throws is thrown", async () => {
  const { signal } = new AbortController();
  assert.equal(await unlessAborted(signal, () => Promise.resolve(3)), 3);
  const wrong = new Error("wrong");
  let left = 0;
  const leave = () => Promise.resolve(void left++);
  await assert.rejects(unlessAborted(signal, () => Promise.reject(wrong), leave), wrong);
  assert.equal(left, 0, "nobody is told to leave what has ended");
});

Deno.test("a signal ends the wait when leaving is done, whatever comes of either", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const log: string[] = [];
  const leaving = Promise.withResolvers<void>();
  const waiting = unlessAborted(controller.signal, never, () => {
    log.push("leaves");
    return leaving.promise;
  }).catch((error) => void log.push(error.message));
  controller.abort(reason);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(log, ["leaves"]);
  leaving.reject(new Error("could not"));
  await waiting;
  assert.deepEqual(log, ["leaves", "enough"]);
});

Deno.test("leaving that does not end is not waited for for long; without one the reason comes at once", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const slow = unlessAborted(controller.signal, never, never);
  const plain = unlessAborted(controller.signal, never);
  controller.abort(reason);
  await assert.rejects(plain, reason);
  await assert.rejects(slow, reason);
});

Deno.test("where the signal is aborted already nothing is begun", async () => {
  const reason = new Error("enough");
  let begun = false;
  const body = () => Promise.resolve(void (begun = true));
  await assert.rejects(unlessAborted(AbortSignal.abort(reason), body), reason);
  assert.equal(begun, false);
});
