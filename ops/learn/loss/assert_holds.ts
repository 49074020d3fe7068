/** Terms that hold a model's own weights down: the model must have such weights. */
import { ParameterError } from "../../../engine/op.ts";
import type { Architecture } from "../../model/model.ts";
import { type LossTerm, penalisedBy } from "../terms/terms.ts";

/** Throws a ParameterError where a term finds nothing to hold down; `path` is the term's. */
export function assertHolds(term: LossTerm, path: string, model: Architecture): void {
  const held = penalisedBy(term, model);
  if (held === undefined || held.layers.length > 0) return;
  const chosen = "layers" in term && term.layers !== undefined;
  throw new ParameterError(
    "selector-empty",
    chosen ? `${path}.layers` : path,
    `\`${term.use}\` needs ${held.needs}, and ${
      chosen ? "these selectors name none" : `this model (${model.family}) has none`
    }`,
    chosen ? "leave layers out: it holds all that it can" : "leave the term out",
  );
}
