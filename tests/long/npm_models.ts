/** Models that npm packages ship, with the answers of the runtime that each is for. */
import { encodePng } from "../../engine/deps/fast_png.ts";
import { loadTfLayers } from "../../engine/deps/tfjs_layers.ts";
import { packageFiles } from "../../engine/graph/sources/package.ts";
import { sizeOf } from "../../engine/shape.ts";
import { type Tensor, withTensors } from "../../engine/tensor/mod.ts";
import { resizePicture } from "../../ops/data/images/resize.ts";
import { gunzipSync } from "node:zlib";
import { loadTfConverter } from "../deps.ts";

/** Files of a package by path. */
export type Package = ReadonlyMap<string, Uint8Array>;

/** A package at its version. */
export const packageOf = (name: string, version: string): Promise<Package> =>
  packageFiles({ name, version });

/** What a `model.json` says, and its shards' bytes together. */
export interface ShippedModel {
  // deno-lint-ignore no-explicit-any -- as the runtimes take it
  readonly json: any;
  readonly weightData: ArrayBuffer;
}

/** A model of a package in JSON and bytes. */
export function shippedModel(files: Package, path: string): ShippedModel {
  const folder = path.replace(/[^/]*$/, "");
  const json = JSON.parse(new TextDecoder().decode(files.get(path)));
  return { json, weightData: joined(json, (shard) => files.get(`${folder}${shard}`)!) };
}

/** A model of a package in modules of JavaScript, which run here as whoever imports the package runs them. */
export function bundledModel(files: Package, folder: string): ShippedModel {
  const exported = (name: string): unknown => {
    const module = { exports: {} };
    const text = new TextDecoder().decode(files.get(`${folder}/${name}.min.js`));
    new Function("module", "exports", text)(module, module.exports);
    return module.exports;
  };
  const json = exported("model") as ShippedModel["json"];
  return {
    json,
    weightData: joined(json, (shard) => Uint8Array.fromBase64(exported(shard) as string)),
  };
}

function joined(json: ShippedModel["json"], shard: (path: string) => Uint8Array): ArrayBuffer {
  const parts = json.weightsManifest.flatMap(({ paths }: { readonly paths: string[] }) =>
    paths.map(shard)
  ) as Uint8Array[];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}

/** The answers of stock tfjs to samples, one by one: of an output of a graph-model by tfjs-converter, else by tfjs-layers. */
export async function runtimeAnswers(
  { json, weightData }: ShippedModel,
  samples: readonly Float32Array[],
  { shape, output }: { readonly shape: readonly number[]; readonly output?: string },
): Promise<readonly Float32Array[]> {
  const { modelTopology, weightsManifest, format, signature, userDefinedMetadata } = json;
  const weightSpecs = weightsManifest.flatMap(({ weights }: { readonly weights: [] }) => weights);
  const artifacts = {
    modelTopology,
    weightSpecs,
    weightData,
    format,
    signature,
    userDefinedMetadata,
  };
  return await withTensors(async ({ tf }) => {
    const before = tf.getBackend();
    tf.env().set("PROD", true);
    await tf.setBackend("cpu");
    try {
      const source = tf.io.fromMemory(artifacts);
      const layers = modelTopology.node === undefined
        ? await (await loadTfLayers()).loadLayersModel(source)
        : undefined;
      const graph = layers ? undefined : await (await loadTfConverter()).loadGraphModel(source);
      const answers = samples.map((x) => {
        const input = tf.tensor(x, [1, ...shape]);
        const left = (layers?.predict(input) ?? graph!.execute(input, output)) as Tensor;
        const answer = Float32Array.from(left.dataSync());
        for (const each of [input, left]) each.dispose();
        return answer;
      });
      (layers ?? graph!).dispose();
      return answers;
    } finally {
      await tf.setBackend(before);
    }
  });
}

/** So many pictures of CIFAR's test set, in another size, grey where there is one channel. */
export function picturesOf(folder: string, count: number, shape: readonly number[]) {
  const [height, width, channels] = shape as [number, number, 1 | 3];
  const records = gunzipSync(Deno.readFileSync(`${folder}/test.bin.gz`));
  return Array.from({ length: count }, (_, at) => {
    const pixels = records.subarray(at * RECORD + 1, (at + 1) * RECORD);
    const plane = (p: number, c: number) => pixels[c * SIDE * SIDE + p]!;
    const data = Uint8Array.from(
      { length: SIDE * SIDE * channels },
      (_, i) =>
        channels === 3
          ? plane(Math.floor(i / 3), i % 3)
          : Math.round((plane(i, 0) + plane(i, 1) + plane(i, 2)) / 3),
    );
    return resizePicture({ height: SIDE, width: SIDE, channels, data }, [height, width]);
  });
}

const SIDE = 32;
const RECORD = 1 + 3 * SIDE * SIDE;

/** The pixels of a picture between two numbers. */
export const ranged = (data: Uint8Array, [low, high]: readonly [number, number]): Float32Array =>
  Float32Array.from(data, (value) => low + (high - low) * value / 255);

/** Writes pictures into a folder for each class, as the runtime's best answer says. Classes of fewer than four are left out. */
export async function writeLabelled(
  folder: string,
  pictures: ReturnType<typeof picturesOf>,
  answers: readonly Float32Array[],
  classes: readonly string[],
): Promise<void> {
  const best = answers.map((answer) => answer.indexOf(Math.max(...answer)));
  for (const [at, picture] of pictures.entries()) {
    if (best.filter((each) => each === best[at]).length < 4) continue;
    const name = classes[best[at]!]!;
    await Deno.mkdir(`${folder}/pictures/${name}`, { recursive: true });
    const { width, height, channels, data } = picture;
    const file = encodePng({ width, height, channels, data });
    await Deno.writeFile(`${folder}/pictures/${name}/${at}.png`, file);
  }
}

/** Numbers unlike one another, as many as a shape has. */
export const wave = (shape: readonly number[]): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, at) => (Math.sin(at * 1.7) + 1) / 2);
