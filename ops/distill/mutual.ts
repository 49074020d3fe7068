/** The op `mutual`: models learn beside one another, each from the others (Zhang et al. 2018, arXiv 1706.00384). */
import {
  type CohortFacts,
  defineOp,
  input,
  type ModelFacts,
  OneOf,
  ParameterError,
  Type,
} from "../../engine/op.ts";
import { datasetInput } from "../data/dataset.ts";
import { modelKind } from "../model/kind.ts";
import { assertFeatures } from "../learn/loss/assert_features.ts";
import { reads } from "../learn/terms/terms.ts";
import { trainingFacts } from "../learn/training_facts.ts";
import {
  epochsText,
  neededParts,
  type Training,
  TRAINING_PARTS,
  type TrainingInputs,
  trainingProperties,
} from "../learn/training_fields.ts";
import { cohortKind } from "./cohort.ts";

export const mutual = defineOp({
  name: "mutual",
  version: 2,
  summary: "Trains models beside one another, each learning from the others",
  inputs: {
    students: input(modelKind, "The models that learn, two or more", { many: true }),
    data: datasetInput(
      "The samples to learn from, and to choose epochs by",
      TRAINING_PARTS,
      { needed: neededParts },
    ),
  },
  output: cohortKind,
  stage: { after: "distill", takenBy: "pick" },
  learns: true,
  summaryOf: epochsText,
  random: true,
  params: Type.Object({
    ...trainingProperties([
      { use: "labels", weight: 1, smoothing: 0 },
      { use: "peers", weight: 1, temperature: 1, target: "each" },
    ]),
    updates: OneOf(["alternate", "simultaneous"], {
      default: "alternate",
      description:
        "The answers that a model learns from: of peers that learned this batch already, or as all were before it",
    }),
  }),
  example: { epochs: 1, updates: "alternate" },
  facts(inputs, params): CohortFacts {
    const students = inputs.students as readonly ModelFacts[];
    if (students.length < 2) {
      throw new ParameterError(
        "missing-input",
        "students",
        `a cohort is two models or more, and this has ${students.length}`,
        "student: [{ as: left, … }, { as: right, … }]",
      );
    }
    assertReadsPeers(params.loss);
    const peers = students.map((model, k) => factsOf({ ...inputs, model }, params, k));
    return { kind: "cohort", peers };
  },
  async run({ students, data }, { updates, ...training }, context) {
    const { trainTogether } = await import("../learn/train_models.ts");
    return { models: await trainTogether({ models: students, data, training, updates }, context) };
  },
});

/** Facts of a student after it; what is wrong with it is said of its place among the students. */
function factsOf(inputs: TrainingInputs, training: Training, k: number): ModelFacts {
  try {
    const facts = trainingFacts(inputs, training);
    assertFeatures(inputs, training, { student: false, teacher: false });
    return facts;
  } catch (error) {
    if (!(error instanceof ParameterError) || error.path !== "model") throw error;
    throw new ParameterError(error.code, `students.${k}`, error.message, error.help);
  }
}

function assertReadsPeers(loss: Training["loss"]): void {
  if (loss.some((term) => reads(term, "peers"))) return;
  throw new ParameterError(
    "unknown-value",
    "loss",
    "`mutual` learns from peers, and no term of its loss reads them",
    "loss: [labels, peers]",
  );
}
