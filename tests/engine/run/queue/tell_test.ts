import assert from "node:assert/strict";
import { teller } from "../../../../engine/run/queue/tell.ts";
import type { Told } from "../../../../engine/run/queue/job.ts";

const progress = (fraction: number) => ({ type: "progress", fraction, message: "" }) as const;

Deno.test("what a job is told at once, how far it is by the last alone", async () => {
  const sent: Told[] = [];
  const gate = Promise.withResolvers<void>();
  const tell = teller(async (told) => {
    sent.push(told);
    await gate.promise;
  }, "anvil");
  tell({ type: "started" });
  for (let i = 1; i <= 1000; i++) tell(progress(i / 1000));
  tell({ type: "waiting", holder: "another" });
  assert.deepEqual(sent, [{ type: "started", host: "anvil" }]);
  gate.resolve();
  while (sent.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(sent.slice(1), [
    { ...progress(1), host: "anvil" },
    { type: "waiting", holder: "another", host: "anvil" },
  ]);
});

Deno.test("what nobody hears holds up nothing", async () => {
  let sent = 0;
  const tell = teller(() => {
    sent++;
    return Promise.reject(new Error("the job is gone"));
  }, "anvil");
  tell({ type: "started" });
  tell({ type: "started" });
  while (sent < 2) await new Promise((resolve) => setTimeout(resolve, 1));
});
