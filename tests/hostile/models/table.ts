/** The readers of model files and of what lies beside them: small sound files of each, and how they are damaged. */
import type { AskedModel } from "../../../ops/formats/asked.ts";
import { encodePacked } from "../../../ops/formats/packed/packed.ts";
import { encodeSafetensors } from "../../../ops/formats/safetensors/model_file.ts";
import { encodeTfjs } from "../../../ops/formats/tfjs/encode.ts";
import { encodeTflite, TFLITE_FILE } from "../../../ops/formats/tflite/encode.ts";
import { torchvisionFile } from "../../fixtures/torchvision/torchvision.ts";
import { encoderFiles, NETWORKS, VOCABULARY } from "../../fixtures/transformers/transformers.ts";
import { graphBytes } from "../../ops/formats/keras/graphs.ts";
import { savedBytes, singles } from "../../ops/formats/keras/support/saved.ts";
import {
  besideBytes,
  exported,
  exportedBytes,
  openSamples,
} from "../../ops/formats/onnx/support/exported.ts";
import { quantizedNetwork } from "../../ops/formats/onnx/support/quantized_network.ts";
import { converted } from "../../ops/formats/tfjs/graph/converted.ts";
import { livelyModel } from "../../ops/lively_model.ts";
import { zooNetworks } from "../../ops/zoo_networks.ts";
import type { Way } from "../damage.ts";
import { graphModelFiles, layersFiles, model, network, utf8 } from "../sound_files.ts";
import { offsets, slots, tables } from "./flatbuffer_damage.ts";
import { addresses, extents, headers, network as networkInside } from "./hdf5_damage.ts";
import { floats, length } from "./number_damage.ts";
import { packedBits, packedHeader } from "./packed_damage.ts";
import { protobuf } from "./protobuf_damage.ts";
import { safetensorsHeader, safetensorsLength } from "./safetensors_damage.ts";
import { json } from "./tree_damage.ts";
import { directory, member, members } from "./zip_damage.ts";

/** Files by path. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** Files that hold a model. */
export interface Sound {
  /** What a recipe names. */
  readonly from: string;
  readonly files: Files;
  readonly asked?: AskedModel;
}

/** What reads files; absent: whatever `load` takes for what they begin as. */
export type Through = "weights" | "tokenizer";

/** A reader. */
export interface ModelReader {
  readonly name: string;
  /** One or several; each is read before any is damaged. */
  readonly sounds: readonly Sound[];
  /** Ways to damage each of their files, by the ending of its name; `blind` is one of all. */
  readonly ways: Readonly<Record<string, readonly Way[]>>;
  /** Bytes of arrays that reading may allocate for each that the files have, and besides. */
  readonly times?: number;
  /** Such bytes for no file at all. */
  readonly beside?: number;
  readonly through?: Through;
}

/** What plain files may take for each of their bytes. */
export const TIMES = 64;
/** Packed ones, of which a byte is up to 1032 (RFC 1951). */
const PACKED_TIMES = 2 * 1032;

const HDF5 = [addresses, headers, extents, networkInside, networkInside, floats, length];
const ONNX = [protobuf, protobuf, protobuf, floats];
const TFLITE = [tables, tables, offsets, slots, floats];
const JSON_FILE = [json];

const tokenizerFile = (name: string): Uint8Array<ArrayBuffer> =>
  Deno.readFileSync(new URL(`../../fixtures/tokenizers/${name}.json`, import.meta.url));
const SHARD = [floats, length];

const single = (from: string, bytes: Uint8Array, asked?: AskedModel): Sound => ({
  ...{ from, files: { [from]: bytes } },
  ...asked === undefined ? {} : { asked },
});

const onnx = (name: string): Sound =>
  single(
    "net.onnx",
    exportedBytes(name),
    openSamples[name] === undefined ? undefined : { input: openSamples[name]! },
  );

const folder = (files: Files): Sound => ({
  from: "net",
  files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`net/${name}`, bytes])),
});

/** Every fourth of a list, so that what is alike is there once. */
const some = (names: readonly string[], step = 4): readonly string[] =>
  names.filter((_, at) => at % step === 0);

const integers = quantizedNetwork(network, { rules: "tflite" });
const written = ["resnet", "mobilenet-v2", "text-cnn"].flatMap((name) => {
  const found = zooNetworks[name];
  return found === undefined ? [] : [livelyModel(found)];
});

/** The readers. */
export const modelReaders: readonly ModelReader[] = [
  {
    name: "keras-h5",
    sounds: [
      single("net.h5", savedBytes("net_images.h5")),
      single("net.h5", savedBytes("net_words.h5")),
      ...["siamese", "nested", "recurrent"].map((name) =>
        single("net.h5", graphBytes(`${name}.h5`))
      ),
    ],
    ways: { h5: HDF5 },
    times: PACKED_TIMES,
  },
  {
    name: "keras-archive",
    sounds: [
      single("net.keras", savedBytes("net_images.keras")),
      ...["nested", "tied", "recurrent"].map((name) =>
        single("net.keras", graphBytes(`${name}.keras`))
      ),
      single("net.keras", graphBytes("text.keras"), {
        input: [7],
        inputs: { mask: "mask", kinds: 0, places: "positions" },
      }),
    ],
    ways: {
      keras: [member({ json: JSON_FILE, h5: HDF5 }), members, directory],
    },
    times: PACKED_TIMES,
  },
  {
    name: "keras-layers",
    sounds: some(singles(/./)).map((name) => single("net.keras", savedBytes(`${name}.keras`))),
    ways: { keras: [member({ json: JSON_FILE }), member({ json: JSON_FILE, h5: HDF5 })] },
    times: PACKED_TIMES,
  },
  {
    name: "tfjs-layers",
    sounds: [
      folder(layersFiles),
      ...written.map((each) => folder(encodeTfjs(each, { storage: "native", shard: 2048 }))),
      folder(encodeTfjs(integers, { storage: "native", shard: 512 })),
    ],
    ways: { json: JSON_FILE, bin: SHARD },
  },
  {
    name: "tfjs-graph",
    sounds: [
      folder(graphModelFiles),
      ...Object.values(converted).map(({ json, weights }) =>
        folder({
          "model.json": utf8(JSON.stringify(json)),
          [json.weightsManifest[0]!.paths[0]!]: Uint8Array.fromBase64(weights),
        })
      ),
    ],
    ways: { json: JSON_FILE, bin: SHARD },
  },
  {
    name: "tfjs-modules",
    sounds: [{
      from: "net/model.js",
      files: {
        "net/model.js": utf8(
          `module.exports=${new TextDecoder().decode(graphModelFiles["model.json"])}`,
        ),
        "net/w.bin.js": utf8(`module.exports="${graphModelFiles["w.bin"].toBase64()}"`),
      },
    }],
    ways: {
      js: [(bytes, draw) => {
        const text = new TextDecoder().decode(bytes);
        const start = text.indexOf("=") + 1;
        const value = json(utf8(text.slice(start)), draw);
        return utf8(text.slice(0, start) + new TextDecoder().decode(value));
      }],
    },
  },
  ...["lenet", "encoder", "lstm_both", "bert_eager", "rows_qoperator"].map((name) => ({
    ...{ name: `onnx-${name}`, sounds: [onnx(name)], ways: { onnx: ONNX } },
  })),
  {
    name: "onnx-operators",
    sounds: Object.keys(exported).filter((name) => name !== "beside").map(onnx),
    ways: { onnx: ONNX },
  },
  {
    name: "onnx-external",
    sounds: [{
      from: "net/beside.onnx",
      files: {
        "net/beside.onnx": exportedBytes("beside"),
        "net/beside.data": besideBytes("beside.data"),
      },
    }],
    ways: { onnx: ONNX, data: SHARD },
  },
  {
    name: "tflite-float",
    sounds: [model, ...written].map((each) =>
      single("net.tflite", encodeTflite(each, { form: "float" })[TFLITE_FILE]!)
    ),
    ways: { tflite: TFLITE },
  },
  {
    name: "tflite-integers",
    sounds: [true, false].map((kept) =>
      single("net.tflite", encodeTflite(integers, { form: "int8" })[TFLITE_FILE]!, {
        integers: kept,
      })
    ),
    ways: { tflite: TFLITE },
  },
  {
    name: "safetensors",
    sounds: [
      single("net.safetensors", encodeSafetensors(model)),
      ...[true, false].map((kept) =>
        single("net.safetensors", encodeSafetensors(integers), { integers: kept })
      ),
    ],
    ways: { safetensors: [safetensorsHeader, safetensorsHeader, safetensorsLength, floats] },
  },
  {
    name: "safetensors-weights",
    sounds: [single("net.safetensors", encodeSafetensors(model))],
    ways: { safetensors: [safetensorsHeader, safetensorsLength, floats] },
    through: "weights",
  },
  {
    name: "torchvision",
    sounds: ["resnet18", "resnet50", "mobilenet_v3_small"].map((name) =>
      single("net.safetensors", torchvisionFile(name))
    ),
    ways: { safetensors: [safetensorsHeader, safetensorsHeader, safetensorsLength, floats] },
  },
  {
    name: "transformers",
    sounds: NETWORKS.map((name) => ({
      ...{ from: `${name}/model.safetensors`, files: encoderFiles(name) },
    })),
    ways: {
      safetensors: [safetensorsHeader, safetensorsLength, floats],
      json: JSON_FILE,
    },
  },
  {
    name: "vocabulary",
    sounds: [single("vocab.txt", VOCABULARY)],
    ways: { txt: [length] },
    through: "tokenizer",
  },
  {
    name: "tokenizers",
    sounds: ["bpe-split", "unigram-charsmap", "word-piece-signs"].map((name) =>
      single(`${name}.json`, tokenizerFile(name))
    ),
    ways: { json: JSON_FILE },
    through: "tokenizer",
  },
  {
    name: "packed",
    sounds: [model, integers].flatMap((each) =>
      (["relative", "bitmap"] as const).map((indices) =>
        single("net.packed", encodePacked(each, { coding: "huffman", indices, indexBits: 5 }))
      )
    ),
    ways: { packed: [packedHeader, packedBits, packedBits] },
    // Of weights that are all alike a byte may hold 2048, a file a million; each is there as stored, as a number, and decoded.
    ...{ times: 16 * 2048, beside: 16 << 20 },
  },
];
