/** Outcomes as sealed bytes. */
import assert from "node:assert/strict";
import { canonicalBytes, type Key } from "../../../engine/digest.ts";
import { decodeRecord, encodeRecord } from "../../../engine/store/record.ts";
import { seal } from "../../../engine/store/seal.ts";
import { sample } from "./contract.ts";

Deno.test("a record comes back as it was, under its own key alone", () => {
  const { key, outcome } = sample();
  const bytes = encodeRecord(key, outcome);
  assert.deepEqual(decodeRecord(key, bytes), { state: "sound", outcome });
  assert.deepEqual(decodeRecord(sample("other").key, bytes), { state: "damaged" });
});

Deno.test("a record whose preimage does not hash to its key is damaged, although it is sealed for it", () => {
  const { key, outcome } = sample();
  const other = { ...outcome, preimage: { op: "else" } };
  assert.deepEqual(decodeRecord(key, encodeRecord(key, other)), { state: "damaged" });
});

Deno.test("a record of another format is sound and not ours: its text is handed on, not read", () => {
  const key = "f".repeat(64) as Key;
  const record = { format: 2, of: "the future" };
  const bytes = seal(`outcome ${key}`, canonicalBytes(record));
  const decoded = decodeRecord(key, bytes);
  assert.deepEqual(decoded, { state: "another-version", text: '{"format":2,"of":"the future"}' });
});
