/** The op `ensemble`: several models as one whose output is the mean of theirs. */
import { given } from "../../engine/given.ts";
import {
  defineOp,
  input,
  LARGEST,
  type ModelFacts,
  OneOf,
  ParameterError,
  Type,
} from "../../engine/op.ts";
import { modelKind } from "../model/kind.ts";
import { architectureOf, modelFacts } from "../model/layers.ts";
import { ensembled, ensembleOf, fractions } from "./ensembled.ts";

/**
 * A model whose logits are the weighted mean of its members', which makes its probabilities their weighted geometric
 * mean. With `average: probabilities` its logits are the logarithms of the weighted mean of their probabilities, of
 * which a softmax is that mean. It is a model like any other: a teacher, exported, trained on; there the shares of
 * logits learn too.
 */
export const ensemble = defineOp({
  name: "ensemble",
  version: 1,
  summary: "Combines models into one whose output is the mean of theirs",
  inputs: {
    models: input(modelKind, "The members: models of the same samples and classes", {
      many: true,
      learned: true,
    }),
  },
  output: modelKind,
  numerics: "none",
  params: Type.Object({
    shares: Type.Optional(Type.Array(
      Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: "The share of a member" }),
      {
        minItems: 1,
        maxItems: LARGEST.entries,
        description:
          "The share of each member, in their order; divided by their sum (default: all alike)",
      },
    )),
    average: OneOf(["logits", "probabilities"], {
      default: "logits",
      description:
        "What the mean is taken of: logits, or probabilities, whose logarithms are then the logits (classification)",
    }),
  }),
  example: { average: "logits" },
  facts(inputs, { shares, average }): ModelFacts {
    const members = inputs.models as readonly ModelFacts[];
    if (members.length < 2) {
      throw new ParameterError(
        "missing-input",
        "models",
        `an ensemble is two models or more, and this has ${members.length}`,
        "models: [left, right]",
      );
    }
    if (shares !== undefined && shares.length !== members.length) {
      throw new ParameterError(
        "out-of-range",
        "shares",
        `\`shares\` has one entry for each model: ${shares.length} for ${members.length}`,
      );
    }
    const quantized = members.findIndex(({ established }) => established.includes("format"));
    if (quantized >= 0) {
      throw new ParameterError(
        "order",
        `models.${quantized}`,
        "a quantized model has number formats of its own, and an ensemble has one",
        "make the ensemble first, then quantize it",
      );
    }
    const learned = members.every((each) => each.learned);
    const established = [...new Set(members.flatMap((each) => each.established))].sort();
    const structures = members.flatMap((each) => architectureOf(each) ?? []);
    if (structures.length < members.length) {
      return { kind: "model", learned, family: "ensemble", established };
    }
    if (average === "probabilities" && structures[0]!.head !== "softmax") {
      throw new ParameterError(
        "unknown-value",
        "average",
        "only classifiers have probabilities to average: what these models say is no softmax",
        "average: logits",
      );
    }
    const replaced = members.flatMap((each, k) =>
      each.replaced?.map((name) => `member${k + 1}.${name}`) ?? []
    ).sort();
    return {
      ...modelFacts(ensembleOf(structures, sharesOf(members, shares), average), {
        learned,
        established: {},
      }),
      established,
      ...given({ replaced: replaced.length > 0 ? replaced : undefined }),
    };
  },
  run: ({ models }, { shares, average }) => ensembled(models, sharesOf(models, shares), average),
});

function sharesOf(
  models: readonly unknown[],
  shares: readonly number[] | undefined,
): readonly number[] {
  return fractions(shares ?? models.map(() => 1));
}
