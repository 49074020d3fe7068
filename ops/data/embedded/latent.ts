/** Latent vectors, from which generators make samples. */
import { LARGEST, OneOf, Type } from "../../../engine/field.ts";
import { common } from "../common_fields.ts";
import { vectorNeed } from "../needs.ts";
import { embeddedSet } from "./embedded_set.ts";

export const latent = embeddedSet({
  name: "latent",
  fields: Type.Object({
    size: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      description: "The numbers in one vector",
    }),
    conditions: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      default: 1,
      description: "The classes that a generator can be asked for, all equally frequent",
    }),
    count: Type.Integer({
      minimum: 1,
      maximum: LARGEST.samples,
      description: "The vectors, before they are divided",
    }),
    task: OneOf(["generation"], {
      default: "generation",
      description: "The kind of answer: a sample",
    }),
    split: common.split,
    seed: common.seed,
  }, { description: "Standard normal vectors, drawn by the data's seed, for generators" }),
  facts({ size, conditions, task }) {
    const classes = conditionNames(conditions);
    return { kind: "dataset", task, input: [size], outputs: conditions, classes };
  },
  needs: ({ count, size }) => vectorNeed(count, size),
  async read(params) {
    const { drawLatent } = await import("./draw_latent.ts");
    const { makeDataset } = await import("../make_dataset.ts");
    const wishes = { split: params.split, seed: params.seed, normalize: { use: "none" } } as const;
    return makeDataset(drawLatent(params, conditionNames(params.conditions)), wishes, params.task);
  },
});

/** Names of conditions, in index order: their numbers. */
export function conditionNames(conditions: number): readonly string[] {
  return Array.from({ length: conditions }, (_, index) => `${index}`);
}
