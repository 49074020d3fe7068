import assert from "node:assert/strict";
import { deflateSync } from "../../../../engine/deps/fflate.ts";
import { digestOf } from "../../../../engine/digest.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { clustered } from "../../../../ops/cluster/clustering.ts";
import { exportFiles } from "../../../../ops/formats/export.ts";
import { encodedBytes } from "../../../../ops/formats/encode_files.ts";
import type { FormatParams } from "../../../../ops/formats/formats.ts";
import { headerOf } from "../../../../ops/formats/model_header.ts";
import { decodePacked, encodePacked } from "../../../../ops/formats/packed/packed.ts";
import type { NumberOptions } from "../../../../ops/formats/packed/weight_bits.ts";
import { type Model, structureOf } from "../../../../ops/model/model.ts";
import { assertSound } from "../../../../ops/model/sound.ts";
import { decodedWeights, decodeWeight } from "../../../../ops/model/weights.ts";
import { lenet300 } from "../../../../ops/model/zoo/mlp.ts";
import { maskWeights } from "../../../../ops/prune/mask_weights.ts";
import { quantized } from "../../../../ops/quantize/quantized.ts";
import { fc } from "../../../deps.ts";
import { livelyModel } from "../../lively_model.ts";
import { noiseData } from "../../noise_data.ts";
import { recordingContext } from "../../run_context.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { withHalves, withIntegers } from "../quantized_by_hand.ts";

refuseLeaks(true);

const how: NumberOptions = { coding: "huffman", indices: "relative", indexBits: 5 };
const format: FormatParams = {
  use: "packed",
  coding: "huffman",
  indices: "relative",
  "index_bits": 5,
  tolerance: 0,
};
const prune = (model: Model, ratio: number) =>
  maskWeights(model, { criterion: "magnitude", scope: "layer", ratio }, 0);
const shared = (model: Model, clusters: number) => clustered(model, { clusters, init: "linear" });

const variants: Readonly<Record<string, (model: Model) => Model>> = {
  "as floats": (model) => model,
  pruned: (model) => prune(model, 0.8),
  "in half precision": withHalves,
  "in integers": withIntegers,
  clustered: (model) => shared(model, 9),
  "pruned and clustered": (model) => shared(prune(model, 0.8), 9),
};

for (const [family, network] of Object.entries(zooNetworks)) {
  Deno.test(`a ${family} comes out of its packed file as it went in, however it is stored`, () => {
    for (const [variant, make] of Object.entries(variants)) {
      const model: Model = {
        ...make(livelyModel(network)),
        preprocess: { scale: [1 / 255], offset: [-0.5] },
        classes: ["zero", "Einß", "2"],
        learned: true,
      };
      const file = encodePacked(model, how);
      assert.deepEqual(encodePacked(model, how), file, "the same bytes again");
      const again = decodePacked(file);
      assertSound(again);
      assert.deepEqual(structureOf(again), structureOf(model), variant);
      const { preprocess, classes, learned, quantization, head } = model;
      assert.deepEqual(
        [again.preprocess, again.classes, again.learned, again.quantization, again.head],
        [preprocess, classes, learned, quantization, head],
      );
      const bits = (of: Model) =>
        Object.entries(decodedWeights(of)).sort().map(([name, values]) =>
          [name, [...new Uint32Array(values.buffer)]] as const
        );
      assert.deepEqual(bits(again), bits(model), variant);
    }
  });
}

Deno.test("a model that computes in integers does so after unpacking, with its own rules", async () => {
  const model = livelyModel(zooNetworks["mobilenet-v1"]!);
  const data = noiseData(model, 64);
  const integers = await quantized(model, data, {
    scheme: "int8",
    granularity: "channel",
    symmetry: "asymmetric",
    activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
    calibrate: { use: "minmax", samples: 64 },
    fold: "batchnorm",
    rules: "tflite",
    equalize: "none",
    bias_correction: "none",
  }, recordingContext().context);
  const again = decodePacked(encodePacked(integers, how));
  assert.deepEqual(again.quantization, integers.quantization);
  assert.deepEqual(again.weights, integers.weights);
  assert.deepEqual(again.established, { format: "int8" });
  const { context, notes } = recordingContext();
  await exportFiles.run({ model: integers, data: undefined }, format, context);
  const check = notes.check as Record<string, unknown>;
  assert.deepEqual([check.difference, check.agreement, check.integers], [0, 1, 1]);
});

Deno.test("the export decodes its file again and finds no difference", async () => {
  const { context, notes } = recordingContext();
  const model = variants["pruned and clustered"]!(livelyModel(zooNetworks["cnn"]!));
  const files = await exportFiles.run({ model, data: undefined }, format, context);
  assert.deepEqual(Object.keys(files), ["model.packed"]);
  const { runtime, samples, difference, agreement } = notes.check as Record<string, unknown>;
  assert.equal(runtime, "the file decoded again");
  assert.deepEqual([samples, difference, agreement], [64, 0, 1]);
  const bytes = await encodedBytes(model, format);
  assert.equal(bytes.encoded, files["model.packed"]!.length);
});

Deno.test("LeNet-300-100 with 8 % of its weights and 64 values each: over thirty times smaller, counted", () => {
  const plain = livelyModel(lenet300.build([28, 28, 1], 10, {}));
  const model = shared(
    maskWeights(plain, {
      criterion: "magnitude",
      scope: "layer",
      ratio: 0.92,
      per_layer: [{ layers: ["at:last"], ratio: 0.74 }],
    }, 0),
    64,
  );
  const file = encodePacked(model, how);
  assert.ok(1_066_440 / file.length > 30, `${file.length} bytes`);
  const uncoded = encodePacked(model, { ...how, coding: "none" });
  const entries = 0.08 * 265_200 + 260;
  // 5 bits of distance and 7 of code (64 values and the zero); fillers, biases, codebooks, the header come on top.
  const least = entries * 12 / 8 + 410 * 4 + 3 * 64 * 4;
  assert.ok(uncoded.length > least && uncoded.length < least * 1.12, `${uncoded.length} bytes`);
  assert.ok(file.length < uncoded.length);
});

Deno.test("files that are no packed models, or damaged, are refused with a sentence", () => {
  const file = encodePacked(livelyModel(zooNetworks["mlp"]!), how);
  const refused = (bytes: Uint8Array, why: RegExp) =>
    assert.throws(
      () => decodePacked(bytes),
      (error: Error) =>
        error instanceof RangeError && error.message.startsWith("Cannot read the packed model: ") &&
        why.test(error.message),
    );
  refused(new Uint8Array(), /does not begin/);
  refused(new TextEncoder().encode('{"format":"layers-model", "more": "of it"}'), /does not begin/);
  refused(file.with(4, 2), /version is 2/);
  refused(file.subarray(0, -1), /not those that were written/);
  for (const at of [5, 9, 13, 40, file.length - 20, file.length - 1]) {
    refused(file.with(at, file[at]! ^ 1), /not those that were written/);
  }
});

/** A file as anybody may write one who knows how: any header, any bits behind it, the check sum right. */
function forged(header: Uint8Array, weights: Uint8Array, stored = deflateSync(header)): Uint8Array {
  const file = new Uint8Array(13 + stored.length + weights.length + 8);
  file.set([0x44, 0x43, 0x50, 0x4b, 1]);
  new DataView(file.buffer).setUint32(5, header.length, true);
  new DataView(file.buffer).setUint32(9, stored.length, true);
  file.set(stored, 13);
  file.set(weights, 13 + stored.length);
  const digest = digestOf(file.subarray(0, -8));
  for (let i = 0; i < 8; i++) {
    file[file.length - 8 + i] = parseInt(digest.slice(2 * i, 2 * i + 2), 16);
  }
  return file;
}

/** Decodes; what is refused is refused with a sentence, what is not is a sound, finite model. */
function survives(file: Uint8Array): void {
  let model: Model;
  try {
    model = decodePacked(file);
  } catch (error) {
    assert.ok(error instanceof RangeError, String((error as Error).stack));
    assert.match(error.message, /^Cannot read the packed model: \S+ \S+/);
    assert.doesNotMatch(error.message, /undefined|not a function|array length|call stack|buffer/i);
    return;
  }
  assertSound(model);
  for (const weight of Object.values(model.weights)) {
    assert.ok(decodeWeight(weight).every(Number.isFinite));
  }
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const small = livelyModel(zooNetworks["mlp"]!);

Deno.test("arbitrary bytes never crash the decoder", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      survives(bytes);
      survives(forged(json(headerOf(small)), bytes));
      survives(forged(json(headerOf(small)), new Uint8Array(), bytes));
      survives(forged(bytes, new Uint8Array()));
    }),
    { numRuns: 300 },
  );
});

Deno.test("arbitrary bits in the place of sound ones never crash it", () => {
  const sound = encodePacked(variants["pruned and clustered"]!(small), how);
  const start = 13 + new DataView(sound.buffer).getUint32(9, true);
  const weights = sound.subarray(start, -8);
  const spots = fc.array(fc.tuple(fc.nat(weights.length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(spots, (changes) => {
      const changed = weights.slice();
      for (const [at, byte] of changes) changed[at] = byte;
      survives(forged(json(headerOf(small)), changed));
    }),
    { numRuns: 500 },
  );
});

Deno.test("any JSON in the place of any part of the header never crashes it", () => {
  for (const network of [zooNetworks["cnn"]!, zooNetworks["mobilenet-v1"]!]) {
    const model = livelyModel(network);
    const header = headerOf(model);
    const sound = encodePacked(model, how);
    const weights = sound.subarray(13 + new DataView(sound.buffer).getUint32(9, true), -8);
    assert.deepEqual(decodePacked(forged(json(header), weights)), decodePacked(sound));
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.jsonValue({ maxDepth: 3 }), (draws, value) => {
        const changed = structuredClone(header) as Record<string, unknown>;
        let place: Record<string, unknown> = changed;
        for (;;) {
          const names = Object.keys(place);
          const name = names[draws.next().value % names.length]!;
          const inner = place[name];
          const deeper = typeof inner === "object" && inner !== null &&
            Object.keys(inner).length > 0;
          if (deeper && draws.next().value % 4 > 0) {
            place = inner as Record<string, unknown>;
            continue;
          }
          place[name] = value;
          break;
        }
        survives(forged(json(changed), weights));
      }),
      { numRuns: 400 },
    );
  }
});

Deno.test("more weights than memory holds are refused before any is read", () => {
  const header = headerOf(small) as Record<string, unknown>;
  const huge = { ...header, inputs: [["input", [2_000_000_000]]] };
  assert.throws(() => decodePacked(forged(json(huge), new Uint8Array(9))), /too many/);
});
