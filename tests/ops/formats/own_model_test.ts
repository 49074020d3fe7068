/** Files that were written here are models again: every network of the zoo, with and without integers. */
import assert from "node:assert/strict";
import { load } from "../../../ops/formats/load.ts";
import { encodePacked } from "../../../ops/formats/packed/packed.ts";
import { encodeSafetensors } from "../../../ops/formats/safetensors/model_file.ts";
import { ownModel } from "../../../ops/formats/own_model.ts";
import type { Model } from "../../../ops/model/model.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import { livelyModel } from "../lively_model.ts";
import { runContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { quantizedNetwork } from "./onnx/support/quantized_network.ts";

const packing = { coding: "huffman", indices: "relative", indexBits: 5 } as const;
const writers = {
  "net.packed": (model: Model) => encodePacked(model, packing),
  "net.safetensors": encodeSafetensors,
};

async function loaded(file: string, bytes: Uint8Array, more: object = {}) {
  const context = runContext({ files: { [file]: bytes } });
  const { files, ...model } = await load.run({}, { from: file, preserve: [], ...more }, context);
  return { model, files, warnings: context.reported.warnings };
}

for (const [file, write] of Object.entries(writers)) {
  Deno.test(`${file}: what was written is read, floats as they were, without a warning`, async () => {
    const written = { ...livelyModel(zooNetworks.cnn!), learned: true };
    const bytes = write(written);
    const { model, files, warnings } = await loaded(file, bytes);
    assert.deepEqual(model.weights, written.weights);
    assert.deepEqual([model.layers, model.classes], [written.layers, written.classes]);
    assert.deepEqual([files!.encoded, files!.format], [bytes.length, file.slice(4)]);
    assert.deepEqual(warnings, []);
  });

  Deno.test(`${file}: integers are decoded, which is said, or kept where that is asked for`, async () => {
    const written = { ...quantizedNetwork(zooNetworks.cnn!), established: { format: "int8" } };
    const bytes = write(written);
    const { model, warnings } = await loaded(file, bytes);
    assert.equal(model.quantization, null);
    assert.deepEqual(model.established, {});
    for (const [name, weight] of Object.entries(written.weights)) {
      assert.deepEqual(model.weights[name]!.data, decodeWeight(weight), name);
    }
    assert.match(warnings[0]!, /holds numbers smaller than floats, which are decoded: preserve/);
    const kept = await loaded(file, bytes, { preserve: ["integers"] });
    assert.deepEqual(kept.model.quantization, written.quantization);
    assert.deepEqual(kept.warnings, []);
    for (const [name, weight] of Object.entries(written.weights)) {
      assert.deepEqual(kept.model.weights[name]!.data, weight.data, name);
    }
  });

  Deno.test(`${file}: another input or output is not in it, and a damaged file is told by name`, async () => {
    const bytes = write({ ...livelyModel(zooNetworks.cnn!), learned: true });
    for (const more of [{ input: [8, 8, 3] }, { output: "conv1" }]) {
      const [field] = Object.keys(more);
      await assert.rejects(
        loaded(file, bytes, more),
        new RegExp(`the network of the file has one ${field}: it was written here`),
      );
    }
    const cut = bytes.slice(0, -20);
    await assert.rejects(loaded(file, cut), new RegExp(`\`${file}\`.* cannot be read: `));
  });
}

Deno.test("what is no RangeError is no word of a file", () => {
  const broken = () => {
    throw new TypeError("a bug");
  };
  assert.throws(() => ownModel(broken, "x", { warn: () => {} }), TypeError);
});
