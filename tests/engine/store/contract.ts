/** The promises of a store, run over each kind of store. */
import assert from "node:assert/strict";
import {
  canonicalBytes,
  type Digest,
  digestOf,
  type Json,
  type Key,
} from "../../../engine/digest.ts";
import { CorruptBlobError, type Outcome, type Store } from "../../../engine/store/store.ts";

/** A store under test, with the means to damage it from outside. */
export interface Subject {
  readonly store: Store;
  /** A second handle on the same contents, as another process has it. */
  another(): Promise<Store>;
  damageBlob(digest: Digest, change: (bytes: Uint8Array) => Uint8Array | undefined): Promise<void>;
  damageRecord(key: Key, change: (bytes: Uint8Array) => Uint8Array | undefined): Promise<void>;
  damageCheckpoint(key: Key, change: (bytes: Uint8Array) => Uint8Array | undefined): Promise<void>;
  /** How many things lie in quarantine. */
  quarantined(): Promise<number>;
}

const text = new TextEncoder();

/** An outcome of two blobs, and its key. */
export function sample(word = "first"): {
  key: Key;
  outcome: Outcome;
  blobs: Map<Digest, Uint8Array>;
  manifest: Digest;
  tensor: Digest;
} {
  const tensorBytes = text.encode(`tensor of ${word}`);
  const tensor = digestOf(tensorBytes);
  const manifestBytes = canonicalBytes({ kind: "model", blob: tensor });
  const manifest = digestOf(manifestBytes);
  const preimage = { op: "double", params: { word } };
  const outcome: Outcome = {
    artifact: {
      digest: manifest,
      kind: "model",
      bytes: tensorBytes.length + manifestBytes.length,
      parts: {},
    },
    blobs: [
      { digest: manifest, bytes: manifestBytes.length },
      { digest: tensor, bytes: tensorBytes.length },
    ],
    notes: { curve: [1, 0.5, 0.25] },
    warnings: ["It is a “fine” sentence"],
    provenance: { seconds: 1.5, host: "here", date: "2026-01-01T00:00:00Z", threads: 2 },
    preimage,
  };
  const key = digestOf(canonicalBytes(preimage)) as unknown as Key;
  return {
    key,
    outcome,
    blobs: new Map([[manifest, manifestBytes], [tensor, tensorBytes]]),
    manifest,
    tensor,
  };
}

const flip = (at: number) => (bytes: Uint8Array): Uint8Array => {
  const changed = bytes.slice();
  changed[at % bytes.length]! ^= 1;
  return changed;
};
const truncate = (bytes: Uint8Array): Uint8Array => bytes.slice(0, bytes.length >> 1);
const empty = (): Uint8Array => new Uint8Array();
const remove = (): undefined => undefined;

/** Registers the tests of the contract for one kind of store. */
export function testStore(name: string, open: () => Promise<Subject & AsyncDisposable>): void {
  const test = (promise: string, body: (subject: Subject) => Promise<void>): void =>
    Deno.test(`${name}: ${promise}`, async () => {
      await using subject = await open();
      await body(subject);
    });

  test("what was published is found again, the same", async ({ store }) => {
    const { key, outcome, blobs, tensor } = sample();
    assert.equal(await store.outcome(key), undefined);
    assert.equal(await store.has(tensor), false);
    await store.publish(key, outcome, blobs);
    assert.deepEqual(await store.outcome(key), outcome);
    assert.equal(await store.has(tensor), true);
    for (const [digest, bytes] of blobs) assert.deepEqual(await store.read(digest), bytes);
  });

  test("a second outcome under a key changes nothing, unless it shall replace", async ({ store }) => {
    const { key, outcome, blobs } = sample();
    await store.publish(key, outcome, blobs);
    const later = { ...outcome, warnings: ["later"] };
    await store.publish(key, later, blobs);
    assert.deepEqual(await store.outcome(key), outcome);
    await store.publish(key, later, blobs, { replace: true });
    assert.deepEqual(await store.outcome(key), later);
  });

  test("bytes handed out are the caller's own", async ({ store }) => {
    const { key, outcome, blobs, tensor } = sample();
    await store.publish(key, outcome, blobs);
    (await store.read(tensor)).fill(0);
    blobs.get(tensor)!.fill(0);
    assert.equal(digestOf(await store.read(tensor)), tensor);
  });

  for (
    const [how, change] of [
      ["flipped", flip(3)],
      ["truncated", truncate],
      ["emptied", empty],
    ] as const
  ) {
    test(`a ${how} blob is never returned, is quarantined, and can be published again`, async (subject) => {
      const { store } = subject;
      const { key, outcome, blobs, tensor } = sample();
      await store.publish(key, outcome, blobs);
      await subject.damageBlob(tensor, change);
      await assert.rejects(store.read(tensor), CorruptBlobError);
      assert.equal(await subject.quarantined(), 1);
      assert.equal(await store.has(tensor), false);
      await store.publish(key, outcome, blobs);
      assert.deepEqual(await store.read(tensor), blobs.get(tensor));
    });

    test(`publishing over a ${how} blob that nobody has read repairs it`, async (subject) => {
      const { store } = subject;
      const { key, outcome, blobs, tensor } = sample();
      await store.publish(key, outcome, blobs);
      await subject.damageBlob(tensor, change);
      await store.publish(key, outcome, blobs);
      assert.deepEqual(await store.read(tensor), blobs.get(tensor));
    });

    test(`a ${how} record is no record, and is quarantined`, async (subject) => {
      const { store } = subject;
      const { key, outcome, blobs } = sample();
      await store.publish(key, outcome, blobs);
      await subject.damageRecord(key, change);
      assert.equal(await store.outcome(key), undefined);
      assert.equal(await subject.quarantined(), 1);
      await store.publish(key, outcome, blobs);
      assert.deepEqual(await store.outcome(key), outcome);
    });

    test(`a ${how} checkpoint is no checkpoint`, async (subject) => {
      const file = subject.store.checkpoint(sample().key);
      await file.save(text.encode("epoch 3"));
      await subject.damageCheckpoint(sample().key, change);
      assert.equal(await file.load(), undefined);
    });
  }

  test("any flipped byte of a record is found", async (subject) => {
    const { key, outcome, blobs } = sample();
    let size = 0;
    await subject.store.publish(key, outcome, blobs);
    await subject.damageRecord(key, (bytes) => {
      size = bytes.length;
      return bytes;
    });
    assert.deepEqual(await subject.store.outcome(key), outcome);
    for (let at = 0; at < size; at++) {
      await subject.damageRecord(key, flip(at));
      assert.equal(await subject.store.outcome(key), undefined, `byte ${at} of ${size}`);
      await subject.store.publish(key, outcome, blobs);
    }
  });

  test("a missing blob is said to be missing", async (subject) => {
    const { key, outcome, blobs, tensor } = sample();
    await subject.store.publish(key, outcome, blobs);
    await subject.damageBlob(tensor, remove);
    await assert.rejects(subject.store.read(tensor), /missing/);
    assert.equal(await subject.quarantined(), 0);
  });

  test("a record put in the place of another is no record of it", async (subject) => {
    const one = sample("one");
    const two = sample("two");
    await subject.store.publish(one.key, one.outcome, one.blobs);
    await subject.store.publish(two.key, two.outcome, two.blobs);
    let bytes: Uint8Array | undefined;
    await subject.damageRecord(one.key, (own) => (bytes = own));
    await subject.damageRecord(two.key, () => bytes);
    assert.equal(await subject.store.outcome(two.key), undefined);
  });

  test("a disputed outcome is kept and the record stays", async (subject) => {
    const { key, outcome, blobs } = sample();
    await subject.store.publish(key, outcome, blobs);
    const other = sample("other");
    await subject.store.dispute(key, { ...other.outcome, preimage: outcome.preimage }, other.blobs);
    assert.deepEqual(await subject.store.outcome(key), outcome);
    assert.deepEqual(await subject.store.read(other.tensor), other.blobs.get(other.tensor));
    assert.equal(await subject.quarantined(), 1);
  });

  test("checkpoints are saved, replaced, removed", async ({ store }) => {
    const file = store.checkpoint(sample().key);
    assert.equal(await file.load(), undefined);
    await file.save(text.encode("epoch 1"));
    await file.save(text.encode("epoch 2"));
    assert.deepEqual(await file.load(), text.encode("epoch 2"));
    await file.remove();
    await file.remove();
    assert.equal(await file.load(), undefined);
  });

  test("memos are recalled by name", async ({ store }) => {
    const value: Json = { digest: "ab", size: 3 };
    assert.equal(await store.recall("a file"), undefined);
    await store.remember("a file", value);
    assert.deepEqual(await store.recall("a file"), value);
    assert.equal(await store.recall("another file"), undefined);
  });

  test("one holder of a key's lock at a time, also across handles", async (subject) => {
    const { key } = sample();
    const other = await subject.another();
    const holds: string[] = [];
    const hold = (store: Store, who: string) =>
      store.locked(key, async () => {
        holds.push(`${who} in`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        holds.push(`${who} out`);
        return who;
      });
    const done = await Promise.all([
      hold(subject.store, "a"),
      hold(other, "b"),
      hold(subject.store, "c"),
    ]);
    assert.deepEqual(done, ["a", "b", "c"]);
    for (let i = 0; i < holds.length; i += 2) {
      assert.equal(holds[i]!.replace("in", "out"), holds[i + 1]);
    }
  });

  test("a lock is freed when its holder fails", async ({ store }) => {
    const { key } = sample();
    await assert.rejects(store.locked(key, () => Promise.reject(new Error("the step failed"))));
    assert.equal(await store.locked(key, () => Promise.resolve("held again")), "held again");
  });

  test("waiting for a lock says so and can be given up", async (subject) => {
    const { key } = sample();
    const other = await subject.another();
    const stop = new AbortController();
    const inside = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const held = subject.store.locked(key, () => {
      inside.resolve();
      return leave.promise;
    });
    await inside.promise;
    const said: string[] = [];
    const waiting = other.locked(key, () => Promise.resolve(), {
      signal: stop.signal,
      waiting(holder) {
        said.push(holder);
        stop.abort(new Error("given up"));
        // The memory store wakes when the holder lets go.
        setTimeout(() => leave.resolve(), 50);
      },
    });
    await assert.rejects(waiting, /given up/);
    assert.equal(said.length, 1);
    await held;
  });

  test("all records are listed, damaged ones are not", async (subject) => {
    const samples = ["one", "two", "three"].map(sample);
    for (const { key, outcome, blobs } of samples) await subject.store.publish(key, outcome, blobs);
    await subject.damageRecord(samples[1]!.key, truncate);
    const found = new Map<Key, Outcome>();
    for await (const { key, outcome } of subject.store.outcomes()) found.set(key, outcome);
    assert.deepEqual(
      new Map([...found].sort()),
      new Map([samples[0]!, samples[2]!].map(({ key, outcome }) => [key, outcome] as const).sort()),
    );
  });

  test("blobs come in pieces and are published with their record; bytes leave in pieces", async (subject) => {
    const { store } = subject;
    const { key, outcome, blobs, tensor } = sample();
    const whole = (digest: Digest) => ReadableStream.from([blobs.get(digest)!]);
    await using intake = await store.intake();
    for (const blob of outcome.blobs) {
      const other = { ...blob, bytes: blob.bytes - 1 };
      await assert.rejects(intake.take(other, whole(blob.digest)), CorruptBlobError);
      await assert.rejects(intake.take(blob, ReadableStream.from([])), CorruptBlobError);
      await intake.take(blob, whole(blob.digest));
    }
    assert.deepEqual([await store.outcome(key), await store.has(tensor)], [undefined, false]);
    await intake.publish({ key, outcome });
    assert.deepEqual(await store.outcome(key), outcome);
    const read = async () => new Uint8Array(await new Response(await store.stream(tensor)).bytes());
    assert.deepEqual(await read(), blobs.get(tensor));
    await intake.publish({ key, outcome: { ...outcome, warnings: ["later"] } });
    assert.deepEqual(await store.outcome(key), outcome);
    await subject.damageBlob(tensor, flip(3));
    await assert.rejects(read(), { name: "CorruptBlobError", found: "changed" });
    assert.equal(await subject.quarantined(), 1);
    await assert.rejects(read(), { name: "CorruptBlobError", found: "missing" });
  });

  test("journals take lines", async ({ store }) => {
    const journal = await store.journal();
    await journal.append({ event: "ran", step: "teacher" });
    await journal.close();
    assert.ok(journal.id.length > 0);
  });
}
