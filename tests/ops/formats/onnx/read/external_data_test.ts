import assert from "node:assert/strict";
import type { TensorProto } from "../../../../../engine/deps/onnx_buf.ts";
import { externalBytes, filesBeside } from "../../../../../ops/formats/onnx/read/external_data.ts";
import { readOnnx } from "../../../../../ops/formats/onnx/read/read_onnx.ts";
import { besideBytes, exportedBytes } from "../support/exported.ts";

Deno.test("the files that tensors name, each once, and none of what is no model", () => {
  const bytes = exportedBytes("beside");
  assert.deepEqual(filesBeside(bytes), ["beside.data"]);
  assert.deepEqual(filesBeside(exportedBytes("images_qdq")), []);
  assert.deepEqual(filesBeside(new TextEncoder().encode("no protocol buffer at all")), []);
  assert.deepEqual(filesBeside(bytes.subarray(0, bytes.length >> 1)), []);
  // Fields of all widths before the graph: a varint of two bytes, 8 bytes, 4 bytes.
  const others = [0x08, 0x80, 0x01, 0x11, ...new Uint8Array(8), 0x1d, ...new Uint8Array(4)];
  assert.deepEqual(filesBeside(Uint8Array.from([...others, ...bytes])), ["beside.data"]);
});

/** A tensor whose numbers lie in `a`. */
const tensor = (entries: Readonly<Record<string, string>>) =>
  ({
    externalData: Object.entries({ location: "a", ...entries })
      .map(([key, value]) => ({ key, value })),
  }) as unknown as TensorProto;
const files = new Map([["a", Uint8Array.of(1, 2, 3, 4, 5)]]);

Deno.test("bytes from a place on, as many as are said, or all that follow", () => {
  const of = (entries: Readonly<Record<string, string>>) => [
    ...externalBytes(tensor(entries), "t", files),
  ];
  assert.deepEqual(of({}), [1, 2, 3, 4, 5]);
  assert.deepEqual(of({ offset: "2" }), [3, 4, 5]);
  assert.deepEqual(of({ offset: "1", length: "3" }), [2, 3, 4]);
});

Deno.test("places that are not in the file, and a file that is not there", () => {
  for (
    const entries of [
      ...[{ offset: "3", length: "3" }, { offset: "-1" }, { length: "x" }, { offset: "9" }],
      ...[{ offset: "0.5" }, { length: "-2" }],
    ]
  ) {
    assert.throws(
      () => externalBytes(tensor(entries), "t", files),
      /Cannot read tensor "t": the file that has its numbers ends before them/,
    );
  }
  assert.throws(() => externalBytes(tensor({ location: "b" }), "t", files), /which is not there/);
  assert.throws(
    () => readOnnx(exportedBytes("beside"), "beside.onnx"),
    /its numbers lie in another file, which is not there/,
  );
  const cut = new Map([["beside.data", besideBytes("beside.data").subarray(0, 100)]]);
  assert.throws(
    () => readOnnx(exportedBytes("beside"), "beside.onnx", { files: cut }),
    /the file that has its numbers ends before them/,
  );
});
