/**
 * Models that npm packages ship, taken as they are: a MobileNet v2 classifier, graph-models of faces. Each answers as in the
 * runtime that it is for, and as int8 as its recipe says. The packages are fetched: tens of megabytes.
 */
import assert from "node:assert/strict";
import { load } from "../../mod.ts";
import { given } from "../../engine/given.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { inferLogits } from "../../ops/model/infer.ts";
import type { Model } from "../../ops/model/model.ts";
import { readModelJson } from "../../ops/formats/tfjs/read_model_json.ts";
import { assertClose, softmaxRows } from "../close.ts";
import { testData, testWith } from "../ops/model/support/test_data.ts";
import {
  bundledModel,
  type Package,
  packageOf,
  picturesOf,
  ranged,
  runtimeAnswers,
  type ShippedModel,
  shippedModel,
  wave,
  writeLabelled,
} from "./npm_models.ts";

const HUMAN = { name: "@vladmandic/human", version: "3.3.6" };
const NSFW = { name: "nsfwjs", version: "4.4.0" };
const fetched = new Map<string, Promise<Package>>();

function filesOf({ name, version }: typeof HUMAN): Promise<Package> {
  if (!fetched.has(name)) fetched.set(name, packageOf(name, version));
  return fetched.get(name)!;
}

/** What a model's consumer sees of its logits. */
function answered({ head }: Model, logits: Float32Array): ArrayLike<number> {
  if (head === "softmax") return softmaxRows(logits, logits.length);
  return head === "sigmoid" ? logits.map((z) => 1 / (1 + Math.exp(-z))) : logits;
}

/** Throws where ours does not answer as the runtime. */
async function assertAsRuntime(
  shipped: ShippedModel,
  model: Model,
  output?: string,
): Promise<void> {
  const [{ shape }] = model.inputs as [Model["inputs"][number]];
  const x = wave(shape);
  const [expected] = await runtimeAnswers(shipped, [x], { shape, ...given({ output }) });
  const logits = await withTensors((room) => inferLogits(room, model, { count: 1, x, y: null }));
  const largest = Math.max(...expected!.map(Math.abs));
  assertClose(answered(model, logits), expected!, 1e-4 * Math.max(1, largest));
}

for (const name of ["antispoof", "emotion", "iris", "liveness"]) {
  Deno.test(`${name} of ${HUMAN.name} answers as in tfjs-converter`, async () => {
    const files = await filesOf(HUMAN);
    const shipped = shippedModel(files, `models/${name}.json`);
    const model = await readModelJson(shipped.json, (path) => files.get(`models/${path}`)!);
    await assertAsRuntime(shipped, model);
  });
}

for (
  const [name, output] of [
    ["facemesh", "Identity_2"],
    ["facemesh", "Identity_1"],
    ["blazeface", "Identity_1"],
    ["handlandmark-lite", "Identity_3"],
  ] as const
) {
  Deno.test(`${output} of ${name} answers as in tfjs-converter`, async () => {
    const files = await filesOf(HUMAN);
    const shipped = shippedModel(files, `models/${name}.json`);
    const shard = (path: string) => files.get(`models/${path}`)!;
    await assertAsRuntime(shipped, await readModelJson(shipped.json, shard, { output }), output);
  });
}

for (
  const [name, message] of [
    ["facemesh", /The model has 3 outputs \(/],
    ["handtrack", /The model has 8 outputs \(/],
    ["movenet-lightning", /Cannot read node ".+" \(\w+\): /],
  ] as const
) {
  Deno.test(`${name} of ${HUMAN.name} is refused by what it has`, async () => {
    const files = await filesOf(HUMAN);
    const { json } = shippedModel(files, `models/${name}.json`);
    await assert.rejects(readModelJson(json, (path) => files.get(`models/${path}`)!), message);
  });
}

for (const name of ["mobilenet_v2", "mobilenet_v2_mid"]) {
  Deno.test(`${name} of ${NSFW.name} answers as in tfjs`, async () => {
    const folder = `dist/models/${name}`;
    const files = await filesOf(NSFW);
    const shipped = bundledModel(files, folder);
    const shards = new Uint8Array(shipped.weightData);
    // All shards as one: where one begins is nothing that a weight depends on.
    let first = true;
    const model = await readModelJson(shipped.json, () => {
      const bytes = first ? shards : new Uint8Array();
      first = false;
      return bytes;
    });
    await assertAsRuntime(shipped, model);
  });
}

/** A recipe, the model in it, and what is made of pictures before it reads them. */
const recipes = {
  "face-emotion": {
    shape: [64, 64, 1],
    range: [-1, 1],
    count: 60,
    shipped: async () => shippedModel(await filesOf(HUMAN), "models/emotion.json"),
  },
  "face-liveness": {
    shape: [32, 32, 3],
    range: [0, 1],
    count: 200,
    shipped: async () => shippedModel(await filesOf(HUMAN), "models/liveness.json"),
  },
  "nsfw-mobilenet": {
    shape: [224, 224, 3],
    range: [0, 1],
    count: 24,
    shipped: async () => bundledModel(await filesOf(NSFW), "dist/models/mobilenet_v2"),
  },
} as const;

for (const [name, { shape, range, count, shipped }] of Object.entries(recipes)) {
  testWith(
    "cifar10-jpeg",
    `${name} agrees with its runtime, and as int8 as its recipe says`,
    async () => {
      const folder = await Deno.makeTempDir();
      try {
        const text = await Deno.readTextFile(
          new URL(`../fixtures/npm_models/${name}.yaml`, import.meta.url),
        );
        const classes = /classes: \[(.*)\]/.exec(text)![1]!.split(", ");
        const pictures = picturesOf(testData("cifar10-jpeg")!, count, shape);
        const samples = pictures.map(({ data }) => ranged(data, range));
        await writeLabelled(
          folder,
          pictures,
          await runtimeAnswers(await shipped(), samples, { shape }),
          classes,
        );
        await Deno.writeTextFile(`${folder}/${name}.yaml`, text);
        const run = await (await load(`${folder}/${name}.yaml`)).run({
          ...{ cache: `${folder}/cache`, out: `${folder}/out` },
        });
        assert.deepEqual(run.problems, []);
        assert.ok(run.ok, JSON.stringify(run.expect));
        const lock = await Deno.readTextFile(`${folder}/out/recipe.lock.json`);
        assert.match(
          lock,
          /"source": "npm:[^"]+@\d+\.\d+\.\d+\/[^"]+",\n\s+"sha256": "[\da-f]{64}"/,
        );
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  );
}
