/** Files made to hang a reader of models or to fill the memory, by reader. */
import { deflateSync } from "../../../engine/deps/fflate.ts";
import { bitWriter } from "../../../ops/formats/packed/bits.ts";
import { zipSync } from "../../deps.ts";
import { resealed } from "../sums.ts";
import { graphModelFiles, utf8 } from "../sound_files.ts";
import { nested } from "./protobuf_damage.ts";
import type { Sound } from "./table.ts";

/** Such files; each must be refused, but for what is large and no harm. */
interface Attack extends Sound {
  readonly harmless?: true;
}

/** Those of a reader. */
export const attacks = (name: string): readonly Attack[] => (found[name] ?? (() => []))();

const only = (from: string, bytes: Uint8Array): Sound => ({ from, files: { [from]: bytes } });

/** A `model.json` of a folder that has one shard of a few bytes. */
const folder = (json: unknown): Sound => ({
  from: "net",
  files: {
    "net/model.json": utf8(typeof json === "string" ? json : JSON.stringify(json)),
    "net/w.bin": new Uint8Array(64),
  },
});

const weightsManifest = [{ paths: ["w.bin"], weights: [] as object[] }];
const dense = (inputs: number) => ({
  "class_name": "Sequential",
  config: {
    name: "s",
    layers: [{
      "class_name": "Dense",
      config: { name: "d", units: 3, "batch_input_shape": [null, inputs] },
    }],
  },
});

/** A graph in which each of many nodes reads what a map says. */
function graphOf(nodes: readonly object[]): Sound {
  const { modelTopology: _own, ...rest } = JSON.parse(
    new TextDecoder().decode(graphModelFiles["model.json"]),
  );
  const sample = {
    ...{ name: "x", op: "Placeholder" },
    attr: { shape: { shape: { dim: [{ size: "-1" }, { size: "4" }] } } },
  };
  return folder({ ...rest, weightsManifest, modelTopology: { node: [sample, ...nodes] } });
}

const chain = (op: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    ...{ name: at === count - 1 ? "y" : `n${at}`, op },
    input: [at === 0 ? "x" : `n${at - 1}`],
  }));

/** Model, version of the format, graph: the beginning that tells an ONNX file. */
const onnx = (graph: Uint8Array): Uint8Array =>
  Uint8Array.from([8, 8, 0x3a, ...varint(graph.length), ...graph]);

function varint(value: number): number[] {
  return value < 128 ? [value] : [value % 128 + 128, ...varint(Math.floor(value / 128))];
}

const zeros = (megabytes: number) => new Uint8Array(megabytes << 20);

/** A safetensors file with this header and so many bytes behind it. */
function safetensors(header: string, size: number): Uint8Array {
  const text = utf8(header);
  const file = new Uint8Array(8 + text.length + size);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

/** So many weights of integers of 8 bits with one scale, all of them 0, as numbers of no width. */
function alike(count: number): Uint8Array {
  const bits = bitWriter();
  for (let left = count; left > 0; left--) {
    for (const [value, width] of [[2, 2], [8, 4], [0, 4], [0x3f800000, 32], [0, 26]] as const) {
      bits.write(value, width);
    }
  }
  return bits.bytes();
}

/** A packed file whose header says this, and with these bits of weights. */
function packed(
  header: object,
  size?: number,
  weights: Uint8Array = new Uint8Array(64),
): Uint8Array {
  const text = utf8(JSON.stringify(header));
  const stored = deflateSync(text);
  const file = new Uint8Array(13 + stored.length + weights.length + 8);
  file.set([0x44, 0x43, 0x50, 0x4b, 1]);
  const view = new DataView(file.buffer);
  view.setUint32(5, size ?? text.length, true);
  view.setUint32(9, stored.length, true);
  file.set(stored, 13);
  file.set(weights, 13 + stored.length);
  return resealed(file);
}

const frame = (units: number) => ({
  ...{ classes: [], family: "mlp", format: null, head: "none", outputs: ["d"] },
  ...{ preprocess: null, quantization: null, inputs: [["x", [units]]] },
  layers: [["dense", "d", ["x"], units, true, "linear"]],
});

/** A stack of models in models, more layers than anything computes, a shard named again and again. */
function deepNetworks(): readonly Sound[] {
  let inside: object = { name: "d", "class_name": "Dense", config: {} };
  for (let depth = 0; depth < 5000; depth++) {
    inside = { name: "s", "class_name": "Sequential", config: { layers: [inside] } };
  }
  const layers = Array.from({ length: 100_000 }, (_, i) => ({
    ...{ name: `l${i}`, "class_name": "Flatten", config: {} },
    "inbound_nodes": [[[`l${i + 1}`, 0, 0, {}]]],
  }));
  return [
    folder({ modelTopology: inside, weightsManifest }),
    folder({ modelTopology: { "class_name": "Functional", config: { layers } }, weightsManifest }),
    folder({
      modelTopology: { "class_name": "Sequential", config: { layers: [] } },
      weightsManifest: [{ paths: Array(100_000).fill("w.bin"), weights: [] }],
    }),
  ];
}

const found: Readonly<Record<string, () => readonly Attack[]>> = {
  "tfjs-layers": () => [
    ...deepNetworks(),
    // Weights of more numbers than any memory has, and as many as their product can be made to say.
    ...[[4e9, 4e9], [2 ** 53, 2], [1e300], [0, 1e300]].map((shape) =>
      folder({
        modelTopology: dense(4),
        weightsManifest: [{
          paths: ["w.bin"],
          weights: [{ name: "d/kernel", shape, dtype: "float32" }],
        }],
      })
    ),
    folder({ modelTopology: dense(1e15), weightsManifest }),
    folder(`{"modelTopology":${'{"config":'.repeat(20_000)}1${"}".repeat(20_000)}}`),
    folder("[".repeat(100_000)),
  ],
  "tfjs-graph": () => [
    { ...graphOf(chain("Relu", 19_000)), harmless: true },
    // In a circle; each reads the one before twice, so that the paths are without number.
    graphOf([{ name: "a", op: "Relu", input: ["y"] }, { name: "y", op: "Relu", input: ["a"] }]),
    {
      ...graphOf(
        chain("AddV2", 5000).map((node) => ({ ...node, input: [node.input[0], node.input[0]] })),
      ),
      harmless: true,
    },
    graphOf(chain("Relu", 25_000)),
    graphOf([{ name: "y", op: "Identity", input: ["x:99999999999"] }]),
    graphOf([{
      name: "y",
      op: "SplitV",
      input: ["x", "x", "x"],
      attr: { "num_split": { i: "2147483647" } },
    }]),
  ],
  "tfjs-modules": () => [
    only("net/model.js", utf8(`module.exports=${"[".repeat(200_000)}`)),
    only("net/model.js", utf8(`module.exports={"a":${'"\\u0041'.repeat(50_000)}`)),
    only("net/model.js", utf8(`${" ".repeat(300_000)}module${" ".repeat(300_000)}.exports={}`)),
  ],
  "keras-archive": () => {
    const config = utf8(JSON.stringify(dense(4)));
    const weights = utf8("\x89HDF\r\n\x1a\n");
    return [
      // Zeros by the megabyte, as the network or as its weights.
      only("net.keras", zipSync({ "metadata.json": config, "config.json": zeros(24) })),
      only(
        "net.keras",
        zipSync({ "metadata.json": config, "config.json": config, "model.weights.h5": zeros(24) }),
      ),
      only("net.keras", zipSync({ "metadata.json": config, "config.json": config })),
      only(
        "net.keras",
        zipSync({
          "metadata.json": config,
          "config.json": utf8("[".repeat(100_000)),
          "model.weights.h5": weights,
        }),
      ),
    ];
  },
  "onnx-lenet": () => [
    // A graph in an attribute of a node of a graph, and so on.
    only("net.onnx", onnx(nested([1, 5, 6], 3000))),
    only("net.onnx", onnx(new Uint8Array(50_000).fill(0x0a))),
    only("net.onnx", Uint8Array.of(8, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)),
  ],
  safetensors: () => [
    only("net.safetensors", safetensors(`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, 0)),
    only(
      "net.safetensors",
      safetensors(
        '{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,64]}}',
        64,
      ),
    ),
    only(
      "net.safetensors",
      safetensors(
        `{${
          Array.from({ length: 5000 }, (_, i) =>
            `"t${i}":{"dtype":"F32","shape":[16],"data_offsets":[0,64]}`).join()
        }}`,
        64,
      ),
    ),
  ],
  packed: () => [
    only("net.packed", packed(frame(16_000))),
    only("net.packed", packed(frame(1_000_000))),
    only("net.packed", packed(frame(4), 1 << 24)),
    // Integers with one scale, all of them alike: 256 million in no bits.
    ...[1100, 16_000].map((units) => only("net.packed", packed(frame(units), undefined, alike(2)))),
  ],
};
