/** Models that others exported, and their own answers: `tests/fixtures/onnx`, whose scripts made them. */
import { gunzipSync } from "node:zlib";
import { unzipSync } from "../../../../../engine/deps/fflate.ts";

const folder = new URL("../../../../fixtures/onnx/", import.meta.url);

/** What a batch of samples is answered: both one after another. */
interface Answer {
  readonly x: readonly number[];
  readonly shape: readonly number[];
  readonly y: readonly number[];
  readonly outputs: readonly number[];
}

/** Archives of files, each with its answers. */
const ARCHIVES = [
  ["models.zip", "answers.json.gz"],
  ...["operators", "encoders", "quantized"].map((name) => [`${name}.zip`, `${name}.json.gz`]),
];

const bytesOf = (name: string) => Deno.readFileSync(new URL(name, folder));

/** Answers by the names of models. */
export const exported: Readonly<Record<string, Answer>> = Object.assign(
  {},
  ...ARCHIVES.map(([, answers]) =>
    JSON.parse(new TextDecoder().decode(gunzipSync(bytesOf(answers!))))
  ),
);

const files: Readonly<Record<string, Uint8Array>> = Object.assign(
  {},
  ...ARCHIVES.map(([archive]) => unzipSync(bytesOf(archive!))),
);

/** The file of a model. */
export const exportedBytes = (name: string): Uint8Array => files[`${name}.onnx`]!;

/** A file that a model names beside itself. */
export const besideBytes = (name: string): Uint8Array => files[name]!;

/** Extents of samples of files that leave them open. */
export const openSamples: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(
    ["bert_open", "bert_open_sdpa", "distilbert_sdpa", "sentence_unit"].map((name) => [name, [6]]),
  ),
  positions: [6, 4],
};
