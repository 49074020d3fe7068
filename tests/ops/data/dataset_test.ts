import assert from "node:assert/strict";
import { isStored } from "../../../engine/pack.ts";
import { stored } from "../stored.ts";
import type { Digest } from "../../../engine/digest.ts";
import {
  type Dataset,
  datasetInput,
  datasetKind,
  factsOf,
  heldValues,
  type Meta,
  part,
  picturesOf,
} from "../../../ops/data/dataset.ts";

const made = (testPixel = 9): Dataset => ({
  meta: {
    input: [2],
    type: "uint8",
    task: "classification",
    classes: ["a", "b"],
    outputs: 2,
    normalize: { scale: [1], offset: [0] },
  },
  parts: {
    train: { count: 2, x: Uint8Array.of(1, 2, 3, 4), y: Int32Array.of(0, 1) },
    validation: { count: 0, x: new Uint8Array(), y: new Int32Array() },
    test: { count: 1, x: Uint8Array.of(testPixel, 8), y: Int32Array.of(1) },
  },
});

Deno.test("a data set is read again as it was written", async () => {
  const { manifest, blobs } = datasetKind.encode(made());
  assert.deepEqual(
    await datasetKind.decode(manifest, (digest) => Promise.resolve(blobs.get(digest)!)),
    made(),
  );
});

Deno.test("only the parts asked for are read, meta always", async () => {
  const { manifest, blobs } = datasetKind.encode(made());
  const read: Digest[] = [];
  const decoded = await datasetKind.decode(manifest, (digest) => {
    read.push(digest);
    return Promise.resolve(blobs.get(digest)!);
  }, ["meta", "test"]);
  assert.deepEqual(Object.keys(decoded.parts), ["test"]);
  assert.deepEqual(decoded.meta, made().meta);
  assert.equal(read.length, 1);
});

Deno.test("changing the test samples changes the digest of the test part and no other", () => {
  const [before, after] = [datasetKind.encode(made()), datasetKind.encode(made(10))];
  for (const name of ["meta", "train", "validation"]) {
    assert.equal(before.parts[name], after.parts[name]);
  }
  assert.notEqual(before.parts.test, after.parts.test);
});

Deno.test("targets and unlabelled samples travel too", async () => {
  const { meta } = made();
  const value: Dataset = {
    meta,
    parts: {
      train: { count: 1, x: Float32Array.of(0.5, 1), y: Float32Array.of(1, 2) },
      test: { count: 1, x: Int32Array.of(-1, 1), y: null },
    },
  };
  const { manifest, blobs } = datasetKind.encode(value);
  assert.deepEqual(
    await datasetKind.decode(manifest, (digest) => Promise.resolve(blobs.get(digest)!)),
    value,
  );
});

Deno.test("NaN in a sample is refused", () => {
  const { meta } = made();
  const value: Dataset = {
    meta,
    parts: { train: { count: 1, x: Float32Array.of(NaN, 1), y: null } },
  };
  assert.throws(() => datasetKind.encode(value), RangeError);
});

Deno.test("who reads a part reads meta, and who reads none reads nothing", () => {
  const input = datasetInput(
    "samples",
    (params: { many: boolean }) => params.many ? ["train", "validation"] : [],
  );
  assert.deepEqual(input.parts!({ many: true }), ["meta", "train", "validation"]);
  assert.deepEqual(input.parts!({ many: false }), []);
  assert.deepEqual(datasetInput("shapes", ["meta"]).parts!({}), ["meta"]);
});

const metaOf = (input: number[], type: Meta["type"] = "uint8"): Meta => ({
  input,
  type,
  task: "classification",
  classes: [],
  outputs: 2,
  normalize: { scale: [1], offset: [0] },
});
const bytes = Uint8Array.from({ length: 12 }, (_, at) => at);

Deno.test("pictures are the samples asked for, one below the other", () => {
  const part = { count: 3, x: bytes, y: null };
  assert.deepEqual(picturesOf(metaOf([2, 2, 1]), part, [2, 0]), {
    width: 2,
    height: 2,
    channels: 1,
    pixels: Uint8Array.of(8, 9, 10, 11, 0, 1, 2, 3),
  });
  assert.equal(picturesOf(metaOf([1, 4]), part, [1])!.channels, 1);
  assert.equal(
    picturesOf(metaOf([2, 2, 1]), part, [3])!.pixels.length,
    0,
    "there is no such sample",
  );
});

Deno.test("a picture of three colours has three numbers for each of its pixels", () => {
  const x = Uint8Array.from({ length: 24 }, (_, i) => i);
  const found = picturesOf(metaOf([2, 2, 3]), { count: 2, x, y: null }, [1, 0])!;
  assert.deepEqual([found.width, found.height, found.channels], [2, 2, 3]);
  assert.deepEqual([...found.pixels], [...x.subarray(12), ...x.subarray(0, 12)]);
});

Deno.test("floats are shown from the least to the greatest of their picture", () => {
  const part = { count: 1, x: Float32Array.of(-1, 0, 1, 1), y: null };
  assert.deepEqual([...picturesOf(metaOf([2, 2, 1], "float32"), part, [0])!.pixels], [
    0,
    128,
    255,
    255,
  ]);
});

Deno.test("rows of tables, tokens and odd channels are no pictures", () => {
  const part = { count: 1, x: bytes, y: null };
  assert.equal(picturesOf(metaOf([12]), part, [0]), undefined);
  assert.equal(picturesOf(metaOf([2, 3, 2]), part, [0]), undefined);
  assert.equal(
    picturesOf(metaOf([3, 4], "int32"), { count: 1, x: new Int32Array(12), y: null }, [0]),
    undefined,
  );
});

Deno.test("of a data set only the part asked for is read for pictures", async () => {
  const part = { count: 3, x: bytes, y: Int32Array.of(0, 1, 0) };
  const value: Dataset = { meta: metaOf([2, 2, 1]), parts: { train: part, test: part } };
  const { manifest, blobs } = datasetKind.encode({
    ...value,
    parts: { ...value.parts, train: { ...part, x: bytes.map((byte) => 99 - byte) } },
  });
  const read: string[] = [];
  const pictures = await datasetKind.pictures!(
    manifest,
    (digest) => {
      read.push(digest);
      return Promise.resolve(blobs.get(digest)!);
    },
    "test",
    [1],
  );
  assert.deepEqual(pictures?.pixels, Uint8Array.of(4, 5, 6, 7));
  assert.equal(new Set(read).size, 1);
});

Deno.test("a manifest in words: how many, how stored, how normalised", () => {
  const normalize = { scale: [1 / 255, 2], offset: [0, -0.5] };
  assert.deepEqual(
    datasetKind.describe!({
      meta: { ...metaOf([2]), normalize },
      parts: { test: { count: 20 }, train: { count: 70 } },
    } as never),
    {
      samples: "70 train, 20 test",
      stored: "uint8",
      normalisation: "value × 0.003922; value × 2 − 0.5",
    },
  );
});

Deno.test("columns of a table are counted by what they are, categories by column", () => {
  const told = (columns: Meta["columns"]) =>
    datasetKind.describe!({ meta: { ...metaOf([1]), columns }, parts: {} } as never).columns;
  const island = { name: "island", code: "one-hot", categories: ["a", "b", "c"] } as const;
  const sex = { name: "sex", code: "integer", categories: ["f", "m"] } as const;
  const mass = { name: "mass", fill: 1 };
  assert.equal(
    told([mass, island, sex, { name: "mass", missing: 0 }]),
    "1 of numbers, 2 of categories (island 3, sex 2), 1 of what is missing",
  );
  assert.equal(told([sex]), "1 of categories (sex 2)");
  assert.equal(told([mass, { name: "size" }]), "2 of numbers");
  assert.equal(told(undefined), undefined);
});

Deno.test("more than four normalisations are cut short, and labels of samples have one axis", () => {
  const normalize = { scale: [1, 2, 1, 1, 1], offset: [0, 0, 0.5, -1, 3] };
  const told = (normalize: Meta["normalize"]) =>
    datasetKind.describe!({ meta: { ...metaOf([5]), normalize }, parts: {} } as never)
      .normalisation;
  assert.equal(told(normalize), "value; value × 2; value + 0.5; and 2 more, each column its own");
  const four = { scale: [1, 2, 1, 1], offset: [0, 0, 0.5, -1] };
  assert.equal(told(four), "value; value × 2; value + 0.5; value − 1");
  assert.equal(told({ scale: [1, 2], offset: [3] }), "value + 3; value × 2 + 3");
  const shapes = (y: Int32Array) => {
    const part = { count: 2, x: Uint8Array.of(1, 2), y };
    const { manifest } = datasetKind.encode({ meta: metaOf([1]), parts: { train: part } });
    return [...JSON.stringify(manifest).matchAll(/"shape":(\[[\d,]*\])/g)].map(([, shape]) =>
      shape
    );
  };
  assert.deepEqual(shapes(Int32Array.of(0, 1)), ["[2,1]", "[2]"]);
  assert.deepEqual(shapes(Int32Array.of(0, 1, 1, 0)), ["[2,1]", "[2,2]"]);
});

Deno.test("a part that a step reads without having said so is a mistake of its op", () => {
  const { parts: { test: _, ...parts } } = made();
  assert.equal(part({ ...made(), parts }, "train"), parts.train);
  assert.throws(
    () => part({ ...made(), parts }, "test"),
    new Error("internal: the step reads test without declaring it"),
  );
});

Deno.test("bytes of a file are encoded as those of an array, and stay in a file where the reader says so", async () => {
  const x = Uint8Array.from({ length: 2 * 40_000 }, (_, i) => i % 255);
  const part = { count: 2, x, y: Int32Array.of(0, 1) };
  const meta = metaOf([200, 200, 1]);
  const held = datasetKind.encode({ meta, parts: { train: part } });
  const spilled = datasetKind.encode({ meta, parts: { train: { ...part, x: stored(x) } } });
  assert.deepEqual([spilled.manifest, spilled.parts], [held.manifest, held.parts]);
  const digests = [...spilled.blobs.keys(), ...spilled.stored!.map(({ digest }) => digest)];
  assert.deepEqual(digests.sort(), [...held.blobs.keys()].sort());
  assert.equal(held.stored, undefined);
  const asked: number[] = [];
  const read = Object.assign((digest: Digest) => Promise.resolve(held.blobs.get(digest)!), {
    stored: (digest: Digest, bytes: number) => {
      asked.push(bytes);
      return Promise.resolve(bytes > 70_000 ? stored(held.blobs.get(digest)!) : undefined);
    },
  });
  const back = await datasetKind.decode(held.manifest, read);
  assert.equal(isStored(back.parts.train!.x), true);
  assert.deepEqual(heldValues(back.parts.train!.x), x);
  assert.deepEqual([asked, back.parts.train!.y], [[80_000], part.y]);
  const pictures = await datasetKind.pictures!(held.manifest, read, "train", [1]);
  assert.deepEqual(pictures!.pixels, x.slice(40_000));
});

Deno.test("a file of fewer bytes than a blob of their own has is refused", () => {
  const x = stored(new Uint8Array(64 * 1024 - 1));
  const parts = { train: { count: 1, x, y: null } };
  assert.throws(
    () => datasetKind.encode({ meta: metaOf([x.length]), parts }),
    /too small for a file/,
  );
});

Deno.test("samples that nobody has labelled say so, and no width of an answer that nobody knows", () => {
  const bare: Meta = { ...metaOf([4]), outputs: 0, labels: "none" };
  const known = { kind: "dataset", task: "classification", input: [4] } as const;
  assert.deepEqual(factsOf(bare), { ...known, labels: "none" });
  assert.deepEqual(factsOf({ ...bare, outputs: 3 }), { ...known, outputs: 3, labels: "none" });
  const part = { count: 3, x: bytes, y: null };
  const { manifest } = datasetKind.encode({ meta: bare, parts: { train: part } });
  assert.equal(datasetKind.describe!(manifest).labels, "none");
});

Deno.test("a test part without samples is known as such", () => {
  const part = (count: number) => ({ count, x: bytes.subarray(0, 4 * count), y: null });
  const meta = { ...metaOf([4]), outputs: 0, labels: "none" } as const;
  const factsWith = (validation: number, test: number) => {
    const parts = { train: part(1), validation: part(validation), test: part(test) };
    return datasetKind.facts!(datasetKind.encode({ meta, parts }).manifest);
  };
  assert.deepEqual(factsWith(1, 1), factsOf(meta));
  assert.deepEqual(factsWith(1, 0), { ...factsOf(meta), test: "none" });
  assert.deepEqual(factsWith(0, 1), factsOf(meta));
});
