import assert from "node:assert/strict";
import { decodeFile, encodeFile, IDENTIFIER } from "../../../../ops/formats/tflite/flatbuffer.ts";
import type { TfliteFile } from "../../../../ops/formats/tflite/schema.ts";

const file: TfliteFile = {
  version: 3,
  codes: [{ short: 3, version: 1, code: 3, custom: "" }, {
    short: 127,
    version: 2,
    code: 150,
    custom: "",
  }],
  subgraphs: [{
    name: "graph",
    tensors: [
      { name: "x", shape: [1, 2], type: 0, buffer: 0, isVariable: false, signature: [-1, 2] },
      {
        ...{ name: "w", shape: [2], type: 9, buffer: 1, isVariable: false, signature: [] },
        quantization: {
          ...{ scale: [0.5, 0.25], zero: [-3, 2 ** 40], axis: 1 },
          ...{ minimum: [], maximum: [], details: 0 },
        } as never,
      },
    ],
    inputs: [0],
    outputs: [1],
    operators: [{
      ...{ code: 0, inputs: [0, -1], outputs: [1], optionsType: 1 },
      options: {
        ...{ padding: 1, strideX: 2, strideY: 3, activation: 0, dilationX: 1, dilationY: 4 },
      },
    }, { code: 1, inputs: [], outputs: [], optionsType: 116, options: { approximate: true } }],
  }],
  description: "a test",
  buffers: [{}, { data: Uint8Array.of(1, 2, 3) }],
  signatures: [{ inputs: [{ name: "a", tensor: 0 }], outputs: [{ name: "b", tensor: 1 }] }],
};

Deno.test("a file is the tree that was written, with its identifier at byte 4", () => {
  const bytes = encodeFile(file);
  assert.equal(new TextDecoder().decode(bytes.subarray(4, 8)), IDENTIFIER);
  assert.deepEqual(decodeFile(bytes, "f"), file);
});

Deno.test("numbers of a buffer begin at a multiple of 16 bytes", () => {
  for (let length = 1; length < 20; length++) {
    const bytes = encodeFile({ ...file, buffers: [{}, { data: new Uint8Array(length).fill(7) }] });
    const { byteOffset } = decodeFile(bytes, "f").buffers[1]!.data!;
    assert.equal((byteOffset - bytes.byteOffset) % 16, 0);
  }
});

Deno.test("bytes by hand: the dilation that is absent is 1, as the schema says", () => {
  const bytes = encodeFile({
    ...file,
    subgraphs: [{
      ...file.subgraphs[0]!,
      operators: [{ code: 0, inputs: [], outputs: [], optionsType: 1, options: { padding: 0 } }],
    }],
  });
  const { options } = decodeFile(bytes, "f").subgraphs[0]!.operators[0]!;
  assert.deepEqual([options!.dilationX, options!.strideX], [1, 0]);
});

Deno.test("what is cut off, or shares itself without end, is refused with a sentence", () => {
  const bytes = encodeFile(file);
  for (const length of [0, 7, 40, bytes.length >> 1]) {
    assert.throws(() => decodeFile(bytes.subarray(0, length), "f.tflite"), {
      message: "f.tflite is damaged: a part of its model lies outside the file",
    });
  }
  // What is not about the file stays what it is.
  const odd = Object.assign(encodeFile(file), {
    subarray: () => {
      throw new TypeError("no part");
    },
  });
  assert.throws(() => decodeFile(odd, "f"), { name: "TypeError", message: "no part" });
  // 4,000 tensors that are one, of a shape of 4,000 extents.
  const one = { ...file.subgraphs[0]!.tensors[0]!, shape: Array(4000).fill(1) };
  const tensors = Array.from({ length: 4000 }, (_, i) => i === 0 ? one : { ...one, shape: [] });
  const shared = encodeFile({
    ...file,
    subgraphs: [{ ...file.subgraphs[0]!, tensors, operators: [] }],
  });
  const view = new DataView(shared.buffer);
  const at = vectorOf(view, tensors.length);
  const first = at + 4 + view.getUint32(at + 4, true);
  for (let i = 1; i < tensors.length; i++) {
    view.setUint32(at + 4 + 4 * i, first - at - 4 - 4 * i, true);
  }
  assert.throws(() => decodeFile(shared, "f"), /is damaged/);
});

/** Where a vector of so many elements begins that are offsets forward. */
function vectorOf(view: DataView, count: number): number {
  for (let at = 0; at + 4 < view.byteLength; at += 4) {
    if (view.getUint32(at, true) === count && view.getUint32(at + 4, true) > 4 * count) return at;
  }
  throw new Error("no vector");
}
