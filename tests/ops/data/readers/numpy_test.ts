import assert from "node:assert/strict";
import { data } from "../../../../ops/data/data.ts";
import type { FileParams } from "../../../../ops/data/data_fields.ts";
import { parseNpy, parseNpz } from "../../../../ops/data/readers/numpy.ts";
import { runContext } from "../../run_context.ts";
import written from "../arrays_by_numpy.json" with { type: "json" };

const bytes = (name: Exclude<keyof typeof written, "by">) => Uint8Array.fromBase64(written[name]);
const counted = Array.from({ length: 24 }, (_, i) => i);

Deno.test("what numpy saves is read: bytes, whole numbers, floats of every width", () => {
  const read = (name: Parameters<typeof bytes>[0]) => {
    const { shape, data } = parseNpy(bytes(name), "a.npy");
    return { shape, values: [...data], type: data.constructor };
  };
  const shape = [2, 3, 4];
  assert.deepEqual(read("u1"), { shape, values: counted, type: Uint8Array });
  assert.deepEqual(read("i8"), { shape, values: counted.map((i) => i - 5), type: Int32Array });
  for (const name of ["f2", "f4", "f8"] as const) {
    assert.deepEqual(read(name), { shape, values: counted.map((i) => i / 4), type: Float32Array });
  }
  assert.deepEqual(read("vector"), { shape: [2], values: [3, -1], type: Int32Array });
});

Deno.test("an npz file is its arrays by name, compressed or not", () => {
  assert.deepEqual(Object.keys(parseNpz(bytes("parts"), "a.npz")), [
    ...["x_train", "y_train", "x_test", "y_test"],
  ]);
  assert.deepEqual([...parseNpz(bytes("pair"), "a.npz").x!.data], [1.5, 2.5]);
});

const params = (more: Partial<FileParams>) =>
  ({
    task: "classification",
    split: { validation: 0, test: 0, by: "order" },
    normalize: { use: "none" },
    seed: 0,
    ...more,
  }) as FileParams;

Deno.test("parts are told by their names; images get their channel, a pair of files is a part", async () => {
  const { meta, parts } = await data.run(
    {},
    params({ from: "d.npz" }),
    runContext({
      files: { "d.npz": bytes("parts") },
    }),
  );
  assert.deepEqual([meta.input, meta.classes], [[2, 2, 1], ["0", "1"]]);
  assert.deepEqual([parts.train!.count, parts.test!.count], [3, 1]);
  assert.deepEqual([...parts.test!.x], [0, 1, 2, 3]);
  const regression = params({ from: "d.npz", task: "regression" });
  const numbers = await data.run({}, regression, runContext({ files: { "d.npz": bytes("pair") } }));
  assert.deepEqual([...numbers.parts.train!.y!].sort(), [0.5, 1.5]);
  const pair = params({ from: { train: { inputs: "x.npy", labels: "y.npy" } } });
  const files = { "x.npy": bytes("f4"), "y.npy": bytes("vector") };
  await assert.rejects(
    async () => await data.run({}, { ...pair, classes: ["a", "b"] }, runContext({ files })),
    /Cannot place the label/,
  );
  const alone = params({ from: "x.npy" });
  await assert.rejects(
    async () => await data.run({}, alone, runContext({ files })),
    /"x.npy" as npy alone/,
  );
});

Deno.test("what cannot be read is refused with the file and why", () => {
  const refused = (name: Parameters<typeof bytes>[0], why: RegExp) =>
    assert.throws(() => parseNpy(bytes(name), "a.npy"), why);
  refused("fortran", /"a.npy" as npy: its order is Fortran's/);
  refused("complex", /its type <c8 is none of/);
  refused("big", /Cannot keep 1099511627776: whole numbers have 32 bits/);
  refused("pair", /it does not begin as one/);
  assert.throws(
    () => parseNpy(bytes("f4").slice(0, -1), "a.npy"),
    /announces 2×3×4 values, 224 bytes in all, and it has 223/,
  );
  assert.throws(() => parseNpz(bytes("f4"), "a.npz"), /Cannot read "a.npz" as npz/);
});
