import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { gunzipped } from "../../../../ops/data/readers/read_file.ts";

const zeros = new Uint8Array(4 << 20);

Deno.test("what unpacks to more than it may is refused, at the limit it is not", () => {
  assert.throws(
    () => gunzipped(gzipSync(zeros), "d.csv", zeros.length),
    /"d.csv": its .* --memory/,
  );
  assert.equal(gunzipped(gzipSync(zeros), "d.csv", 2 * zeros.length).length, zeros.length);
});
