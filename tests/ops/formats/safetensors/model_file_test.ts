import assert from "node:assert/strict";
import { canonicalBytes } from "../../../../engine/digest.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  ownWeights,
  saidIn,
} from "../../../../ops/formats/safetensors/model_file.ts";
import {
  readSafetensors,
  writeSafetensors,
} from "../../../../ops/formats/safetensors/safetensors_file.ts";
import { modelKind } from "../../../../ops/model/kind.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { quantizedNetwork } from "../onnx/support/quantized_network.ts";
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

Deno.test("what a file says of a weight is sound where each part of it is", () => {
  const { tensors } = readSafetensors(
    encodeSafetensors({ ...livelyModel(zooNetworks.mlp!), ...state }),
  );
  const said = (row: unknown, more: object = {}) => {
    const rest = JSON.stringify({ header: {}, weights: { ...more, a: row } });
    try {
      ownWeights({ tensors, metadata: { decant: rest } });
    } catch (error) {
      assert.ok(error instanceof RangeError);
      return error.message;
    }
  };
  const absent = 'its weight "a" is not there';
  const damaged = "what it says of its weights is damaged";
  const f32 = { masked: false, encoding: { use: "f32" } };
  const codes = { use: "codebook", bits: 4 };
  const affine = { use: "affine", bits: 8, axis: null, symmetry: "symmetric" };
  const of = (encoding: unknown) => said({ masked: false, encoding });
  for (
    const encoding of [
      ...[{ use: "f32" }, { use: "f16" }, codes, { ...codes, bits: 0 }, { ...codes, bits: 32 }],
      ...[affine, { ...affine, axis: 0 }, { ...affine, axis: 8 }, {
        ...affine,
        symmetry: "asymmetric",
      }],
    ]
  ) assert.equal(of(encoding), absent, JSON.stringify(encoding));
  for (
    const encoding of [
      ...[undefined, null, {}, { use: "f64" }, { use: "codebook" }, { ...codes, bits: 33 }],
      ...[{ ...codes, bits: -1 }, { ...codes, bits: 1.5 }, { ...codes, bits: "4" }, {
        ...codes,
        use: "",
      }],
      ...[{ ...affine, axis: 9 }, { ...affine, axis: "0" }, { ...affine, axis: undefined }],
      ...[{ ...affine, symmetry: "" }, { ...affine, bits: null }, { ...affine, use: "other" }],
    ]
  ) assert.equal(of(encoding), damaged, JSON.stringify(encoding));
  assert.equal(said(null), damaged);
  assert.equal(said({ ...f32, masked: true }), damaged);
  assert.equal(said({ ...f32, masked: undefined }), damaged);
  assert.equal(said(f32, { b: null }), damaged);
});

Deno.test("tensors of ours lie in the order of their names, and say whose they are", () => {
  const file = readSafetensors(
    encodeSafetensors({ ...quantizedNetwork(zooNetworks.cnn!), ...state }),
  );
  const names = [...file.tensors.keys()];
  assert.deepEqual(names, names.toSorted());
  assert.deepEqual(Object.keys(file.metadata), ["format", "decant"]);
  assert.equal(file.metadata["format"], "decant");
});

Deno.test("a model that its weights do not fit, and tensors that are none of ours, are refused", () => {
  const model = { ...livelyModel(zooNetworks.mlp!), ...state };
  const file = readSafetensors(encodeSafetensors(model));
  const [name, tensor] = [...file.tensors].find(([, { shape }]) => shape.length === 2)!;
  const changed = (other: typeof tensor) => {
    const tensors = new Map([...file.tensors, [name, other]]);
    try {
      decodeSafetensors(writeSafetensors({ ...file, tensors }));
    } catch (error) {
      assert.ok(error instanceof RangeError);
      return error.message;
    }
  };
  assert.equal(changed(tensor), undefined);
  const [rows, columns] = tensor.shape as [number, number];
  assert.match(changed({ ...tensor, shape: [columns, rows] })!, new RegExp(`^its .*${name}`));
  const twice = new Uint8Array(2 * tensor.bytes.length);
  assert.equal(
    changed({ ...tensor, dtype: "F64", bytes: twice }),
    `its tensor "${name}" is of numbers F64`,
  );
  const halves = {
    ...tensor,
    dtype: "F16",
    bytes: tensor.bytes.subarray(0, tensor.bytes.length / 2),
  } as const;
  assert.match(changed(halves)!, new RegExp(`^its weight "${name}" is damaged: `));
});

Deno.test("what stands in a file beside our network is what it says of itself", () => {
  const metadata = { format: "pt", license: "MIT", decant: "{}", deep: {} as string };
  assert.deepEqual(saidIn({ tensors: new Map(), metadata }), { license: "MIT", format: "pt" });
});
