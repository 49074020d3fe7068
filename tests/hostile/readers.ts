/** Every reader of bytes from outside with a small sound file: what fuzzing starts from. */
import { compareCommand } from "../../engine/cli/reports/compare_command.ts";
import { tarFiles } from "../../engine/graph/sources/tar.ts";
import { opSet } from "../../engine/op.ts";
import { parseLock } from "../../engine/run/lock.ts";
import { decodeRecord, encodeRecord } from "../../engine/store/record.ts";
import { memoryStore } from "../../mod.ts";
import type { WrittenData } from "../../ops/data/data_fields.ts";
import { data } from "../../ops/data/data.ts";
import { type Dataset, datasetKind } from "../../ops/data/dataset.ts";
import { readTokenizer } from "../../ops/data/text/tokenizer_file.ts";
import { decodePacked, encodePacked } from "../../ops/formats/packed/packed.ts";
import { modelKind } from "../../ops/model/kind.ts";
import { encodeTflite, TFLITE_FILE } from "../../ops/formats/tflite/encode.ts";
import { keras } from "../../ops/formats/keras/format.ts";
import { load } from "../../ops/formats/load.ts";
import { onnx } from "../../ops/formats/onnx/format.ts";
import { readModelHere } from "../../ops/formats/read_model.ts";
import { decodeSafetensors, encodeSafetensors } from "../../ops/formats/safetensors/model_file.ts";
import { loadWeights } from "../../ops/formats/safetensors/load_weights.ts";
import { zipSync } from "../deps.ts";
import { torchvisionFile } from "../fixtures/torchvision/torchvision.ts";
import { encoderFiles } from "../fixtures/transformers/transformers.ts";
import { petals } from "../faults/small_cache.ts";
import { idxBytes } from "../ops/data/idx_bytes.ts";
import { savedBytes } from "../ops/formats/keras/saved.ts";
import { exportedBytes } from "../ops/formats/onnx/exported.ts";
import { quantizedNetwork } from "../ops/formats/onnx/quantized_network.ts";
import { npyBytes } from "../ops/data/npy_bytes.ts";
import { runContext } from "../ops/run_context.ts";
import {
  fractions,
  graphModelFiles,
  jpeg,
  key,
  labels,
  layersFiles,
  model,
  network,
  outcome,
  parquet,
  picture,
  series,
  table,
  tokenizer,
  utf8,
} from "./sound_files.ts";
import { resealed, tarOf } from "./sums.ts";

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

const soundModel = (found: Parameters<typeof modelKind.encode>[0]) => void modelKind.encode(found);

const isKeras = (bytes: Uint8Array) => keras.magic!(bytes);

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
      name: "tfjs",
      sound: layersFiles["model.json"]!,
      read: async (bytes) => {
        const files = { "net/model.json": bytes, "net/w.bin": layersFiles["w.bin"]! };
        soundModel(
          await load.run({}, { from: "net", preserve: [] }, runContext({ files, memory: BUDGET })),
        );
      },
    },
    {
      name: "graph-model",
      sound: graphModelFiles["model.json"]!,
      read: async (bytes) => {
        const files = { "net/model.json": bytes, "net/w.bin": graphModelFiles["w.bin"]! };
        soundModel(
          await load.run({}, { from: "net", preserve: [] }, runContext({ files, memory: BUDGET })),
        );
      },
    },
    {
      name: "graph-model in modules",
      sound: utf8(`module.exports=${new TextDecoder().decode(graphModelFiles["model.json"])}`),
      read: async (bytes) => {
        const shard = utf8(`module.exports="${graphModelFiles["w.bin"].toBase64()}"`);
        const files = { "net/model.js": bytes, "net/w.bin.js": shard };
        const context = runContext({ files, memory: BUDGET });
        soundModel(await load.run({}, { from: "net/model.js", preserve: [] }, context));
      },
    },
    ...["h5", "keras"].map((form): Reader => ({
      name: form,
      sound: savedBytes(`net_images.${form}`),
      read: (bytes) => {
        const context = runContext({ files: { "net.h5": bytes }, memory: BUDGET });
        return readModelHere(isKeras(bytes) ? "keras" : "tfjs", { from: "net.h5" }, context)
          .then(({ model }) => soundModel(model));
      },
    })),
    ...["lenet", "encoder", "lstm_both", "bert_eager", "rows_qoperator"].map((net): Reader => ({
      name: `onnx-${net}`,
      sound: exportedBytes(net),
      read: async (bytes) => {
        const context = runContext({ files: { "net.onnx": bytes }, memory: BUDGET });
        // What no longer begins as ONNX is the usual format's to refuse.
        const format = onnx.magic!(bytes) ? "onnx" : "tfjs";
        soundModel((await readModelHere(format, { from: "net.onnx" }, context)).model);
      },
    })),
    {
      name: "safetensors",
      sound: encodeSafetensors(model),
      read: async (bytes) => {
        const files = { "w.safetensors": bytes };
        const context = runContext({ files, memory: BUDGET });
        soundModel(await loadWeights(network, "w.safetensors", 0, context));
        soundModel(decodeSafetensors(bytes));
      },
    },
    ...(["model.safetensors", "config.json"] as const).map((name): Reader => ({
      name: `bert/${name}`,
      file: "bert/model.safetensors",
      sound: encoderFiles("bert")[`bert/${name}`]!,
      async read(bytes) {
        const files = { ...encoderFiles("bert"), [`bert/${name}`]: bytes };
        const context = runContext({ files, memory: BUDGET });
        soundModel(
          (await readModelHere("safetensors", { from: "bert/model.safetensors" }, context)).model,
        );
      },
    })),
    {
      name: "torchvision",
      file: "net.safetensors",
      sound: torchvisionFile("resnet50"),
      read: async (bytes) => {
        const context = runContext({ files: { "net.safetensors": bytes }, memory: BUDGET });
        soundModel(
          (await readModelHere("safetensors", { from: "net.safetensors" }, context)).model,
        );
      },
    },
    {
      name: "tflite",
      sound: encodeTflite(model, { form: "float" })[TFLITE_FILE]!,
      read: async (bytes) => {
        const context = runContext({ files: { "net.tflite": bytes }, memory: BUDGET });
        soundModel((await readModelHere("tflite", { from: "net.tflite" }, context)).model);
      },
    },
    {
      name: "tflite-integers",
      sound: encodeTflite(quantizedNetwork(network, { rules: "tflite" }), { form: "int8" })[
        TFLITE_FILE
      ]!,
      read: async (bytes) => {
        const context = runContext({ files: { "net.tflite": bytes }, memory: BUDGET });
        soundModel(
          (await readModelHere("tflite", { from: "net.tflite", integers: true }, context)).model,
        );
      },
    },
    {
      name: "packed",
      sound: encodePacked(model, { coding: "huffman", indices: "relative", indexBits: 5 }),
      resum: resealed,
      read: (bytes) => soundModel(decodePacked(bytes)),
    },
    { name: "parquet", file: "d.parquet", sound: await parquet(), read: dataOf("d.parquet") },
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
