/** Models of several uses, inputs and outputs that Keras itself saved: `tests/fixtures/keras/graphs`. */
import { gunzipSync } from "node:zlib";
import { unzipSync } from "../../../../engine/deps/fflate.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import type { AskedModel } from "../../../../ops/formats/asked.ts";
import { readModelHere } from "../../../../ops/formats/read_model.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { runContext } from "../../run_context.ts";

const folder = new URL("../../../fixtures/keras/graphs/", import.meta.url);
const files = unzipSync(Deno.readFileSync(new URL("graphs.zip", folder)));

interface Answered {
  readonly inputs: readonly number[][];
  readonly outputs: readonly number[][];
}

/** What Keras answers: for each input of a model a batch of two, and what comes of them. */
export const graphAnswers: Readonly<Record<string, Answered>> = JSON.parse(
  new TextDecoder().decode(gunzipSync(Deno.readFileSync(new URL("answers.json.gz", folder)))),
).models;

/** The bytes of a file as Keras wrote it. */
export const graphBytes = (file: string): Uint8Array => files[file]!;

/** The model that is read from `<name>.keras` or `<name>.h5`. */
export async function graphModel(file: string, asked: AskedModel = {}): Promise<Model> {
  const context = runContext({ files: { [file]: files[file]! } });
  return (await readModelHere("keras", { from: file, ...asked }, context)).model;
}

/** Its answers to two samples, those of all samples behind one another. */
export const answersTo = (model: Model, x: readonly number[]): Promise<Float32Array> =>
  withTensors((room) => inferLogits(room, model, { count: 2, x: Float32Array.from(x), y: null }));
