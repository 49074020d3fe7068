import assert from "node:assert/strict";
import { parseCifar } from "../../../../ops/data/readers/cifar.ts";

/** One record: labels, then planes of red 10, green 20, blue 30, with pixel (0, 1) red 99. */
const record = (...labels: number[]) => {
  const bytes = new Uint8Array(labels.length + 3072);
  bytes.set(labels);
  for (const [channel, value] of [10, 20, 30].entries()) {
    bytes.fill(value, labels.length + channel * 1024, labels.length + (channel + 1) * 1024);
  }
  bytes[labels.length + 1] = 99;
  return bytes;
};
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

Deno.test("planes become pixels, files follow one another", () => {
  const files = [{ name: "a", bytes: joined(record(3), record(7)) }, {
    name: "b",
    bytes: record(9),
  }];
  const { count, input, x, y } = parseCifar(files);
  assert.deepEqual([count, input, [...y!]], [3, [32, 32, 3], [3, 7, 9]]);
  assert.deepEqual([...x.slice(0, 9)], [10, 20, 30, 99, 20, 30, 10, 20, 30]);
});

Deno.test("of CIFAR-100's two labels the fine one is taken", () => {
  assert.deepEqual([...parseCifar([{ name: "a", bytes: record(4, 77) }]).y!], [77]);
});

Deno.test("a file that is not whole records is refused", () => {
  for (const bytes of [record(3).slice(1), new Uint8Array()]) {
    assert.throws(
      () => parseCifar([{ name: "x.bin", bytes }]),
      /Cannot read "x.bin" as CIFAR: \d+ bytes/,
    );
  }
});
