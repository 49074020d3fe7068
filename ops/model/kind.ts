/** The `model` kind: canonical bytes of a model, and what must hold from one step to the next (design §5). */
import type { Json } from "../../engine/digest.ts";
import type { Kind } from "../../engine/kind.ts";
import { packArrays, unpackArrays } from "../../engine/pack.ts";
import { assertSound } from "./sound.ts";
import { modelFacts } from "./layers.ts";
import { brokenPromise } from "./established.ts";
import { type Architecture, type Model, structureOf } from "./model.ts";
import { storedWeights, type WeightRows, weightsStored } from "./stored_weights.ts";

interface Manifest extends Architecture, Pick<Model, (typeof STATE)[number]> {
  readonly kind: "model";
  readonly weights: WeightRows;
  readonly table: Json;
}

const STATE = ["preprocess", "classes", "established", "learned", "quantization"] as const;

/**
 * Canonical form: structure and state as JSON; weights, scales, zero points, centroids and masks as arrays of the
 * table, `<layer>/<role>` and `<layer>/<role>#scale` …. Layer names are part of a model, weight order is not.
 */
export const modelKind: Kind<Model> = {
  name: "model",
  encode(model) {
    assertSound(model);
    const { rows, arrays } = storedWeights(model.weights);
    const { table, blobs } = packArrays(arrays);
    const state = Object.fromEntries(STATE.map((field) => [field, model[field]]));
    const manifest = { kind: "model", ...structureOf(model), ...state, weights: rows, table };
    return { manifest: manifest as unknown as Json, blobs, parts: {} };
  },
  async decode(manifest, read) {
    const { kind: _kind, weights: rows, table, ...rest } = manifest as unknown as Manifest;
    const arrays = await unpackArrays(table, read);
    return { ...rest, weights: weightsStored(rows, arrays) };
  },
  holds: brokenPromise,
  facts: (manifest) => {
    const model = manifest as unknown as Manifest;
    return modelFacts(model, model);
  },
  predict: async (model, batch, options) =>
    (await import("./predict.ts")).predict(model, batch, options),
  async files(model) {
    const { encodeFiles, usualFormat } = await import("../export/encode_files.ts");
    return await encodeFiles(model, usualFormat);
  },
};
