/** The name of a model as an artifact. */
import { canonicalBytes, type Digest, digestOf } from "../../engine/digest.ts";
import { modelKind } from "../../ops/model/kind.ts";
import type { Model } from "../../ops/model/model.ts";

/** The digest of the model's manifest. */
export function modelDigest(model: Model): Digest {
  return digestOf(canonicalBytes(modelKind.encode(model).manifest));
}
