import assert from "node:assert/strict";
import { canonicalBytes, digestOf, type Json } from "../../../../engine/digest.ts";
import { encodeRecord } from "../../../../engine/store/record.ts";
import { seal } from "../../../../engine/store/seal.ts";
import { receivedRecord } from "../../../../engine/store/shared/received.ts";
import type { Outcome, Signature } from "../../../../engine/store/store.ts";
import { sample } from "../contract.ts";

const { key, outcome } = sample();
const read = (changed: object, memory = 1000): Outcome | undefined =>
  receivedRecord(key, encodeRecord(key, { ...outcome, ...changed } as Outcome), memory)?.outcome;

Deno.test("a signature comes with its record; what cannot be one makes it none", () => {
  const signed = (by: unknown, signature: unknown, more = {}) =>
    receivedRecord(
      key,
      encodeRecord(key, outcome, { by, signature, ...more } as unknown as Signature),
      1000,
    );
  assert.deepEqual(signed("a:b", "c"), { key, outcome, signed: { by: "a:b", signature: "c" } });
  assert.deepEqual(signed("b".repeat(120), "c")?.signed?.by.length, 120);
  for (const wrong of [1, null, "b".repeat(121), "\u001b[2J"]) {
    assert.equal(signed(wrong, "c"), undefined);
    assert.equal(signed("a:b", wrong), undefined);
  }
  assert.equal(signed("a:b", "c", { more: 1 }), undefined);
});

Deno.test("a sound record is its outcome, where its blobs are not more than they may be", () => {
  const { bytes } = outcome.artifact;
  assert.deepEqual(read({}, bytes), outcome);
  assert.equal(read({}, bytes - 1), undefined);
});

Deno.test("a manifest in the record must be what the artifact is called by", () => {
  const manifest = { accuracy: 0.5 };
  const bytes = canonicalBytes(manifest);
  const digest = digestOf(bytes);
  const artifact = { digest, kind: "metrics", bytes: bytes.byteLength, parts: {} };
  const blobs = [{ digest, bytes: bytes.byteLength }];
  const metrics = { artifact, blobs, manifest };
  assert.deepEqual(read(metrics), { ...outcome, ...metrics });
  assert.equal(read({ ...metrics, manifest: { accuracy: 0.6 } }), undefined);
});

Deno.test("a record of another key, of another version, or of no JSON is none", () => {
  const other = sample("other");
  assert.equal(receivedRecord(key, encodeRecord(other.key, other.outcome), 1000), undefined);
  assert.equal(receivedRecord(key, encodeRecord(key, other.outcome), 1000), undefined);
  const sealed = (body: Uint8Array) => receivedRecord(key, seal(`outcome ${key}`, body), 1000);
  assert.equal(sealed(new TextEncoder().encode("no JSON")), undefined);
  assert.equal(sealed(canonicalBytes({ format: 2, key, outcome: outcome as never })), undefined);
  assert.equal(sealed(canonicalBytes({ format: 1, key, outcome: "none" })), undefined);
  assert.equal(sealed(canonicalBytes(null)), undefined);
});

Deno.test("whatever else a record may not say makes it none", () => {
  const { artifact, blobs, provenance } = outcome;
  const [first, second] = blobs as [typeof blobs[0], typeof blobs[0]];
  const wrong: Record<string, Json> = {
    "the manifest is not the first blob": { blobs: [second, first] },
    "no blobs": { blobs: [], artifact: { ...artifact, bytes: 0 } },
    "a blob twice": {
      blobs: [first, first],
      artifact: { ...artifact, bytes: 2 * first.bytes },
    },
    "a name that is a path": {
      blobs: [first, { digest: "../../etc", bytes: second.bytes }],
    },
    "a size below zero": {
      blobs: [first, { digest: second.digest, bytes: -1 }],
      artifact: { ...artifact, bytes: first.bytes - 1 },
    },
    "a broken size": {
      blobs: [first, { digest: second.digest, bytes: 0.5 }],
      artifact: { ...artifact, bytes: first.bytes + 0.5 },
    },
    "a size that is not the sum": { artifact: { ...artifact, bytes: artifact.bytes + 1 } },
    "a kind that is none": { artifact: { ...artifact, kind: 1 } },
    "parts that are none": { artifact: { ...artifact, parts: { train: "here" } } },
    "notes that are a list": { notes: [] },
    "warnings that are a text": { warnings: "careful" },
    "a warning that is a number": { warnings: [1] },
    "a warning that steers a terminal": { warnings: ["\u001b[2J"] },
    "a host that steers a terminal": { provenance: { ...provenance, host: "\u001b]0;x" } },
    "a date that is none": { provenance: { ...provenance, date: "yesterday" } },
    "seconds below zero": { provenance: { ...provenance, seconds: -1 } },
    "threads that are none": { provenance: { ...provenance, threads: "many" } },
    "no provenance": { provenance: null },
  };
  for (const [what, changed] of Object.entries(wrong)) {
    assert.equal(read(changed as object), undefined, what);
  }
});
