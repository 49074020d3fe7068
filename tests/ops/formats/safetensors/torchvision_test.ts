/** Weights of torchvision: its own files, cut narrow, and its own answers. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/op.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { readWeights } from "../../../../ops/formats/safetensors/load_weights.ts";
import {
  readSafetensors,
  type SafetensorsFile,
  type StoredTensor,
  writeSafetensors,
} from "../../../../ops/formats/safetensors/safetensors_file.ts";
import {
  torchvisionNetwork,
  torchvisionWeights,
} from "../../../../ops/formats/safetensors/torchvision.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Architecture } from "../../../../ops/model/model.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";
import { mobilenetV2 } from "../../../../ops/model/zoo/mobilenet_v2.ts";
import { mobilenetV3 } from "../../../../ops/model/zoo/mobilenet_v3.ts";
import { resnet } from "../../../../ops/model/zoo/resnet.ts";
import { resnetImagenet } from "../../../../ops/model/zoo/resnet_imagenet.ts";
import {
  IMAGE,
  image,
  torchvisionFile,
  torchvisionLogits,
} from "../../../fixtures/torchvision/torchvision.ts";
import { assertClose } from "../../../close.ts";
import { runContext } from "../../run_context.ts";

/** The networks that the fixtures are weights of. */
const networks: Readonly<Record<string, Architecture>> = {
  resnet18: resnetImagenet.build(IMAGE, 5, { depth: 18, width: 1 / 16, version: "1.5" }),
  resnet50: resnetImagenet.build(IMAGE, 5, { depth: 50, width: 1 / 32, version: "1.5" }),
  "mobilenet_v2": mobilenetV2.build(IMAGE, 5, {
    depth: 17,
    width: 0.1,
    conventions: "torchvision",
  }),
  "mobilenet_v3_small": mobilenetV3.build(IMAGE, 5, { size: "small", width: 0.1 }),
};

const read = (
  network: Architecture,
  bytes: Uint8Array,
  context = runContext({
    files: { "w.safetensors": bytes },
  }),
) => readWeights(network, "w.safetensors", 0, context);

/** A file with other tensors. */
function changed(
  name: string,
  change: (tensors: Map<string, StoredTensor>) => void,
): Uint8Array {
  const { tensors, metadata } = readSafetensors(torchvisionFile(name));
  const others = new Map(tensors);
  change(others);
  return writeSafetensors({ tensors: others, metadata });
}

for (const [name, network] of Object.entries(networks)) {
  Deno.test(`${name}: torchvision's weights give torchvision's answers`, async () => {
    const model = await read(network, torchvisionFile(name));
    assert.equal(model.learned, true);
    const logits = await withTensors((room) =>
      inferLogits(room, model, { count: 1, x: image, y: null })
    );
    const theirs = torchvisionLogits(name);
    assertClose(logits, theirs, 1e-4 * Math.max(1, ...theirs.map(Math.abs)));
  });

  Deno.test(`${name}: names and shapes tell the network`, () => {
    const told = torchvisionNetwork(readSafetensors(torchvisionFile(name)))!;
    assert.deepEqual(told.inputs[0]!.shape, [224, 224, 3]);
    assert.deepEqual(told.layers, network.layers);
    assert.equal(told.family, network.family);
  });
}

const refused = async (network: Architecture, bytes: Uint8Array, message: RegExp) =>
  await assert.rejects(
    read(network, bytes),
    (error) => error instanceof ParameterError && message.test(error.message),
  );

Deno.test("a tensor that the network has no layer for is named, counters of batches are none", async () => {
  const without = changed("resnet18", (tensors) => tensors.delete("bn1.num_batches_tracked"));
  await read(networks.resnet18!, without);
  const deeper = changed("resnet18", (tensors) => {
    tensors.set("layer1.2.conv1.weight", tensors.get("layer1.1.conv1.weight")!);
  });
  await refused(
    networks.resnet18!,
    deeper,
    /^`w.safetensors` does not fit: it has layer1.2.conv1.weight, for which this network has no layer$/,
  );
  assert.equal(torchvisionNetwork(readSafetensors(deeper)), undefined);
});

Deno.test("a tensor that is not there is told, but for the head, which is drawn", async () => {
  const lacks = changed("resnet18", (tensors) => tensors.delete("layer2.0.downsample.1.bias"));
  await refused(networks.resnet18!, lacks, /it has no stage2.block1.shortcut.norm\/beta/);
  const headless = changed("resnet18", (tensors) => {
    tensors.delete("fc.weight");
    tensors.delete("fc.bias");
  });
  const context = runContext({ files: { "w.safetensors": headless } });
  await read(networks.resnet18!, headless, context);
  assert.deepEqual(context.reported.warnings, [
    "head.dense is drawn at random: the file has no weights for it",
  ]);
});

Deno.test("another width, depth or number of classes is told by the tensor that does not fit", async () => {
  const of = (outputs: number, options: object) =>
    resnetImagenet.build(IMAGE, outputs, { depth: 18, width: 1 / 16, version: "1.5", ...options });
  const bytes = torchvisionFile("resnet18");
  await refused(
    of(5, { width: 1 / 32 }),
    bytes,
    /its "conv1.weight" is 4×3×7×7, which does not fit "stem\/kernel" of 7×7×3×2$/,
  );
  await refused(
    of(3, {}),
    bytes,
    /its "fc.weight" is 5×32, which does not fit "head.dense\/kernel"/,
  );
  await refused(of(5, { depth: 50 }), bytes, /does not fit/);
});

Deno.test("families that torchvision does not have, and files that are not its, are left alone", () => {
  const file = readSafetensors(torchvisionFile("resnet18"));
  const numbers: SafetensorsFile = { tensors: new Map(), metadata: {} };
  assert.equal(torchvisionWeights(file, mlp.build([3], 2, { hidden: [4], dropout: 0 })), undefined);
  assert.equal(torchvisionWeights(file, resnet.build(IMAGE, 5, { depth: 8, width: 1 })), undefined);
  assert.equal(torchvisionWeights(numbers, networks.resnet18!), undefined);
  assert.equal(torchvisionNetwork(numbers), undefined);
});

Deno.test("a network of the same shapes with other details is refused, with the option that gives it theirs", async () => {
  await refused(
    mobilenetV2.build(IMAGE, 5, { depth: 17, width: 0.1 }),
    torchvisionFile("mobilenet_v2"),
    /its names are torchvision's, whose mobilenet-v2 has other details; conventions: torchvision gives/,
  );
});
