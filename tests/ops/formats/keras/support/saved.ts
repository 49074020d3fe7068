/** Models that Keras itself saved, and its own answers: `tests/fixtures/keras`, whose scripts made them. */
import { gunzipSync } from "node:zlib";
import { unzipSync } from "../../../../../engine/deps/fflate.ts";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import { inferLogits } from "../../../../../ops/model/infer.ts";
import { readModelHere } from "../../../../../ops/formats/read_model.ts";
import type { Model } from "../../../../../ops/model/model.ts";
import { assertClose } from "../../../../close.ts";
import { runContext } from "../../../run_context.ts";

const folder = new URL("../../../../fixtures/keras/", import.meta.url);

/** What Keras answers: for each input of a model a batch of two, and what comes of them. */
interface Answers {
  readonly models: Readonly<
    Record<string, { readonly inputs: readonly number[][]; readonly outputs: readonly number[][] }>
  >;
}

const answersIn = (file: string): Answers =>
  JSON.parse(new TextDecoder().decode(gunzipSync(Deno.readFileSync(new URL(file, folder)))));

/** All answers, of Keras 3 and of Keras 2. */
export const answers: Answers["models"] = {
  ...answersIn("answers.json.gz").models,
  ...answersIn("earlier.json.gz").models,
};

const layers = {
  ...unzipSync(Deno.readFileSync(new URL("layers.zip", folder))),
  ...unzipSync(Deno.readFileSync(new URL("earlier.zip", folder))),
};

/** The bytes of a file as Keras wrote it. */
export function savedBytes(file: string): Uint8Array {
  if (layers[file] !== undefined) return layers[file];
  if (!file.endsWith(".h5")) return Deno.readFileSync(new URL(file, folder));
  return new Uint8Array(gunzipSync(Deno.readFileSync(new URL(`${file}.gz`, folder))));
}

/** The model that is read from a file. */
export async function savedModel(file: string): Promise<Model> {
  const context = runContext({ files: { [file]: savedBytes(file) } });
  return (await readModelHere("keras", { from: file }, context)).model;
}

/** Names of the models of one class each that a pattern fits. */
export const singles = (pattern: RegExp): readonly string[] =>
  Object.keys(layers).map((file) => file.replace(/\.keras$/, "")).filter((name) =>
    pattern.test(name)
  );

/** Throws where a model that is read from `<name>.keras` does not answer as Keras does. */
export async function assertAnswers(name: string): Promise<Model> {
  const model = await savedModel(`${name}.keras`);
  const { inputs: [x], outputs: [y] } = answers[name]!;
  const logits = await withTensors((room) =>
    inferLogits(room, model, { count: 2, x: Float32Array.from(x!), y: null })
  );
  const found = model.head === "sigmoid" ? logits.map((z) => 1 / (1 + Math.exp(-z))) : logits;
  if (model.head === "softmax") throw new Error("it ends in a softmax");
  assertClose(found, y!, 1e-5);
  return model;
}
