/** The op `distill`: a model learns from a teacher, and from labels if it listens to them too. */
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
import { assertInsides } from "../learn/loss/assert_insides.ts";
import { outputsKind } from "../learn/outputs.ts";
import { namesTeacher, readsTeacher } from "../learn/terms/terms.ts";
import {
  assertAlone,
  assertTaught,
  assertTeachersAnswer,
  trainingFacts,
  type TrainingInputs,
} from "../learn/training_facts.ts";
import {
  neededParts,
  type Training,
  TRAINING_PARTS,
  trainingProperties,
} from "../learn/training_fields.ts";

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
    teacher: input(modelKind, "The model whom terms listen to when they do not say", {
      optional: true,
    }),
    outputs: input(outputsKind, "What the teacher said of the training samples, in its place", {
      optional: true,
    }),
  },
  output: modelKind,
  changes: "model",
  keeps: ["zeros", "clusters", "channels", "replaced"],
  random: true,
  params: Type.Object(trainingProperties([
    { use: "labels", weight: 0.1, smoothing: 0 },
    {
      ...{ use: "soft-targets", weight: 0.9, temperature: 4, scale: "t-squared" } as const,
      ...{ divergence: "forward", teacher_errors: "keep", standardize: "none" } as const,
    },
  ])),
  example: { epochs: 1, loss: [{ use: "soft-targets", temperature: 4 }] },
  facts(inputs, params) {
    assertTaught(params.loss);
    assertAlone(params.loss);
    assertTeachers(inputs, params);
    const facts = trainingFacts(inputs, params);
    assertTeachersAnswer(inputs, params.loss, inputs.data as DatasetFacts);
    assertInsides(inputs, params);
    return facts;
  },
  async run({ model, data, teacher, outputs }, training, context) {
    const [{ withTensors }, { fit }, { called }, { hireTeachers }] = await Promise.all([
      import("../../engine/tensor/mod.ts"),
      import("../learn/loop.ts"),
      import("../learn/loss/called.ts"),
      import("../learn/loss/hire_teachers.ts"),
    ]);
    return await withTensors(async (room) => {
      const hired = await hireTeachers(room, data, training.loss, { teacher, outputs }, context);
      try {
        const { teachers } = hired;
        const others = await called(training.loss, [model], context);
        return await fit(room, { model, data, training, teachers, ...others }, context);
      } finally {
        hired.dispose();
      }
    }, { threads: context.threads });
  },
});

/** Throws where a term listens to nobody, or to two; where outputs cannot stand for what is seen; where widths differ. */
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
  const deaf = loss.findIndex((term) => readsTeacher(term) && !namesTeacher(term));
  if (deaf >= 0 && teacher === undefined && outputs === undefined) {
    throw new ParameterError(
      "missing-input",
      `loss.${deaf}`,
      `\`${loss[deaf]!.use}\` listens to a teacher, and there is none`,
      "teacher: …",
    );
  }
  const untrained = teacher as ModelFacts | undefined;
  if (untrained !== undefined && !untrained.learned) {
    throw new ParameterError("untrained", "teacher", "the teacher has random weights");
  }
}
