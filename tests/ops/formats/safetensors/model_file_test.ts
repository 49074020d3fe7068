import assert from "node:assert/strict";
import { canonicalBytes } from "../../../../engine/digest.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  ownWeights,
} from "../../../../ops/formats/safetensors/model_file.ts";
import {
  readSafetensors,
  writeSafetensors,
} from "../../../../ops/formats/safetensors/safetensors_file.ts";
import { modelKind } from "../../../../ops/model/kind.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { quantizedNetwork } from "../onnx/quantized_network.ts";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";

const state = { classes: ["a", "b", "c"], learned: true } as const;

Deno.test("a model comes out of its file as it went in, in every number format", () => {
  const bare = { ...livelyModel(zooNetworks.bert!), ...state };
  const models: Model[] = [
    bare,
    { ...quantizedNetwork(zooNetworks.bert!), ...state, established: { format: "int8" } },
    {
      ...quantizedNetwork(zooNetworks.cnn!, { weightBits: 4 }),
      ...state,
      established: { format: "int4" },
    },
  ];
  for (const model of models) {
    const again = decodeSafetensors(encodeSafetensors(model));
    assert.deepEqual(
      canonicalBytes(modelKind.encode(again).manifest),
      canonicalBytes(modelKind.encode(model).manifest),
    );
  }
});

Deno.test("a file of somebody else's holds weights and no network", () => {
  const tensor = { dtype: "F32", shape: [1], bytes: new Uint8Array(4) } as const;
  const file = writeSafetensors({ tensors: new Map([["w", tensor]]), metadata: {} });
  assert.throws(() => decodeSafetensors(file), /holds weights and no network; name the network/);
  assert.deepEqual(ownWeights(readSafetensors(file)), {});
});

Deno.test("what is wrong in a file of ours is said with the weight", () => {
  const model = { ...quantizedNetwork(zooNetworks.cnn!), ...state };
  const file = readSafetensors(encodeSafetensors(model));
  const name = Object.keys(model.weights).find((each) => file.tensors.has(`${each}#scale`))!;
  const without = (lost: string) =>
    writeSafetensors({
      ...file,
      tensors: new Map([...file.tensors].filter(([each]) => each !== lost)),
    });
  assert.throws(() => decodeSafetensors(without(name)), new RegExp(`"${name}" is not there`));
  assert.throws(() => decodeSafetensors(without(`${name}#scale`)), /lacks its scale/);
  const damaged = (decant: string) => writeSafetensors({ ...file, metadata: { decant } });
  assert.throws(() => decodeSafetensors(damaged("{")), /says of the network is no JSON/);
  for (const rest of ["null", "{}", '{"weights":{"a":{"masked":true}}}']) {
    assert.throws(() => decodeSafetensors(damaged(rest)), /says of its weights is damaged/);
  }
});
