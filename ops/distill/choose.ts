/** The op `choose`: of some models the one whose accuracy is nearest a point between two others. */
import {
  type DatasetFacts,
  defineOp,
  input,
  type ModelFacts,
  ParameterError,
  Type,
} from "../../engine/op.ts";
import { datasetInput } from "../data/dataset.ts";
import { modelKind } from "../model/kind.ts";
import { assertChoosable, factsOfOneOf } from "./cohort.ts";

/**
 * With s(m) the validation accuracy of m (minus the squared error, where targets are numbers) and `between: [low,
 * high]`: the candidate with the least |s(candidate) − (s(low) + at · (s(high) − s(low)))|, the first of equal ones.
 * With `models` the one in its place is given instead. `assistant: auto` uses this: the best assistant is the one half
 * way between student and teacher in accuracy (Mirzadeh et al. 2020, arXiv 1902.03393, §4.2). It then learns from the
 * teacher, from its first weights on. What the candidates learned alone is for the choice and nothing else. Notes:
 * `choice`. Throws a RangeError where the data have no validation samples.
 */
export const choose = defineOp({
  name: "choose",
  version: 1,
  summary: "Takes the model whose validation accuracy is nearest a point between two others",
  inputs: {
    candidates: input(modelKind, "The models that are measured, to choose from", {
      many: true,
      learned: true,
    }),
    between: input(modelKind, "The two models between whose accuracies the point lies, low first", {
      many: true,
      learned: true,
    }),
    models: input(
      modelKind,
      "What is given in a candidate's place, in their order: the networks before they learned",
      { many: true, optional: true },
    ),
    data: datasetInput("The samples by which they are measured", ["validation"]),
  },
  output: modelKind,
  params: Type.Object({
    at: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: "The point between the two accuracies: 0 is the low one, 1 the high one",
    }),
  }),
  example: { at: 0.5 },
  facts(inputs): ModelFacts {
    const [candidates, between, models] = ["candidates", "between", "models"].map((name) =>
      inputs[name] as readonly ModelFacts[] | undefined
    );
    if (between!.length !== 2) {
      throw new ParameterError(
        "missing-input",
        "between",
        `\`between\` names two models, low and high; this names ${between!.length}`,
        "between: [student, teacher]",
      );
    }
    if (models !== undefined && models.length !== candidates!.length) {
      throw new ParameterError(
        "missing-input",
        "models",
        `\`models\` stand for the candidates one by one: ${models.length} for ${
          candidates!.length
        }`,
        "as many, in the same order, or leave it out",
      );
    }
    assertChoosable(inputs.data as DatasetFacts | undefined, {
      field: "data",
      what: "The assistant",
      help: "name one: assistant: { use: ... }",
    });
    return factsOfOneOf(models ?? candidates!);
  },
  async run({ candidates, between, models, data }, { at }, context) {
    const { validationScores } = await import("./validation_scores.ts");
    const all = [...candidates, ...between];
    const found = await validationScores(all, data, "between models", context);
    const scores = found.slice(0, candidates.length);
    const [low, high] = found.slice(candidates.length) as [number, number];
    const { point, nearest } = nearestPoint(scores, [low, high], at);
    context.note("choice", { candidates: scores, low, high, point, chosen: nearest + 1 });
    if (low >= high) {
      context.warn(
        "The low end is as good as the high one already: what lies between them may help nobody",
      );
    }
    return (models ?? candidates)[nearest]!;
  },
});

/** A point between two scores, and the position of the score nearest to it; the first of equally near ones. */
export function nearestPoint(
  scores: readonly number[],
  [low, high]: readonly [low: number, high: number],
  at: number,
): { readonly point: number; readonly nearest: number } {
  const point = low + at * (high - low);
  const distances = scores.map((score) => Math.abs(score - point));
  return { point, nearest: distances.indexOf(Math.min(...distances)) };
}
