/** Models that Keras itself saved, and its own answers: `tests/fixtures/keras`, whose scripts made them. */
import { gunzipSync } from "node:zlib";
import { readModelHere } from "../../../../ops/formats/read_model.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { runContext } from "../../run_context.ts";

const folder = new URL("../../../fixtures/keras/", import.meta.url);

/** What Keras answers: for each input of a model a batch of two, and what comes of them. */
interface Answers {
  readonly keras: string;
  readonly models: Readonly<
    Record<string, { readonly inputs: readonly number[][]; readonly outputs: readonly number[][] }>
  >;
}

/** All answers. */
export const answers: Answers = JSON.parse(
  Deno.readTextFileSync(new URL("answers.json", folder)),
);

/** The bytes of a file as Keras wrote it. */
export function savedBytes(file: string): Uint8Array {
  if (!file.endsWith(".h5")) return Deno.readFileSync(new URL(file, folder));
  return new Uint8Array(gunzipSync(Deno.readFileSync(new URL(`${file}.gz`, folder))));
}

/** The model that is read from a file. */
export async function savedModel(file: string): Promise<Model> {
  const context = runContext({ files: { [file]: savedBytes(file) } });
  return (await readModelHere("keras", file, context)).model;
}
