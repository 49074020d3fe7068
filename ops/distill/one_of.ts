/** Facts of a model that will be one of several: which, is known when they have learned. */
import type { ModelFacts } from "../../engine/op.ts";

/** Those of the first where all have one structure; else shapes are open, and what any established is. */
export function oneOf(models: readonly ModelFacts[]): ModelFacts {
  const [first, ...others] = models as readonly [ModelFacts, ...ModelFacts[]];
  const structure = ({ architecture }: ModelFacts) => JSON.stringify(architecture);
  const learned = models.every((each) => each.learned);
  if (others.every((other) => structure(other) === structure(first))) return { ...first, learned };
  const established = [...new Set(models.flatMap((each) => each.established))].sort();
  return { kind: "model", learned, established };
}
