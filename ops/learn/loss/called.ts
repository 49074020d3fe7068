/** What the terms of a loss name beside a teacher: third models, and data that hold what is real. */
import type { RunContext } from "../../../engine/op.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Model } from "../../model/model.ts";
import { reachWarning } from "./reach.ts";
import { auxiliaryName, discriminatorOf, type LossTerm } from "../terms/terms.ts";

/** One entry per term each. */
export interface Called {
  /** The third model that the term asks; undefined for a term that asks none. */
  readonly judges: readonly (Model | undefined)[];
  /** The data that the term takes for real; undefined for a term that takes none. */
  readonly reals: readonly (Dataset | undefined)[];
}

/** Fetches them. Warns where `models`, those that learn, cannot make values like the real ones. */
export async function called(
  loss: readonly LossTerm[],
  models: readonly Model[],
  { referenced, warn }: Pick<RunContext, "referenced" | "warn">,
): Promise<Called> {
  const judges: (Model | undefined)[] = [];
  const reals: (Dataset | undefined)[] = [];
  for (const [i, term] of loss.entries()) {
    const through = auxiliaryName(term);
    judges.push(through === undefined ? undefined : await referenced<Model>(through));
    const name = discriminatorOf(term)?.real;
    const real = name === undefined ? undefined : await referenced<Dataset>(name);
    reals.push(real);
    const sentence = real && reachWarning(`loss.${i}.real`, real, models);
    if (sentence !== undefined) warn(sentence);
  }
  return { judges, reals };
}
