import assert from "node:assert/strict";
import { partFiles, partsOfFolder } from "../../../../ops/data/readers/part_files.ts";
import { assertListedInOrder } from "../../../listed.ts";
import { runContext } from "../../run_context.ts";

Deno.test("files are parts by how their names begin, in any of the known layouts", () => {
  const parts = (files: string[], format?: string) => partsOfFolder("d/", files, format);
  assert.deepEqual(
    parts([
      "t10k-images-idx3-ubyte.gz",
      "t10k-labels-idx1-ubyte.gz",
      "train-images.idx3-ubyte",
      "train-labels.idx1-ubyte",
    ]),
    {
      train: ["d/train-images.idx3-ubyte", "d/train-labels.idx1-ubyte"],
      test: ["d/t10k-images-idx3-ubyte.gz", "d/t10k-labels-idx1-ubyte.gz"],
    },
  );
  assert.deepEqual(parts(["data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"]), {
    train: ["d/data_batch_1.bin", "d/data_batch_2.bin"],
    test: ["d/test_batch.bin"],
  });
  assert.deepEqual(parts(["TREC.train.txt", "TREC.dev.txt"]), {
    train: ["d/TREC.train.txt"],
    validation: ["d/TREC.dev.txt"],
  });
  assert.deepEqual(parts(["Training.CSV.gz", "Train.csv.zip", "VALID.csv", "my/test.csv"]), {
    train: ["d/Training.CSV.gz"],
    validation: ["d/VALID.csv"],
  });
  assert.deepEqual(parts(["train.tsv", "validation.tsv", "test.tsv"], "nothing"), {
    ...{ train: ["d/train.tsv"], validation: ["d/validation.tsv"], test: ["d/test.tsv"] },
  });
  assert.deepEqual(partsOfFolder("d", ["train.csv", "train.npz"], "npz"), {
    train: ["d/train.npz"],
  });
});

Deno.test("a part of which a kind of file is missing is none", () => {
  assert.throws(
    () => partsOfFolder("d", ["train-images-idx3-ubyte", "restrain.csv"], undefined),
    (error) => {
      assert.ok(error instanceof RangeError);
      const sentence = /^(.+; known are )(.+) or (.+)(, each with or without \.gz)$/;
      const [, found, known, last, ending] = sentence.exec(error.message)!;
      assert.equal(
        found! + ending,
        'Cannot find training samples in "d": it has train-images-idx3-ubyte, restrain.csv; known are ' +
          ", each with or without .gz",
      );
      assertListedInOrder([...known!.split(", "), last!], [
        "train-images-idx3-ubyte with train-labels-idx1-ubyte (IDX)",
        "data_batch_1.bin or train.bin (CIFAR)",
        ...["train.csv", ".tsv", ".jsonl", ".parquet", ".npz", ".txt"],
      ]);
      return true;
    },
  );
  assert.throws(() => partsOfFolder("d", [], undefined), /it has no files;/);
});

Deno.test("files that a recipe names are parts as they are named; a single file is all there is", async () => {
  const context = runContext({ files: { "a.csv": new Uint8Array() } });
  assert.deepEqual(await partFiles({ from: "a.csv" }, context), { train: ["a.csv"] });
  const from = { train: { inputs: "x", labels: "y" }, test: "z" };
  assert.deepEqual(await partFiles({ from }, context), { train: ["x", "y"], test: ["z"] });
});

Deno.test("a folder of pictures or recordings that nobody has labelled is told how it is read", () => {
  for (const [file, kind] of [["a.png", "images"], ["far/a.wav", "audio"]] as const) {
    assert.throws(
      () => partsOfFolder("d", [file], undefined),
      new RegExp(
        `or without \\.gz; ${kind} that nobody has labelled are read with \`labels: none\`$`,
      ),
    );
  }
});
