import assert from "node:assert/strict";
import {
  dataFormat,
  dataFormatNames,
  dataFormats,
  formatNamed,
} from "../../../ops/data/data_formats.ts";
import { assertListed } from "../../listed.ts";

Deno.test("a file's name tells its format by what it ends in, gzipped or not", () => {
  const told = (file: string) => formatNamed(file)?.name;
  assert.equal(told("a/b.csv"), "csv");
  assert.equal(told("B.TSV.GZ"), "tsv");
  assert.equal(told("https://x.org/d.v2.jsonl.gz"), "jsonl");
  assert.equal(told("data_batch_1.bin"), "cifar");
  assert.equal(told("mails.txt"), "text");
  assert.equal(told("x.npy"), "npy");
  for (const file of ["train-images-idx3-ubyte", "x.gz", "csv", "a.csv/b", "x.jpg", ""]) {
    assert.equal(told(file), undefined, file);
  }
});

Deno.test("no ending is that of two formats, and every name finds its own", () => {
  const endings = dataFormats.flatMap(({ suffixes }) => suffixes);
  assert.equal(new Set(endings).size, endings.length);
  for (const name of dataFormatNames) assert.equal(dataFormat(name).name, name);
});

Deno.test("how each format's files are called, alone and in a folder, and what is said to lie there", () => {
  const rows = Object.fromEntries(
    dataFormats.map(({ name, suffixes, inFolder = [], example = "" }) => [
      name,
      [suffixes.join(" "), inFolder.join(" "), example],
    ]),
  );
  const one = (ending: string) => `[^/]*\\.${ending}`;
  assertListed(rows, {
    idx: [
      "",
      "-images[-.]idx\\d-ubyte -labels[-.]idx\\d-ubyte",
      "train-images-idx3-ubyte with train-labels-idx1-ubyte (IDX)",
    ],
    cifar: ["bin", one("bin"), "data_batch_1.bin or train.bin (CIFAR)"],
    csv: ["csv", one("csv"), "train.csv"],
    tsv: ["tsv", one("tsv"), ".tsv"],
    jsonl: ["jsonl", one("jsonl"), ".jsonl"],
    parquet: ["parquet", one("parquet"), ".parquet"],
    npy: ["npy", "[-_.](?:x|inputs|images)\\.npy [-_.](?:y|labels)\\.npy", ""],
    npz: ["npz", one("npz"), ".npz"],
    text: ["txt", one("txt"), ".txt"],
    images: ["", "", ""],
  });
});
