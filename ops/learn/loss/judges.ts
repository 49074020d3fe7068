/** Third models in the room while a model learns: those that stay as they are, and critics that learn beside it. */
import type { Room } from "../../../engine/tensor/mod.ts";
import { part } from "../../data/dataset.ts";
import { forward } from "../../model/forward.ts";
import { weightTensors } from "../../model/infer.ts";
import type { Model } from "../../model/model.ts";
import { openCritic } from "./critic.ts";
import { type Court, judging, type OpenJudge, seenBy } from "./judging.ts";
import { auxiliaryName, discriminatorOf, type LossTerm } from "../terms/terms.ts";

/** The judge of one term; undefined where it asks nobody. The caller closes it, outside of any `tidy`. */
export function openJudge(
  room: Room,
  term: LossTerm,
  model: Model | undefined,
  court: Court,
): OpenJudge | undefined {
  if (auxiliaryName(term) === undefined) return undefined;
  if (model === undefined) throw new Error(`internal: nobody was asked for "${term.use}"`);
  if (model.quantization !== null) {
    throw new RangeError(
      `Cannot ask this model for \`${term.use}\`: it computes in integers, and no gradient flows through them`,
    );
  }
  const loss = discriminatorOf(term)?.loss;
  if (loss !== undefined) return openCritic(room, model, loss, court);
  const { weights, dispose } = weightTensors(room, model);
  const samples = part(court.data, "train");
  return {
    at: (batch) =>
      judging((outputs, taps) =>
        forward(room, model, weights, seenBy(room, model, samples, batch, outputs), {
          training: false,
          taps,
        })
      ),
    capture: () => ({}),
    close: dispose,
  };
}
