import assert from "node:assert/strict";
import { digestOf } from "../../../../engine/digest.ts";
import {
  decodeActionResult,
  encodeActionResult,
} from "../../../../engine/store/shared/action_result.ts";

const text = new TextEncoder();
const record = text.encode("a record");
const blob = { digest: digestOf(text.encode("x")), bytes: 300 };

Deno.test("a record is written as the protocol buffer of an ActionResult", () => {
  // By hand: output_files (2) holds path (1) and digest (2) with hash (1) and size_bytes (2) = 300; stdout_raw (5).
  const name = [...text.encode(blob.digest)];
  const digest = [0x0a, 64, ...name, 0x10, 0xac, 0x02];
  const file = [0x0a, 64, ...name, 0x12, digest.length, ...digest];
  const expected = [0x12, file.length, 1, ...file, 0x2a, record.length, ...record];
  // 137 bytes take two bytes of length.
  assert.equal(file.length, 137);
  expected.splice(1, 2, 0x89, 0x01);
  assert.deepEqual([...encodeActionResult(record, [blob])], expected);
});

Deno.test("what was written is read again, with many blobs and a record that is large or empty", () => {
  for (const size of [0, 1, 127, 128, 70_000]) {
    const bytes = new Uint8Array(size).fill(200);
    const found = decodeActionResult(encodeActionResult(bytes, new Array(5).fill(blob)));
    assert.deepEqual(found, bytes);
  }
});

Deno.test("fields that a server adds are passed over", () => {
  const added = [
    ...[0x20, 0x81, 0x01], // exit_code = 129
    ...[0x20, ...new Array(9).fill(0xff), 0x01], // exit_code = -1
    ...[0x4a, 3, 1, 2, 3], // execution_metadata
    ...[0x79, 1, 2, 3, 4, 5, 6, 7, 8], // eight bytes
    ...[0x7d, 1, 2, 3, 4], // four bytes
  ];
  const bytes = new Uint8Array([...added, ...encodeActionResult(record, [blob]), ...added]);
  assert.deepEqual(decodeActionResult(bytes), record);
});

Deno.test("bytes that are no ActionResult, or one without a record, hold none", () => {
  const whole = encodeActionResult(record, [blob]);
  for (let size = 0; size < whole.byteLength; size++) {
    assert.equal(decodeActionResult(whole.subarray(0, size)), undefined, `${size} bytes`);
  }
  const strange = [[0x2b], [0x2c], [0x80], [0x2a, 0xff, 0xff, 0xff, 0xff, 0x7f], [0x20, 0x80]];
  for (const bytes of [...strange, new Array(12).fill(0xff)]) {
    assert.equal(decodeActionResult(new Uint8Array(bytes)), undefined);
  }
});
