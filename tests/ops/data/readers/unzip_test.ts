import assert from "node:assert/strict";
import { parseNpz } from "../../../../ops/data/readers/numpy.ts";
import { unzipped } from "../../../../ops/data/readers/unzip.ts";
import { zipSync } from "../../../deps.ts";
import { npyBytes } from "../npy_bytes.ts";

const zeros = new Uint8Array(4 << 20);

Deno.test("a zip archive is read as it was written, stored or deflated", () => {
  const files = {
    "a.npy": npyBytes("<f4", [2, 2], [1, 2, 3, 4]),
    "b.npy": npyBytes("<i4", [2], [0, 1]),
  };
  for (const level of [0, 6] as const) {
    const arrays = parseNpz(zipSync(files, { level }), "d.npz");
    assert.deepEqual(Object.keys(arrays), ["a", "b"]);
    assert.deepEqual([...arrays.a!.data], [1, 2, 3, 4]);
  }
  assert.throws(
    () => parseNpz(zipSync({ "a.npy": zeros }), "d.npz", 1 << 20),
    /"d.npz" as npz: its .* --memory/,
  );
});

Deno.test("a zip archive whose directory points into itself or behind the file is damaged", () => {
  const archive = zipSync({ a: zeros.subarray(0, 5000), b: zeros.subarray(0, 5000) });
  for (let at = archive.length - 140; at < archive.length; at++) {
    for (const byte of [0, 1, 0x7f, 0xff]) {
      const damaged = archive.slice();
      damaged[at] = byte;
      try {
        assert.ok(Object.keys(unzipped(damaged, "Cannot", 1e9)).length <= 2);
      } catch (error) {
        assert.match((error as Error).message, /^Cannot: (?:its (?:zip|\d)|it compresses)/);
      }
    }
  }
});
