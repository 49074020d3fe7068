/** Every reader of bytes from outside but those of models, with a small sound file: what fuzzing starts from. */
import { compareCommand } from "../../engine/cli/reports/compare_command.ts";
import { tarFiles } from "../../engine/graph/sources/tar.ts";
import { opSet } from "../../engine/op.ts";
import { parseLock } from "../../engine/run/lock.ts";
import { decodeRecord, encodeRecord } from "../../engine/store/record.ts";
import { memoryStore } from "../../mod.ts";
import type { WrittenData } from "../../ops/data/data_fields.ts";
import { data } from "../../ops/data/data.ts";
import { type Dataset, datasetKind } from "../../ops/data/dataset.ts";
import { readParquet } from "../../ops/data/parquet/parquet.ts";
import { readTokenizer } from "../../ops/data/text/tokenizer_file.ts";
import { zipSync } from "../deps.ts";
import { petals } from "../faults/small_cache.ts";
import { idxBytes } from "../ops/data/idx_bytes.ts";
import { npyBytes } from "../ops/data/npy_bytes.ts";
import { USUAL_AUDIO } from "../../ops/data/audio/audio_fields.ts";
import { wave16 } from "../ops/data/audio/wave_bytes.ts";
import written from "../fixtures/parquet/codecs.json" with { type: "json" };
import { runContext } from "../ops/run_context.ts";
import {
  fractions,
  jpeg,
  key,
  labels,
  outcome,
  parquet,
  picture,
  series,
  table,
  tokenizer,
  utf8,
} from "./sound_files.ts";
import { tarOf } from "./sums.ts";

/** A reader: the file it reads while it is sound, and what it makes of any bytes. */
export interface Reader {
  readonly name: string;
  readonly sound: Uint8Array;
  /** How sentences must call the file; absent where the caller names it. */
  readonly file?: string;
  /** Writes sums anew, so that mutations reach what lies behind them. */
  resum?(bytes: Uint8Array): Uint8Array;
  read(bytes: Uint8Array): unknown;
}

const fixtures = (name: string) => new URL(`../fixtures/parquet/${name}`, import.meta.url);

/** Tables that Arrow packed, in the ways that can be read. */
const { "gzip 1.0": gzip, "brotli 2.0": brotli, "zstd 1.0": zstd } = written;
const packed = { gzip, brotli, zstd };

/** What readers may take while they are fuzzed. */
export const BUDGET = 64 << 20;

/** What a data step makes of files: an op's whole way, from bytes to what would be stored. */
function dataOf(
  file: string,
  others: Readonly<Record<string, Uint8Array>> = {},
  more: object = {},
) {
  const split = { validation: 0.1, test: 0.2, by: "label" };
  const params = {
    from: file,
    task: "classification",
    split,
    normalize: { use: "unit" },
    seed: 0,
    ...more,
  };
  return async (bytes: Uint8Array) => {
    const context = runContext({ files: { ...others, [file]: bytes }, memory: BUDGET });
    const set = await data.run({}, params as unknown as WrittenData, context);
    assertShaped(set as Dataset);
    datasetKind.encode(set as Dataset);
  };
}

/** Throws an Error where a data set is of a shape that no model could read. */
function assertShaped({ meta, parts }: Dataset): void {
  const size = meta.input.reduce((product, extent) => product * extent, 1);
  const odd = meta.input.length === 0 || meta.outputs < 1 || !Number.isInteger(meta.outputs) ||
    meta.input.some((extent) => !Number.isInteger(extent) || extent < 1) ||
    Object.values(parts).some(({ x, count }) => x.length !== count * size) ||
    parts.train!.count < 1;
  if (odd) throw new Error(`ODD SHAPE: ${meta.input.join("×")}, ${meta.outputs} outputs`);
}

/** The readers. */
export async function readers(): Promise<readonly Reader[]> {
  const run = await petals.run({ cache: memoryStore() });
  const texts = utf8(
    labels.map((label, i) => `k${label} the text of ${i} is unwanted, it says`).join("\n"),
  );
  const npy = { x: npyBytes("<f4", [60, 4], fractions), y: npyBytes("<i4", [60], labels) };
  const split = { from: { train: { inputs: "x.npy", labels: "y.npy" } } };
  const pictures = Object.fromEntries(
    ["a", "b"].flatMap((folder) =>
      series(5, (i) => i).map((i) => [`${folder}/${i}.png`, picture(i)])
    ),
  );
  const image = (name: string) => ({
    from: "pictures",
    format: "images",
    ...name.endsWith("png") ? {} : { resize: [8, 8], color: "gray" },
  });
  const inFolder = (file: string, bytes: Uint8Array) =>
    dataOf(
      `pictures/${file}`,
      Object.fromEntries(
        Object.entries(pictures).map(([path, each]) => [`pictures/${path}`, each]),
      ),
      image(file),
    )(bytes);
  const vocabulary = (bytes: Uint8Array) =>
    dataOf("t.txt", { "t.txt": texts, "tokenizer.json": bytes }, {
      text: { tokens: { from: "tokenizer.json" }, length: 8 },
    })(texts);
  return [
    {
      name: "npz",
      file: "d.npz",
      sound: zipSync({ "x.npy": npy.x, "y.npy": npy.y }),
      read: dataOf("d.npz"),
    },
    { name: "npy", file: "x.npy", sound: npy.x, read: dataOf("x.npy", { "y.npy": npy.y }, split) },
    {
      name: "idx",
      file: "x.idx",
      sound: idxBytes(0x08, [60, 3, 3], series(540, (i) => i % 256)),
      read: dataOf("x.idx", { "y.idx": idxBytes(0x08, [60], labels) }, {
        from: { train: { inputs: "x.idx", labels: "y.idx" } },
      }),
    },
    {
      name: "cifar",
      file: "d.bin",
      sound: Uint8Array.from({ length: 3073 * 20 }, (_, i) => i % 3073 === 0 ? i % 3 : i % 251),
      read: dataOf("d.bin"),
    },
    { name: "csv", file: "d.csv", sound: table(","), read: dataOf("d.csv") },
    {
      name: "jsonl",
      file: "d.jsonl",
      sound: utf8(
        labels.map((label, i) => JSON.stringify({ a: i / 4, b: -i, label: `k${label}` })).join(
          "\n",
        ),
      ),
      read: dataOf("d.jsonl"),
    },
    {
      name: "text",
      file: "d.txt",
      sound: texts,
      read: dataOf("d.txt", {}, { text: { tokens: "words", length: 8 } }),
    },
    {
      name: "png",
      file: "pictures/a/0.png",
      sound: picture(0),
      read: (bytes) => inFolder("a/0.png", bytes),
    },
    {
      name: "jpeg",
      file: "pictures/a/0.jpg",
      sound: jpeg,
      read: (bytes) => inFolder("a/0.jpg", bytes),
    },
    {
      name: "wav",
      file: "speech/a/0.wav",
      sound: wave16(series(400, (i) => (i * 37 % 101 - 50) / 50)),
      read: dataOf("speech/a/0.wav", { "speech/b/0.wav": wave16(series(300, (i) => i / 300)) }, {
        from: "speech",
        split: { validation: 0, test: 0 },
        audio: { ...USUAL_AUDIO, rate: 8000, seconds: 0.1 },
      }),
    },
    { name: "parquet", file: "d.parquet", sound: await parquet(), read: dataOf("d.parquet") },
    ...Object.entries(packed).map(([codec, sound]): Reader => ({
      name: `parquet by ${codec}`,
      file: "d.parquet",
      sound: Uint8Array.fromBase64(sound),
      read: (bytes) => readParquet(bytes, "d.parquet", BUDGET),
    })),
    {
      name: "parquet of pictures",
      file: "d.parquet",
      sound: await Deno.readFile(fixtures("train-00000-of-00002.parquet")),
      read: dataOf("d.parquet", {}, { split: { validation: 0, test: 0 } }),
    },
    {
      name: "tar",
      sound: tarOf({ "package/a.csv": table(","), "package/b.csv": table(";") }),
      read: (bytes) => tarFiles(bytes),
    },
    {
      name: "pax",
      sound: tarOf(
        { "package/a.csv": table(",") },
        "30 mtime=1700000000.123456789\n22 path=package/b.csv\n",
      ),
      resum: (bytes) => tarOf({ "package/a.csv": table(",") }, bytes.subarray(512, 512 + 52)),
      read: (bytes) => tarFiles(bytes),
    },
    {
      name: "lock",
      file: "a.lock.json",
      sound: utf8(JSON.stringify(run.lock)),
      read: (bytes) => parseLock(new TextDecoder().decode(bytes), "a.lock.json"),
    },
    {
      name: "report",
      sound: utf8(JSON.stringify(run.report)),
      read: compared(JSON.stringify(run.report)),
    },
    {
      name: "record",
      sound: encodeRecord(key, outcome),
      read: (bytes) => decodeRecord(key, bytes),
    },
    {
      name: "tokenizer",
      file: "tokenizer.json",
      sound: tokenizer,
      read: async (bytes) => {
        readTokenizer(new TextDecoder().decode(bytes), "tokenizer.json").tokens(
          "Unwanted, want [MASK]ed",
        );
        await vocabulary(bytes);
      },
    },
  ];
}

/** The command that compares, on a report and another. */
function compared(sound: string) {
  return async (bytes: Uint8Array) => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/a.json`, sound);
      await Deno.writeFile(`${folder}/b.json`, bytes);
      const terminal = { out: () => {}, err: () => {} };
      for (const json of [[], [""]]) {
        await compareCommand.run({
          ops: opSet([]),
          terminal: terminal as never,
          operands: [`${folder}/a.json`, `${folder}/b.json`],
          options: json.length === 0 ? {} : { json },
          recipe: () => Promise.reject(new Error("no recipe")),
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}
