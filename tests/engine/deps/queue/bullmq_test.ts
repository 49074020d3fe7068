import assert from "node:assert/strict";
import { createRequire } from "node:module";
import process from "node:process";

Deno.test("the packages of a queue see no variable, load no machine code, and leave the environment as it was", async () => {
  const { env } = process;
  const asked: PropertyKey[] = [];
  process.env = new Proxy(env, {
    get: (target, name) => (asked.push(name), Reflect.get(target, name)),
    ownKeys: (target) => (asked.push("*"), Reflect.ownKeys(target)),
  });
  const given = process.env;
  try {
    const { Redis } = await import("../../../../engine/deps/queue/bullmq.ts");
    assert.equal(typeof Redis, "function");
    assert.deepEqual(asked, []);
    assert.equal(process.env, given);
  } finally {
    process.env = env;
  }
  const { cache } = createRequire(import.meta.url);
  const loaded = Object.keys(cache);
  assert.deepEqual(loaded.filter((path) => path.endsWith(".node")), []);
  const [packer, ...others] = loaded.filter((path) => /\bmsgpackr\b.*\bnode\.cjs$/.test(path));
  assert.deepEqual(others, []);
  assert.equal(cache[packer!]!.exports.isNativeAccelerationEnabled, false);
});
