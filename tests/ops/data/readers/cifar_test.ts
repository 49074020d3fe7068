import assert from "node:assert/strict";
import { runContext } from "../../run_context.ts";
import { cifar, parseCifar } from "../../../../ops/data/readers/cifar.ts";

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
  const image = Array.from({ length: 1024 }, (_, pixel) => [pixel === 1 ? 99 : 10, 20, 30]).flat();
  assert.deepEqual([...x], [...image, ...image, ...image]);
});

Deno.test("of CIFAR-100's two labels the fine one is taken", () => {
  assert.deepEqual([...parseCifar([{ name: "a", bytes: record(4, 77) }]).y!], [77]);
});

Deno.test("a file that is not whole records is refused", () => {
  for (const bytes of [record(3).slice(1), new Uint8Array()]) {
    assert.throws(
      () => parseCifar([{ name: "x.bin", bytes }]),
      new RangeError(
        `Cannot read "x.bin" as CIFAR: ${bytes.length} bytes are not a whole number of records of 3073 or 3074`,
      ),
    );
  }
});

Deno.test("the files of a part are one after another, each part its own", async () => {
  const files = { a: record(1), b: record(2), c: record(3) };
  const wishes = { from: "a", task: "classification" } as const;
  const loaded = await cifar.read!(
    { train: ["a", "b"], test: ["c"] },
    wishes,
    runContext({ files }),
  );
  assert.deepEqual(Object.keys(loaded), ["train", "test"]);
  assert.deepEqual([[...loaded.train.y!], [...loaded.test!.y!]], [[1, 2], [3]]);
});
