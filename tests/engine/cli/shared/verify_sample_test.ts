import assert from "node:assert/strict";
import { canonicalBytes, digestOf, type Json, type Key } from "../../../../engine/digest.ts";
import { decodeRecord, encodeRecord } from "../../../../engine/store/record.ts";
import {
  decodeActionResult,
  encodeActionResult,
} from "../../../../engine/store/shared/action_result.ts";
import { ownKey } from "../../../../engine/store/shared/keys.ts";
import { verifySample } from "../../../../engine/cli/shared/verify_sample.ts";
import { setVariable } from "../../../variable.ts";
import { numberOps } from "../../run/search/numbers.ts";
import { cacheServer } from "../../store/shared/server.ts";
import { typing } from "../typed.ts";

/** Somebody who has published a result at a server, and may look at it. */
async function published(server: ReturnType<typeof cacheServer>) {
  const here = await typing();
  const unset = setVariable("XDG_CONFIG_HOME", `${here.path}/config`);
  await here.decant("key", "new", "anna");
  const store = ["--store", server.address];
  const run = ["run", "DIR/a.yaml", "--cache", "DIR/one", "--out", "DIR/out", ...store];
  const { code, err, out } = await here.decant(...run, "--store-write", "--json");
  assert.equal(code, 0, err);
  const { steps } = JSON.parse(out) as { steps: { name: string; key: Key }[] };
  return {
    ...here,
    steps,
    verify: (...words: string[]) => here.decant("verify", "DIR/a.yaml", ...store, ...words),
    async [Symbol.asyncDispose]() {
      unset();
      await here[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a store that told the truth is said to have told it, of as many steps as are asked for", async () => {
  assert.equal(verifySample.name, "verifySample");
  await using server = cacheServer();
  await using here = await published(server);
  const entries = new Map(server.entries);
  const two = await here.verify("--sample", "2");
  assert.equal(two.code, 0, two.err);
  assert.match(
    two.out,
    /^(\S+: made again, identical\n){2}The store told the truth: 2 of 3 recorded/,
  );
  const all = await here.verify("--sample", "9", "--json");
  const { truthful, recorded, checked } = JSON.parse(all.out);
  assert.deepEqual([truthful, recorded, checked.length], [true, 3, 3]);
  const names = checked.map(({ step }: { step: string }) => step).sort();
  assert.deepEqual(names, ["more", "more-test", "one"]);
  assert.deepEqual(server.entries, entries, "nothing is published");
});

Deno.test("an entry that lied is named: a record with another result, a blob with other bytes", async () => {
  await using server = cacheServer();
  await using here = await published(server);
  // Whoever has the key can sign what is not so: the result of one step under the key of another.
  const [one, more] = here.steps.map(({ key }) => {
    const sealed = decodeActionResult(server.entries.get(`/ac/${key}`)!)!;
    const decoded = decodeRecord(key, sealed);
    return decoded.state === "sound" ? { key, outcome: decoded.outcome } : assert.fail();
  });
  const { artifact, blobs, manifest } = one!.outcome;
  const outcome = { ...more!.outcome, artifact, blobs, ...manifest !== undefined && { manifest } };
  const signed = await (await ownKey())!.sign({ key: more!.key, outcome });
  const lie = encodeActionResult(encodeRecord(more!.key, outcome, signed), blobs);
  const truth = server.entries.get(`/ac/${more!.key}`)!;
  server.entries.set(`/ac/${more!.key}`, lie);
  const lied = await here.verify("--sample", "9");
  assert.equal(lied.code, 4, lied.err);
  const sentence = new RegExp(
    `^more: ac/${more!.key} lied, in a record signed by anna:\\S+: .more. is not reproducible: `,
    "m",
  );
  assert.match(lied.out, sentence);
  assert.match(lied.out, /^one: made again, identical$/m);
  assert.match(
    lied.out,
    /The store did not tell the truth: \d of \d recorded steps .* and 1 are not/,
  );
  server.entries.set(`/ac/${more!.key}`, truth);
  const { digest } = artifact;
  server.entries.set(`/cas/${digest}`, canonicalBytes("a lie" as Json) as Uint8Array<ArrayBuffer>);
  assert.notEqual(digestOf(server.entries.get(`/cas/${digest}`)!), digest);
  const changed = await here.verify("--sample", "9");
  assert.equal(changed.code, 4, changed.err);
  assert.match(
    changed.out,
    new RegExp(`^one: cas/${digest} lied.*: it is not there, or not the`, "m"),
  );
});

Deno.test("what cannot be sampled is said", async () => {
  await using server = cacheServer();
  await using here = await published(server);
  const wrong = await here.verify("--sample", "none");
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
  assert.match(wrong.err, /--sample needs a number of steps; this is "none"/);
  assert.equal((await here.verify("--sample", "0")).code, 2);
  const alone = await here.verify();
  assert.equal(alone.code, 2);
  assert.match(alone.err, /--store is about shared stores, and what is made anew asks none/);
  server.entries.clear();
  const empty = await here.verify("--sample", "1");
  assert.equal(empty.code, 2);
  assert.match(empty.err, /no step of the recipe is recorded in a shared store by a key that is/);
});

Deno.test("of a search the steps of all its trials are drawn from, each made again where it was tried", async () => {
  await using server = cacheServer();
  await using here = await typing({
    "search.yaml": `decant: 1
name: search
variables: { x: 1 }
steps:
  - { op: constant, as: samples, value: 1000 }
  - { op: constant, as: n, value: $x }
  - { op: grow, as: m, number: n, amount: 1 }
  - { op: evaluate, as: m-test, model: m, data: samples }
search:
  over: { x: [4, 2, 3] }
  minimize: result.bytes
  budget: { trials: 3 }
  strategy: grid
`,
  }, [...numberOps()]);
  const unset = setVariable("XDG_CONFIG_HOME", `${here.path}/config`);
  try {
    await here.decant("key", "new", "anna");
    const store = ["--store", server.address];
    const run = (...words: string[]) =>
      here.decant("run", "DIR/search.yaml", "--cache", "DIR/one", "--out", "DIR/out", ...words);
    const { code, err } = await run(...store, "--store-write");
    assert.equal(code, 0, err);
    const all = await here.decant(
      "verify",
      "DIR/search.yaml",
      ...store,
      "--sample",
      "99",
      "--json",
    );
    assert.equal(all.code, 0, all.err);
    const { recorded, checked } = JSON.parse(all.out);
    const names = checked.map(({ step }: { step: string }) => step).sort();
    // The data are shared, the winner has a measurement on test besides that on validation.
    assert.deepEqual(names, [
      ...["m", "m of trial 1", "m of trial 3"],
      ...["m-test", "m-test of trial 1", "m-test of trial 2", "m-test of trial 3"],
      ...["n", "n of trial 1", "n of trial 3", "samples"],
    ]);
    assert.equal(recorded, names.length);
    const part = await here.decant("verify", "DIR/search.yaml", ...store, "--sample", "2");
    assert.match(part.out, /^(\S+( of trial \d)?: made again, identical\n){2}The store told/);
  } finally {
    unset();
  }
});
