import assert from "node:assert/strict";
import { RemoteError } from "../../../../engine/store/shared/http_cache.ts";
import { slotsOf } from "../../../../engine/store/shared/slots.ts";
import { triesOf } from "../../../../engine/store/shared/tries.ts";

function patience(rest?: number) {
  const said: string[] = [];
  const notice = (sentence: string) => void said.push(sentence);
  const tries = triesOf({ attempts: 3, pause: 1, rest, slots: slotsOf(1), notice });
  let calls = 0;
  const failing = (what: RemoteError["what"], doing: "reading" | "writing" = "reading") => {
    calls = 0;
    return tries.tried(doing, undefined, () => {
      calls++;
      return Promise.reject(new RemoteError(what, "it failed"));
    });
  };
  return { tries, said, failing, calls: () => calls };
}

Deno.test("what may pass and what is another is tried three times, what is absent or refused once", async () => {
  const times = { absent: 1, passing: 3, lied: 3, refused: 1 } as const;
  for (const [what, expected] of Object.entries(times)) {
    const { failing, calls, said, tries } = patience();
    assert.equal(await failing(what as keyof typeof times), undefined);
    assert.equal(calls(), expected, what);
    assert.equal(said.length, what === "absent" ? 0 : 1);
    assert.equal(tries.left("reading"), what === "passing" || what === "refused");
    assert.equal(tries.left("writing"), false);
  }
});

Deno.test("after three lies, or one failure, nothing is tried and nothing more is said", async () => {
  const { failing, calls, said } = patience();
  for (let i = 0; i < 5; i++) await failing("lied");
  assert.equal(calls(), 0);
  const [once, last] = ["it failed; it is not used", "it failed; this store is asked no more"];
  assert.deepEqual(said, [once, once, last]);
  await failing("passing", "writing");
  await failing("passing", "writing");
  assert.equal(calls(), 0);
  assert.deepEqual(said.slice(3), ["it failed; no more is published there"]);
});

Deno.test("an error that is not the store's is thrown at once, and the store is asked again", async () => {
  const { tries } = patience();
  const fault = () => Promise.reject(new TypeError("a fault"));
  await assert.rejects(tries.tried("reading", undefined, fault), { message: "a fault" });
  assert.equal(await tries.tried("reading", undefined, () => Promise.resolve(7)), 7);
});

Deno.test("a store that is given up is asked again after a rest, and each outage is said once", async () => {
  const { tries, failing, calls, said } = patience(50);
  const rested = () => new Promise((resolve) => setTimeout(resolve, 60));
  const again = "it failed; it is asked again from time to time";
  await failing("passing");
  await failing("passing");
  assert.equal(calls(), 0);
  assert.deepEqual([tries.left("reading"), said], [true, [again]]);
  await rested();
  assert.equal(tries.left("reading"), false);
  await failing("passing");
  assert.deepEqual([calls(), said], [3, [again]]);
  await rested();
  assert.equal(await tries.tried("reading", undefined, () => Promise.resolve(7)), 7);
  await failing("passing");
  assert.deepEqual([calls(), said], [3, [again, again]]);
  await rested();
  await failing("absent");
  await failing("passing");
  assert.deepEqual([calls(), said.length], [3, 3]);
});
