/**
 * Packed models in a page: `model.packed` and `unpack.js`, as a recipe with `export: { use: packed, browser: true }` writes
 * them, in Chromium, with stock tfjs beside them. `DECANT_CHROMIUM` names a Chromium; without it the tests are skipped.
 */
import assert from "node:assert/strict";
import { memoryStore } from "../../../mod.ts";
import { digestOf } from "../../../engine/digest.ts";
import { TFJS_LAYERS } from "../../../engine/deps/tfjs_layers.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { decodePacked } from "../../../ops/formats/packed/packed.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import type { Model } from "../../../ops/model/model.ts";
import { decodedWeights } from "../../../ops/model/weights.ts";
import { assertClose, softmaxRows } from "../../close.ts";
import { noise } from "../../ops/lively_model.ts";
import { recipe } from "../../recipes/support/small.ts";
import { chromium, toldByPage, unpackedPackage } from "./chromium_page.ts";

/** Of each weight the digest of its numbers; what tfjs answers to samples with them. */
interface Told {
  readonly weights: Readonly<Record<string, string>>;
  readonly answers: readonly (readonly number[])[];
}

const SCRIPTS = ["core", "layers", "backend-cpu"];
const HEAD = SCRIPTS.map((name) => `<script src="/tfjs-${name}/dist/tf-${name}.min.js"></script>`)
  .join("");

/** As the head of unpack.js tells people to load it. */
const LOADED = `
  const { unpack, artifacts } = await import("/unpack.js");
  const { weights } = await unpack(await (await fetch("model.packed")).arrayBuffer());
`;

const ANSWERED = `${LOADED}
  const topology = await (await fetch("model.json")).json();
  await tf.setBackend("cpu");
  const net = await tf.loadLayersModel(tf.io.fromMemory(artifacts(topology, weights)));
  const samples = await (await fetch("samples")).json();
  const answers = samples.map(({ shape, data }) =>
    [...net.predict(tf.tensor(data, [1, ...shape])).dataSync()]);
  const digests = {};
  for (const [name, { values }] of Object.entries(weights)) {
    const digest = await crypto.subtle.digest("SHA-256", values);
    digests[name] = new Uint8Array(digest).toHex?.() ??
      [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return { weights: digests, answers };
`;

/** What is trained for one recipe is at hand for the others. */
const cache = memoryStore();

/** The files that a recipe writes for pages. */
async function written(name: string, fields: object) {
  const out = await Deno.makeTempDir();
  try {
    const run = await recipe({
      name,
      data: "digits",
      model: { use: "resnet", depth: 8, width: 0.25, train: { epochs: 1 } },
      ...fields,
      export: [{ use: "packed", browser: true }, { use: "tfjs", storage: "float32" }],
    }).run({ cache, out });
    assert.deepEqual(run.problems, []);
    const read = (path: string) => Deno.readFile(`${out}/${path}`);
    return {
      "model.packed": await read("packed/model.packed"),
      "unpack.js": await read("packed/unpack.js"),
      "model.json": await read("tfjs/model.json"),
    };
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

const samplesOf = (model: Model) =>
  [0, 1, 2].map((index) => {
    const [{ shape, data }] = noise(model, 2, index) as [ReturnType<typeof noise>[number]];
    return { shape, data: [...data] };
  });

const recipes: Readonly<Record<string, object>> = {
  floats: {},
  "zeros, and codes of shared values": {
    prune: { granularity: "weight", ratio: 0.7 },
    cluster: { clusters: 16 },
  },
  "integers of channels": { quantize: { scheme: "int8", activations: "none" } },
  "half precision": { quantize: { scheme: "float16" } },
};

for (const [name, fields] of Object.entries(recipes)) {
  Deno.test({
    name: `${name}: a page has every weight to the bit, and answers as the engine does`,
    ignore: chromium === undefined,
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        for (const each of SCRIPTS) {
          await unpackedPackage(`@tensorflow/tfjs-${each}`, TFJS_LAYERS, folder);
        }
        const served = await written("page", fields);
        const model = decodePacked(served["model.packed"]);
        const samples = samplesOf(model);
        const page = { head: HEAD, script: ANSWERED, served: { ...served, samples }, folder };
        const { weights, answers } = await toldByPage(page) as Told;
        const own = Object.entries(decodedWeights(model)).map((
          [name, values],
        ) => [name, digestOf(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))]);
        assert.deepEqual(weights, Object.fromEntries(own));
        for (const [at, { data }] of samples.entries()) {
          const x = Float32Array.from(data);
          const logits = await withTensors((room) =>
            inferLogits(room, model, { count: 1, x, y: null })
          );
          assertClose(answers[at]!, softmaxRows(logits, logits.length), 1e-5);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test({
  name: "a page of http, which has no digests, reads the file; with them a damaged one is told",
  ignore: chromium === undefined,
  async fn() {
    const served = await written("plain", {});
    const digests =
      "return { digests: crypto.subtle !== undefined, weights: Object.keys(weights) }";
    const script = `${LOADED} ${digests}`;
    const weights = Object.keys(decodedWeights(decodePacked(served["model.packed"])));
    for (const secure of [true, false]) {
      assert.deepEqual(await toldByPage({ script, served, secure }), { digests: secure, weights });
    }
    const packed = served["model.packed"];
    const damaged = { ...served, "model.packed": packed.with(300, packed[300]! ^ 1) };
    await assert.rejects(toldByPage({ script, served: damaged }), /The packed model is damaged/);
  },
});
