import assert from "node:assert/strict";
import {
  createMessage,
  DataType,
  type MessageInitShape,
  TensorProtoSchema,
} from "../../../../../engine/deps/onnx_buf.ts";
import {
  constant,
  constantOf,
  floats,
  soleNumber,
  uniform,
} from "../../../../../ops/formats/onnx/read/constants.ts";

const read = (tensor: MessageInitShape<typeof TensorProtoSchema>) =>
  constantOf(createMessage(TensorProtoSchema, tensor), "w");

const raw = (values: ArrayBufferView) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();

Deno.test("numbers of every type are those that were written, in raw bytes or in lists", () => {
  const dims = [2n];
  const cases: readonly (readonly [DataType, ArrayBufferView])[] = [
    [DataType.FLOAT, Float32Array.of(1.5, -2)],
    [DataType.DOUBLE, Float64Array.of(1.5, -2)],
    [DataType.FLOAT16, Float16Array.of(1.5, -2)],
    // The upper halves of the float32s 1.5 and −2.
    [DataType.BFLOAT16, Uint16Array.of(0x3fc0, 0xc000)],
  ];
  for (const [dataType, values] of cases) {
    assert.deepEqual([...read({ dataType, dims, rawData: raw(values) }).values], [1.5, -2]);
  }
  const whole: readonly (readonly [DataType, ArrayBufferView])[] = [
    [DataType.INT64, BigInt64Array.of(7n, -2n)],
    [DataType.INT32, Int32Array.of(7, -2)],
    [DataType.INT8, Int8Array.of(7, -2)],
  ];
  for (const [dataType, values] of whole) {
    assert.deepEqual([...read({ dataType, dims, rawData: raw(values) }).values], [7, -2]);
  }
  for (const dataType of [DataType.UINT8, DataType.BOOL]) {
    const rawData = Uint8Array.of(1, 0);
    const { values } = read({ dataType, dims, rawData });
    assert.deepEqual(values, Uint8Array.of(1, 0));
    // What a tensor holds keeps no file alive, and no change of one reaches it.
    rawData.fill(7);
    assert.deepEqual([...values], [1, 0]);
  }
  const list = (
    dataType: DataType,
    fields: object,
  ) => [...read({ dataType, dims, ...fields }).values];
  assert.deepEqual(list(DataType.FLOAT, { floatData: [1.5, -2] }), [1.5, -2]);
  assert.deepEqual(list(DataType.DOUBLE, { doubleData: [1.5, -2] }), [1.5, -2]);
  assert.deepEqual(list(DataType.INT64, { int64Data: [7n, -2n] }), [7, -2]);
  assert.deepEqual(list(DataType.INT32, { int32Data: [7, -2] }), [7, -2]);
  assert.deepEqual(list(DataType.INT8, { int32Data: [7, -2] }), [7, -2]);
  assert.deepEqual(list(DataType.UINT8, { int32Data: [7, 200] }), [7, 200]);
  assert.deepEqual(list(DataType.FLOAT16, { int32Data: [0x3e00, 0xc000] }), [1.5, -2]);
});

Deno.test("other files, other types and other counts are sentences", () => {
  const dims = [2n];
  const external = {
    dataType: DataType.FLOAT,
    dims,
    externalData: [{ key: "location", value: "w" }],
  };
  assert.throws(() => read(external), /tensor "w": its numbers lie in another file/);
  assert.throws(
    () => read({ dataType: DataType.STRING, dims }),
    /of type STRING, which is not read/,
  );
  assert.throws(() => read({ dataType: 99, dims }), /of type 99/);
  const short = { dataType: DataType.FLOAT, dims, rawData: new Uint8Array(7) };
  assert.throws(() => read(short), /should have 2 numbers; the file is damaged/);
  assert.throws(() => read({ dataType: DataType.FLOAT, dims: [-1n] }), /damaged/);
});

Deno.test("a number that is everywhere takes the room of one", () => {
  const many = uniform([1000, 1000, 1000], 3);
  assert.deepEqual([many.values.length, soleNumber(many)], [1, 3]);
  assert.throws(() => floats(many), /repeats a number 1000000000 times/);
  assert.deepEqual([...floats(uniform([100], 2))], Array(100).fill(2));
  assert.deepEqual([...uniform([3], 2).values], [2, 2, 2]);
  assert.equal(soleNumber(constant([2], Float64Array.of(1, 2))), undefined);
  assert.deepEqual(floats(constant([2], Float64Array.of(1, 2))), Float32Array.of(1, 2));
});

Deno.test("a tensor of more axes than any runtime knows is refused", () => {
  const dims = Array<bigint>(17).fill(1n);
  assert.throws(
    () => read({ dims, dataType: DataType.FLOAT, floatData: [1] }),
    /Cannot read tensor "w": it has 17 axes, more than 16/,
  );
});
