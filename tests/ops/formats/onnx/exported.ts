/** Models that PyTorch and scikit-learn exported, and their own answers: `tests/fixtures/onnx`, whose script made them. */
import { gunzipSync } from "node:zlib";
import { unzipSync } from "../../../../engine/deps/fflate.ts";

const folder = new URL("../../../fixtures/onnx/", import.meta.url);

/** What a batch of samples is answered: both one after another. */
interface Answer {
  readonly x: readonly number[];
  readonly shape: readonly number[];
  readonly y: readonly number[];
  readonly outputs: readonly number[];
}

/** Answers by the names of models. */
export const exported: Readonly<Record<string, Answer>> = JSON.parse(
  new TextDecoder().decode(gunzipSync(Deno.readFileSync(new URL("answers.json.gz", folder)))),
);

const files = unzipSync(Deno.readFileSync(new URL("models.zip", folder)));

/** The file of a model. */
export const exportedBytes = (name: string): Uint8Array => files[`${name}.onnx`]!;
