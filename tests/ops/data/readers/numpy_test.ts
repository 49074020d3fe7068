import assert from "node:assert/strict";
import { heldValues } from "../../../../ops/data/dataset.ts";
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
  assert.deepEqual([...heldValues(parts.test!.x)], [0, 1, 2, 3]);
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

/** An npy file by its specification: a header's text, and what is behind it. */
function npy(header: string, values: readonly number[], version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1
    ? [text.length & 255, text.length >> 8]
    : [text.length & 255, text.length >> 8 & 255, text.length >> 16, 0];
  const magic = [0x93, ...new TextEncoder().encode("NUMPY"), version, 0];
  return Uint8Array.from([...magic, ...length, ...text, ...values]);
}
const header = (descr: string, shape: string) =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;

Deno.test("each type has its width and its sign, the lowest byte first, in every version and place", () => {
  const value = (descr: string, ...bytes: number[]) => {
    const { shape, data } = parseNpy(npy(header(descr, "1,"), bytes), "a.npy");
    assert.deepEqual(shape, [1]);
    return data;
  };
  assert.deepEqual(value("|b1", 1), Uint8Array.of(1));
  assert.deepEqual(value("|u1", 255), Uint8Array.of(255));
  assert.deepEqual(value("|i1", 255), Int32Array.of(-1));
  assert.deepEqual(value("<i2", 1, 0xff), Int32Array.of(-255));
  assert.deepEqual(value("<u2", 1, 0xff), Int32Array.of(0xff01));
  assert.deepEqual(value("<i4", 1, 0, 0, 0xff), Int32Array.of(-0xffffff));
  assert.deepEqual(value("<u4", 1, 2, 0, 0), Int32Array.of(513));
  assert.deepEqual(value("<i8", 254, ...Array(7).fill(255)), Int32Array.of(-2));
  assert.deepEqual(value("<f2", 0, 0x3e), Float32Array.of(1.5));
  assert.deepEqual(value("<f4", 0, 0, 0xc0, 0x3f), Float32Array.of(1.5));
  assert.deepEqual(value("<f8", 0, 0, 0, 0, 0, 0, 0xf8, 0x3f), Float32Array.of(1.5));
  for (const descr of ["<i2", "<u2", "<i4", "<u4", "<i8", "<f2", "<f4", "<f8"]) {
    const bytes = Array.from({ length: 3 * Number(descr[2]) }, () => 0);
    const { data } = parseNpy(npy(header(descr, "3,"), bytes), "a.npy");
    assert.deepEqual([...data], [0, 0, 0], descr);
  }
  const long = header("|u1", "2, 1").padEnd(300);
  for (const version of [1, 2, 3]) {
    const file = Uint8Array.from([5, ...npy(long, [7, 8], version)]).subarray(1);
    assert.deepEqual(parseNpy(file, "a"), { shape: [2, 1], data: Uint8Array.of(7, 8) });
  }
});

Deno.test("a header that says too little, too much or nothing is refused", () => {
  const refused = (file: Uint8Array, why: string) =>
    assert.throws(() => parseNpy(file, "a"), new RangeError(`Cannot read "a" as npy: ${why}`));
  refused(npy("", [1, 2]), "its header has no type or shape");
  refused(npy("", [1]), "it does not begin as one");
  refused(npy("", []).subarray(0, 8), "it does not begin as one");
  refused(npy("'descr': '|u1'", []), "its header has no type or shape");
  refused(npy("'shape': (1,)", []), "its header has no type or shape");
  refused(npy(header("|u1", ""), [1]), "it has no axis");
  refused(npy(header("|u1", "1, x"), [1]), "its shape has an extent of x");
  refused(
    npy(header("|u1", "1234567890123456"), [1]),
    "its shape has an extent of 1234567890123456",
  );
  const types = "|b1, |u1, |i1, <i2, <u2, <i4, <u4, <i8, <f2, <f4, <f8";
  refused(npy(header(">i2", "1,"), [1, 1]), `its type >i2 is none of ${types}`);
  refused(
    npy(header("|u1", "1,").replace("False", "True"), [1]),
    "its order is Fortran's: save numpy.ascontiguousarray(…) of it",
  );
  const most = header("|u1", "1,").padEnd(65536 - 12);
  assert.deepEqual([...parseNpy(npy(most, [4], 2), "a").data], [4]);
  refused(npy(`${most} `, [4], 2), "its header has 65537 bytes, more than any needs");
});
