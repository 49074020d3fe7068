/** The `cohort` kind: models that learned beside one another, in the order of the students. */
import type { Digest, Json } from "../../engine/digest.ts";
import type { CohortFacts, DatasetFacts, ModelFacts } from "../../engine/facts.ts";
import type { Kind } from "../../engine/kind.ts";
import { ParameterError } from "../../engine/op.ts";
import { modelKind } from "../model/kind.ts";
import type { Model } from "../model/model.ts";

/** Models by number: names are for recipes, and are in no artifact. */
export interface Cohort {
  /** At least two. */
  readonly models: readonly Model[];
}

interface CohortManifest {
  readonly kind: "cohort";
  readonly models: readonly Json[];
}

/** Canonical form: the manifests of the models, one after another; models that share an array share its blob. */
export const cohortKind: Kind<Cohort> = {
  name: "cohort",
  encode({ models }) {
    const encoded = models.map((model) => modelKind.encode(model));
    const blobs = new Map<Digest, Uint8Array>(encoded.flatMap(({ blobs }) => [...blobs]));
    return {
      manifest: { kind: "cohort", models: encoded.map(({ manifest }) => manifest) },
      blobs,
      parts: {},
    };
  },
  async decode(manifest, read) {
    const models: Model[] = [];
    for (const each of (manifest as unknown as CohortManifest).models) {
      models.push(await modelKind.decode(each, read));
    }
    return { models };
  },
  facts: (manifest): CohortFacts => ({
    kind: "cohort",
    peers: (manifest as unknown as CohortManifest).models.map((each) =>
      modelKind.facts!(each) as CohortFacts["peers"][number]
    ),
  }),
};

/**
 * Facts of a model that will be one of several, which is known when they have learned: those of the first where all
 * have one structure; else shapes are open, and what any established is.
 */
export function factsOfOneOf(models: readonly ModelFacts[]): ModelFacts {
  const [first, ...others] = models as readonly [ModelFacts, ...ModelFacts[]];
  const structure = ({ architecture }: ModelFacts) => JSON.stringify(architecture);
  const learned = models.every((each) => each.learned);
  if (others.every((other) => structure(other) === structure(first))) return { ...first, learned };
  const established = [...new Set(models.flatMap((each) => each.established))].sort();
  return { kind: "model", learned, established };
}

/** Throws a ParameterError where models shall be chosen by validation samples that have no labels; `field` asks for it. */
export function assertChoosable(
  data: Partial<DatasetFacts> | undefined,
  { field, what, help }: { readonly field: string; readonly what: string; readonly help: string },
): void {
  const isLatent = data?.task === "generation";
  if (!isLatent && data?.task !== "reconstruction" && data?.labels !== "none") return;
  const why = data.labels === "none"
    ? "nobody has labelled the data (labels: none)"
    : `samples to ${isLatent ? "generate from" : "reconstruct"} have none`;
  throw new ParameterError(
    "unknown-value",
    field,
    `${what} is chosen by validation samples with labels, and ${why}`,
    help,
  );
}
