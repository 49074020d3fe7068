/** The op `pick`: one model out of a cohort. */
import {
  ByType,
  type CohortFacts,
  type DatasetFacts,
  defineOp,
  input,
  type ModelFacts,
  OneOf,
  ParameterError,
  Type,
} from "../../engine/op.ts";
import { datasetInput } from "../data/dataset.ts";
import { modelKind } from "../model/kind.ts";
import { assertChoosable, cohortKind, factsOfOneOf } from "./cohort.ts";

export const pick = defineOp({
  name: "pick",
  version: 1,
  summary: "Takes one model out of a cohort",
  inputs: {
    cohort: input(cohortKind, "The models to choose from"),
    data: datasetInput(
      "The samples by which the best is chosen",
      ({ peer }) => peer === "best" ? ["validation"] : [],
    ),
  },
  output: modelKind,
  makes: "distilled",
  changes: "cohort",
  params: Type.Object({
    peer: ByType({
      number: Type.Integer({ minimum: 1, maximum: 1000, description: "Its number, from 1" }),
      string: OneOf(["best"], { description: "The best on validation, the first of equal ones" }),
    }, { description: "The model that is taken", default: "best" }),
  }),
  example: { peer: "best" },
  facts({ cohort, data }, { peer }): ModelFacts {
    if (peer === "best") assertChoosable(data as DatasetFacts | undefined, BEST);
    return factsOf((cohort as CohortFacts).peers, peer);
  },
  async run({ cohort: { models }, data }, { peer }, context) {
    if (peer !== "best") return models[peer - 1]!;
    const { validationScores } = await import("./validation_scores.ts");
    const scores = await validationScores(models, data, "the best peer", context);
    context.note("scores", scores);
    return models[scores.indexOf(Math.max(...scores))]!;
  },
});

const BEST = {
  field: "peer",
  what: "The best peer",
  help: "the peer that goes on by its name: in `mutual`, result: left; in a step, peer: 1",
} as const;

function factsOf(peers: readonly ModelFacts[], peer: "best" | number): ModelFacts {
  if (peer === "best") return factsOfOneOf(peers);
  const chosen = peers[peer - 1];
  if (chosen !== undefined) return chosen;
  const message = `there is no peer ${peer}: the cohort has ${peers.length}`;
  throw new ParameterError("unknown-name", "peer", message, "peer: best");
}
