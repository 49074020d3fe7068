import assert from "node:assert/strict";
import { runContext } from "../../run_context.ts";
import { idx, isIdx, parseIdx } from "../../../../ops/data/readers/idx.ts";
import { fc } from "../../../deps.ts";
import { idxBytes } from "../idx_bytes.ts";

Deno.test("a file written by hand, byte for byte, reads as the specification says", () => {
  const bytes = Uint8Array.of(0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255);
  assert.deepEqual(parseIdx(bytes, "x"), {
    shape: [2, 3],
    data: Uint8Array.of(1, 2, 3, 4, 5, 255),
  });
});

Deno.test("numbers wider than a byte are big-endian", () => {
  const header = (type: number) => [0, 0, type, 1, 0, 0, 0, 1];
  const read = (type: number, ...value: number[]) =>
    parseIdx(Uint8Array.of(...header(type), ...value), "x").data;
  assert.deepEqual(read(0x09, 0xff), Int32Array.of(-1));
  assert.deepEqual(read(0x0b, 0x01, 0x02), Int32Array.of(258));
  assert.deepEqual(read(0x0c, 0xff, 0xff, 0xff, 0xfe), Int32Array.of(-2));
  assert.deepEqual(read(0x0d, 0x3f, 0xc0, 0, 0), Float32Array.of(1.5));
  assert.deepEqual(read(0x0e, 0xc0, 0x04, 0, 0, 0, 0, 0, 0), Float32Array.of(-2.5));
});

Deno.test("whatever is written is read again, also from the middle of a buffer", () => {
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
  const type = fc.constantFrom(0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e);
  fc.assert(fc.property(shape, type, (shape, type) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: count }, (_, i) => i % 100);
    const bytes = idxBytes(type, shape, values);
    const padded = new Uint8Array(bytes.length + 3);
    padded.set(bytes, 3);
    const { shape: read, data } = parseIdx(padded.subarray(3), "x");
    assert.deepEqual([read, [...data]], [shape, values]);
    assert.ok(isIdx(bytes));
  }));
});

Deno.test("a malformed file is refused with its name and what is wrong", () => {
  const good = idxBytes(0x08, [2, 2], [1, 2, 3, 4]);
  const broken: [Uint8Array, RegExp][] = [
    [Uint8Array.of(0, 0), /"digits.idx" as IDX: it has 2 bytes/],
    [Uint8Array.of(1, 0, 8, 1), /does not begin with two zero bytes/],
    [Uint8Array.of(0, 0, 7, 1), /its type 0x07 is none of the six$/],
    [Uint8Array.of(0, 0, 0xfe, 1), /its type 0xfe is none of the six$/],
    [Uint8Array.of(0, 0, 8), /it has 3 bytes, a header has at least 4$/],
    [Uint8Array.of(0, 0, 8, 0), /has no axis/],
    [Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1), /ends inside its header of 12 bytes/],
    [good.subarray(0, -1), /announces 2×2 values, 16 bytes in all, and it has 15/],
    [Uint8Array.of(...good, 9), /16 bytes in all, and it has 17/],
    [Uint8Array.of(0, 0, 8, 1, 255, 255, 255, 255, 1), /announces 4294967295 values/],
  ];
  for (const [bytes, sentence] of broken) {
    assert.throws(() => parseIdx(bytes, "digits.idx"), (error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, sentence);
      return true;
    });
  }
});

Deno.test("no bytes whatever make it throw anything but a sentence", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    for (
      const tried of [
        bytes,
        Uint8Array.of(0, 0, 8, ...bytes),
        Uint8Array.of(0, 0, 13, 1, 0, 0, 0, ...bytes),
      ]
    ) {
      try {
        parseIdx(tried, "noise");
      } catch (error) {
        assert.match((error as Error).message, /^Cannot read "noise" as IDX: /);
      }
    }
  }));
});

Deno.test("a file is IDX by its first three bytes, where it has four", () => {
  for (const type of [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e]) {
    assert.ok(isIdx(Uint8Array.of(0, 0, type, 1)));
    assert.ok(!isIdx(Uint8Array.of(0, 0, type)));
    assert.ok(!isIdx(Uint8Array.of(1, 0, type, 1)));
    assert.ok(!isIdx(Uint8Array.of(0, 1, type, 1)));
  }
  assert.ok(!isIdx(Uint8Array.of(0, 0, 0x0a, 1)));
});

Deno.test("a part is a file of samples and one of labels, and nothing else", async () => {
  const files = {
    x: idxBytes(0x08, [2, 1, 2], [1, 2, 3, 4]),
    y: idxBytes(0x08, [2], [7, 9]),
  };
  const wishes = { from: "x", task: "classification" } as const;
  const read = (names: readonly string[]) =>
    idx.read!({ train: names }, wishes, runContext({ files }));
  const { train } = await read(["x", "y"]);
  assert.deepEqual([train.input, [...train.x], [...train.y!]], [[1, 2, 1], [1, 2, 3, 4], [7, 9]]);
  for (const names of [["x"], ["x", "y", "y"]]) {
    await assert.rejects(read(names), {
      name: "RangeError",
      message:
        'Cannot read "x" as IDX alone: samples and labels are two files, { inputs: …, labels: … }',
    });
  }
});
