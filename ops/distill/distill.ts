/** The op `distill`: a model learns from a teacher, and from labels if its loss has a term of them. */
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
import { assertFeatures } from "../learn/loss/assert_features.ts";
import { outputsKind } from "../learn/outputs.ts";
import { namesTeacher, readsTeacher, TEACHER_LOSS } from "../learn/terms/terms.ts";
import { assertNoPeers, assertTeacherOutputs, trainingFacts } from "../learn/training_facts.ts";
import {
  epochsText,
  neededParts,
  type Training,
  TRAINING_PARTS,
  type TrainingInputs,
  trainingProperties,
  undoesQuantization,
} from "../learn/training_fields.ts";

const [ofLabels, ofTeacher] = TEACHER_LOSS;

/** What a teacher says, compared by a term, and a little of the labels. */
const beside = (use: string) => [ofLabels, { use, weight: ofTeacher.weight }];

export const distill = defineOp({
  name: "distill",
  version: 2,
  summary: "Trains a model to answer as a teacher does",
  inputs: {
    model: input(modelKind, "The model that learns"),
    data: datasetInput(
      "The samples to learn from, and to choose epochs by",
      TRAINING_PARTS,
      { needed: neededParts },
    ),
    teacher: input(modelKind, "The teacher of the terms that name none", {
      optional: true,
      learned: true,
    }),
    outputs: input(outputsKind, "What the teacher said of the training samples, in its place", {
      optional: true,
    }),
  },
  output: modelKind,
  stage: { after: "replace" },
  makes: "distilled",
  learns: true,
  alsoCalled: ["kd", "distillation"],
  refusedAfter: [undoesQuantization],
  summaryOf: epochsText,
  changes: "model",
  random: true,
  params: Type.Object(trainingProperties([
    { ...ofLabels, smoothing: 0 },
    {
      ...ofTeacher,
      scale: "t-squared",
      divergence: "forward",
      "teacher_errors": "keep",
      standardize: "none",
    },
  ], {
    regression: beside("logits"),
    reconstruction: beside("output"),
    generation: ["output"],
  })),
  example: { epochs: 1, loss: [{ use: "soft-targets", temperature: 4 }] },
  facts(inputs, params) {
    assertReadsTeacher(params.loss);
    assertNoPeers(params.loss);
    assertTeachers(inputs, params);
    const facts = trainingFacts(inputs, params);
    assertTeacherOutputs(inputs, params.loss, inputs.data as DatasetFacts);
    assertFeatures(inputs, params);
    return facts;
  },
  async run({ model, data, teacher, outputs }, training, context) {
    const { trainModel } = await import("../learn/train_models.ts");
    return await trainModel({ model, data, training, teacher, outputs }, context);
  },
});

/** Throws where no term reads a teacher. */
function assertReadsTeacher(loss: Training["loss"]): void {
  if (loss.some(readsTeacher)) return;
  throw new ParameterError(
    "unknown-value",
    "loss",
    "`distill` learns from a teacher, and no term of its loss reads one",
    "loss: [{ use: labels, weight: 0.1 }, { use: soft-targets, weight: 0.9 }], or op: train",
  );
}

/** Throws where a term has no teacher, or two; where recorded outputs cannot stand for it; where it is untrained. */
function assertTeachers(inputs: TrainingInputs, { loss, augment }: Training): void {
  const { teacher, outputs } = inputs;
  if (teacher !== undefined && outputs !== undefined) {
    throw new ParameterError(
      "missing-input",
      "outputs",
      "`distill` takes a teacher or its recorded outputs, not both",
      "leave one of them out",
    );
  }
  if (outputs !== undefined && augment.length > 0) {
    throw new ParameterError(
      "unknown-value",
      "augment",
      `recorded outputs are of the samples as they are, and \`${augment[0]!.use}\` varies them`,
      "give teacher in place of outputs, or leave augment out",
    );
  }
  const missing = loss.findIndex((term) => readsTeacher(term) && !namesTeacher(term));
  if (missing >= 0 && teacher === undefined && outputs === undefined) {
    throw new ParameterError(
      "missing-input",
      `loss.${missing}`,
      `\`${loss[missing]!.use}\` needs a teacher, and there is none`,
      "teacher: …",
    );
  }
  const untrained = teacher as ModelFacts | undefined;
  if (untrained !== undefined && !untrained.learned) {
    throw new ParameterError("untrained", "teacher", "the teacher has random weights");
  }
}
