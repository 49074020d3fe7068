import assert from "node:assert/strict";
import { teller } from "../../../../engine/run/queue/tell.ts";
import type { Told } from "../../../../engine/run/queue/job.ts";
import { waitsIn } from "../../../waits.ts";

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

Deno.test("how far a job is is told a quarter of a second apart, all else at once", async () => {
  const sent: string[] = [];
  const all = Promise.withResolvers<void>();
  const waits = await waitsIn(async () => {
    const tell = teller((told) => {
      sent.push(told.type);
      if (sent.length === 5) all.resolve();
      return Promise.resolve();
    }, "anvil");
    tell({ type: "started" });
    tell(progress(0.25));
    tell({ type: "waiting", holder: "another" });
    tell(progress(0.5));
    tell({ type: "waiting", holder: "a third" });
    await all.promise;
  });
  assert.deepEqual(sent, ["started", "progress", "waiting", "progress", "waiting"]);
  assert.deepEqual(waits, [250, 250]);
});

Deno.test("messages that cannot be sent are dropped, and later ones are sent", async () => {
  let sent = 0;
  const tell = teller(() => {
    sent++;
    return Promise.reject(new Error("the job is gone"));
  }, "anvil");
  tell({ type: "started" });
  tell({ type: "started" });
  while (sent < 2) await new Promise((resolve) => setTimeout(resolve, 1));
});
