import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { eachPart, gunzipped, readFile } from "../../../../ops/data/readers/read_file.ts";
import { runContext } from "../../run_context.ts";

const zeros = new Uint8Array(4 << 20);

Deno.test("what unpacks to more than it may is refused, at the limit it is not", () => {
  assert.throws(
    () => gunzipped(gzipSync(zeros), "d.csv", zeros.length),
    /"d.csv": its .* --memory/,
  );
  assert.equal(gunzipped(gzipSync(zeros), "d.csv", 2 * zeros.length).length, zeros.length);
});

Deno.test("gzip is known by its first two bytes, and what is damaged is told from what is too large", () => {
  for (const plain of [[0x1f, 0x8c, 1], [0x1e, 0x8b, 1], []]) {
    const bytes = Uint8Array.from(plain);
    assert.equal(gunzipped(bytes, "d.csv"), bytes);
  }
  const packed = gzipSync(zeros);
  assert.throws(() => gunzipped(packed, "d.csv", 2 * zeros.length - 1), {
    name: "RangeError",
    message:
      `Cannot unpack "d.csv": its ${
        (packed.length / 1000).toFixed(2)
      } kB unpack to more than 4.19 MB, ` +
      "half of the budget; divide it, or allow more: --memory 8GB",
  });
  assert.throws(() => gunzipped(packed.subarray(0, 100), "d.csv"), {
    name: "RangeError",
    message: 'Cannot unpack "d.csv": its gzip data are damaged or cut off; get the file again',
  });
});

Deno.test("files are unpacked as they are read, part by part", async () => {
  const context = runContext({ files: { a: gzipSync(Uint8Array.of(1, 2)), b: Uint8Array.of(3) } });
  const read = async ([name]: readonly string[]) => [...await readFile(context, name!)];
  assert.deepEqual(await eachPart({ train: ["a"] }, read), { train: [1, 2] });
  assert.deepEqual(await eachPart({ train: ["a"], validation: ["b"], test: ["a"] }, read), {
    ...{ train: [1, 2], validation: [3], test: [1, 2] },
  });
  const small = runContext({ files: { a: gzipSync(zeros) }, memory: 1000 });
  await assert.rejects(readFile(small, "a"), /unpack to more than 500 B/);
});
