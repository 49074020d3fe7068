import assert from "node:assert/strict";
import type { Connection } from "../../../../engine/run/queue/connect.ts";
import { workersOf } from "../../../../engine/run/queue/workers_of.ts";

const named = (queue: string, worker: string): string =>
  `id=7 addr=127.0.0.1:35018 name=decant:${btoa(queue)}:w:${worker} age=1`;

const asking = (list: () => Promise<string>): Connection =>
  ({ name: "n1-abc", redis: { client: list } }) as unknown as Connection;

Deno.test("workers are told from other clients, and those of this version from others", async () => {
  const list = [
    named("n1-abc", "smith/2"),
    named("n1-abc", "anvil/12"),
    "id=8 addr=127.0.0.1:35019 name= age=1",
    `id=9 name=decant:${btoa("n1-abc")} age=3`,
    named("n1-old", "mill/3"),
    named("n1-abc", "forge/7"),
    `id=9 name=bull:${btoa("n1-abc")}:w:other age=3`,
  ].join("\n");
  assert.deepEqual(await workersOf(asking(() => Promise.resolve(list))), {
    here: ["anvil/12", "forge/7", "smith/2"],
    others: 1,
  });
});

Deno.test("a Redis that does not say who is connected has no workers that are known", async () => {
  const refused = () => Promise.reject(new Error("NOPERM"));
  assert.equal(await workersOf(asking(refused)), undefined);
});
