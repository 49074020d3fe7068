/** Files of TensorFlow Lite by hand, slot by slot as its schemas have them. */
import assert from "node:assert/strict";
import { Builder, type FlatBuilder } from "../../../../../engine/deps/flatbuffers.ts";
import { encodeTflite, TFLITE_FILE } from "../../../../../ops/formats/tflite/encode.ts";
import { saidIn } from "../../../../../ops/formats/tflite/metadata/said.ts";
import { livelyModel } from "../../../lively_model.ts";
import { testWith } from "../../../model/support/test_data.ts";
import { zooNetworks } from "../../../zoo_networks.ts";

/** A table with texts in these slots, as a file of its own. */
function tableOf(texts: Readonly<Record<number, string>>): Uint8Array {
  const builder = new Builder();
  const slots = Object.entries(texts).map(([slot, text]) =>
    [Number(slot), builder.createString(text)] as const
  );
  builder.startObject(8);
  for (const [slot, text] of slots) builder.addFieldOffset(slot, text, 0);
  builder.finish(builder.endObject(), "M001");
  return builder.asUint8Array();
}

function listOf(builder: FlatBuilder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4);
  for (const offset of offsets.toReversed()) builder.addOffset(offset);
  return builder.endVector();
}

/** A file that says nothing of a network, with a description, buffers, and names of these. */
function fileOf(
  description: string,
  buffers: readonly Uint8Array[],
  names: Readonly<Record<string, number>>,
): Uint8Array {
  const builder = new Builder();
  const told = builder.createString(description);
  const data = buffers.map((bytes) => {
    const vector = builder.createByteVector(bytes);
    builder.startObject(1);
    builder.addFieldOffset(0, vector, 0);
    return builder.endObject();
  });
  const metadata = Object.entries(names).map(([name, buffer]) => {
    const text = builder.createString(name);
    builder.startObject(2);
    builder.addFieldOffset(0, text, 0);
    builder.addFieldInt32(1, buffer, 0);
    return builder.endObject();
  });
  const [all, named] = [listOf(builder, data), listOf(builder, metadata)];
  builder.startObject(8);
  builder.addFieldOffset(3, told, 0);
  builder.addFieldOffset(4, all, 0);
  builder.addFieldOffset(6, named, 0);
  builder.finish(builder.endObject(), "TFL3");
  return builder.asUint8Array();
}

const about = tableOf({ 0: "Birds", 1: "Names birds", 2: "v1", 4: "Ann", 5: "Apache-2.0", 7: "1" });
const converted = "MLIR Converted.";

Deno.test("the metadata of a file say name, author and licence, and their description goes before the file's", () => {
  const file = fileOf(converted, [new Uint8Array(), about], {
    "min_runtime_version": 0,
    TFLITE_METADATA: 1,
  });
  assert.deepEqual(saidIn(file), {
    ...{ license: "Apache-2.0", author: "Ann" },
    ...{ description: "Names birds", name: "Birds", version: "v1" },
  });
  const bare = fileOf(converted, [tableOf({ 5: "MIT" })], { TFLITE_METADATA: 0 });
  assert.deepEqual(saidIn(bare), { license: "MIT", description: converted });
});

Deno.test("without metadata, and where they are damaged or nowhere, the description is all", () => {
  const all = { description: converted };
  assert.deepEqual(saidIn(fileOf(converted, [about], { other: 0 })), all);
  assert.deepEqual(saidIn(fileOf(converted, [about], { TFLITE_METADATA: 5 })), all);
  const metadata = { TFLITE_METADATA: 0 };
  for (const damaged of [new Uint8Array(), about.slice(0, 20), new Uint8Array(40).fill(255)]) {
    assert.deepEqual(saidIn(fileOf(converted, [damaged], metadata)), all);
  }
  assert.deepEqual(saidIn(new Uint8Array(3)), {});
});

Deno.test("a file of ours says who wrote it", () => {
  const files = encodeTflite(livelyModel(zooNetworks.mlp!), { form: "float" });
  assert.deepEqual(saidIn(files[TFLITE_FILE]!), { description: "Decant" });
});

testWith("mobilenet-v1-025-128", "the published MobileNet says what it is for", async (folder) => {
  const bytes = await Deno.readFile(`${folder}/mobilenet_v1_0.25_128_quant.tflite`);
  assert.deepEqual(saidIn(bytes), {
    description: "Identify the most prominent object in the image from a known set of categories.",
    name: "ImageClassifier",
  });
});
