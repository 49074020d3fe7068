/** How much the samples of each class count in a loss: said in numbers, or found from how many samples it has. */
import { ByType, ListOf, OneOf, type Static, Type } from "../../../../engine/field.ts";
import type { DatasetFacts } from "../../../../engine/op.ts";
import { type Dataset, part } from "../../../data/dataset.ts";
import type { ClassCounts, TermRefusal } from "../term.ts";

const factor = Type.Number({ minimum: 0, description: "The factor of a class" });

/** The field. */
export const classWeightsField = ByType({
  string: OneOf(["balanced"], { description: "So that all classes count alike" }),
  list: ListOf(factor, { description: "One factor for each class, in order", minItems: 1 }),
  object: Type.Record(Type.String(), factor, { description: "Factors by class; 1 of the others" }),
}, {
  description:
    "The factor of each sample's loss by its class, for classes of very different sizes: `balanced` is samples / " +
    "(classes · samples of the class); else factors in the order of the classes, or by name (default: 1 of each)",
});

/** As recipes say it. */
export type ClassWeights = Static<typeof classWeightsField>;

/** Counts the training samples of each class; undefined where answers are no classes. */
export function classCounts(data: Dataset): ClassCounts | undefined {
  const { y } = part(data, "train");
  const { task, classes, outputs } = data.meta;
  if (task !== "classification" || !(y instanceof Int32Array)) return undefined;
  const counts = new Array<number>(outputs).fill(0);
  for (const label of y) counts[label]!++;
  return { names: classes, counts };
}

/**
 * The factor of each class. `balanced` is n / (K nₖ) (King & Zeng 2001, as scikit-learn and Keras's users have it): over
 * all samples the factors have the mean 1. A class without training samples gets 0.
 */
export function weightOfClasses(said: ClassWeights, { names, counts }: ClassCounts): number[] {
  if (typeof said !== "string") {
    return Array.isArray(said)
      ? [...said]
      : names.map((name) => (said as Readonly<Record<string, number>>)[name] ?? 1);
  }
  const all = counts.reduce((sum, each) => sum + each, 0);
  const there = counts.filter((each) => each > 0).length;
  return counts.map((each) => each === 0 ? 0 : all / (there * each));
}

/** Why these factors are none of these data; undefined where they are, or where too little is known. */
export function classWeightsRefusal(
  said: ClassWeights,
  { task, classes, outputs }: DatasetFacts,
): TermRefusal | undefined {
  const field = "class_weights";
  if (task !== undefined && task !== "classification") {
    return {
      field,
      message: `class weights are of samples that have a class, and the task is ${task}`,
      help: `leave ${field} out`,
    };
  }
  if (Array.isArray(said)) {
    if (outputs === undefined || outputs === said.length) return undefined;
    return {
      field,
      message: `there are ${outputs} classes, and these are ${said.length} factors`,
      help: "one for each class, or balanced, or some by name: { spam: 5 }",
    };
  }
  if (typeof said === "string" || classes === undefined) return undefined;
  const unknown = Object.keys(said).find((name) => !classes.includes(name));
  return unknown === undefined ? undefined : {
    field,
    message: `the data have no class "${unknown}"`,
    help: `the classes are ${classes.slice(0, 20).join(", ")}${classes.length > 20 ? ", …" : ""}`,
  };
}
