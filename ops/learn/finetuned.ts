/** A finetuning inside the stage whose constraint it keeps: one step with it. */
import type { RunContext, Static } from "../../engine/op.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { called } from "./loss/called.ts";
import type { Constraint } from "./constraint.ts";
import { fit } from "./loop.ts";
import { finetuneTraining } from "./finetune_facts.ts";
import type { trainingFields } from "./training_fields.ts";
import { hireTeachers } from "./loss/hire_teachers.ts";

/** The block as a stage holds it. */
export type Finetune = Static<typeof trainingFields>;

/** Trains under a constraint; terms listen to the teacher that the block names. `seed`: where the block has none. */
export function finetuned(
  model: Model,
  data: Dataset,
  finetune: Finetune,
  seed: number | undefined,
  context: RunContext,
  constraint?: Constraint,
): Promise<Model> {
  const training = finetuneTraining(finetune, seed);
  return withTensors(async (room) => {
    const teacher = finetune.teacher === undefined
      ? undefined
      : await context.referenced<Model>(finetune.teacher);
    const from = { teacher, outputs: undefined };
    const hired = await hireTeachers(room, data, training.loss, from, context);
    try {
      const others = await called(training.loss, [model], context);
      const lesson = {
        model,
        data,
        training,
        teachers: hired.teachers,
        field: "finetune",
        ...others,
      };
      return await fit(room, constraint ? { ...lesson, constraint } : lesson, context);
    } finally {
      hired.dispose();
    }
  }, { threads: context.threads });
}
