import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { gzipSync } from "../../../engine/deps/fflate.ts";
import {
  bytesOfFiles,
  encodedBytes,
  encodeFiles,
  usualFiles,
} from "../../../ops/formats/encode_files.ts";
import type { FormatParams } from "../../../ops/formats/formats.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { withHalves, withIntegers } from "./quantized_by_hand.ts";

const model = initialModel(mlp.build([100], 10, { hidden: [50], dropout: 0 }), 0);
const format: FormatParams = { use: "tfjs", storage: "native", shard: "4 MiB", tolerance: 0.001 };

Deno.test("a model weighs what its files weigh", async () => {
  const parameters = 100 * 50 + 50 + 50 * 10 + 10;
  const bytes = await encodedBytes(model, format);
  const files = Object.values(await encodeFiles(model, format));
  assert.equal(bytes.format, "tfjs");
  assert.equal(bytes.raw, 4 * parameters);
  assert.equal(bytes.encoded, files.reduce((sum, file) => sum + file.length, 0));
  const topology = (await encodeFiles(model, format))["model.json"]!.length;
  assert.equal(bytes.encoded - topology, 4 * parameters);
  assert.ok(bytes.gzip < bytes.encoded);
});

Deno.test("weights stored small weigh less by what they save", async () => {
  const weigh = async (each: typeof model) => {
    const files = await encodeFiles(each, format);
    return Object.entries(files).reduce(
      (sum, [path, { length }]) => path === "model.json" ? sum : sum + length,
      0,
    );
  };
  const kernels = 100 * 50 + 50 * 10;
  assert.equal(await weigh(withHalves(model)), 2 * (kernels + 60));
  // A byte per weight; per channel a float32 scale, a float32 bias, a byte of mean and one of variance.
  assert.equal(await weigh(withIntegers(model)), kernels + 60 * (4 + 4 + 1 + 1));
});

Deno.test("gzip bytes carry no time and unpack to what went in", async () => {
  const [file] = Object.values(await encodeFiles(model, format));
  const packed = gzipSync(file!, { level: 6, mtime: 0 });
  assert.deepEqual([...packed.subarray(4, 8)], [0, 0, 0, 0]);
  assert.deepEqual(new Uint8Array(gunzipSync(packed)), file);
});

Deno.test("a model is saved in the usual format with the defaults that a recipe has", async () => {
  assert.deepEqual(await usualFiles(model), await encodeFiles(model, format));
});

Deno.test("files weigh the same when they are counted again, which takes next to no time", () => {
  const numbers = stream(1, "files").uniforms(0, 1 << 16);
  const files = [1, 2].map((factor) => new Uint8Array(numbers.map((u) => u * factor).buffer));
  const sizes = files.map((file) => gzipSync(file, { level: 6, mtime: 0 }).length);
  assert.notEqual(sizes[0], sizes[1]);
  const timed = () => {
    const began = performance.now();
    assert.deepEqual(bytesOfFiles(files), { encoded: 1 << 19, gzip: sizes[0]! + sizes[1]! });
    return performance.now() - began;
  };
  const first = timed();
  const again = Math.min(...Array.from({ length: 5 }, timed));
  assert.ok(again < first / 5, `${again} ms of ${first}`);
  // One of them alone, and a file that has one half in common with the other.
  assert.deepEqual(bytesOfFiles([files[1]!]), { encoded: 1 << 18, gzip: sizes[1] });
  const other = files[0]!.slice().fill(0, 1 << 17);
  assert.ok(bytesOfFiles([other]).gzip < sizes[0]! * 0.6);
});
