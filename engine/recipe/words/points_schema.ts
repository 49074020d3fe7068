/** The fields that say at which points a recipe is run, `sweep` and `search`, as they are written. */
import { ByType, ListOf, OneOf, type TSchema, Type } from "../../field.ts";

/** Values of one variable, and points of a sweep. */
export const MOST_POINTS = 10_000;

/** A value of a variable. */
const anyValue: TSchema = Type.Any({ description: "A value" });

/** The values of one variable, as they are written. */
export const domainSchema: TSchema = ByType({
  list: ListOf(anyValue, { description: "The values", minItems: 1 }),
  object: Type.Object({
    min: Type.Number({ description: "The first value" }),
    max: Type.Number({ description: "The value that is not passed" }),
    step: Type.Number({
      exclusiveMinimum: 0,
      description: "What is added each time; a factor with log",
    }),
    spacing: OneOf(["linear", "log"], { description: "How values follow", default: "linear" }),
  }, { description: "A range" }),
}, { description: "The values of one variable" });

/** The block `sweep` as it is written. */
export const sweepSchema: TSchema = Type.Object({
  over: ByType({
    object: Type.Record(Type.String(), domainSchema, {
      description: "Every combination of the values",
    }),
    list: ListOf(Type.Record(Type.String(), anyValue), {
      description: "Exactly these points",
      minItems: 1,
    }),
  }, { description: "The variables and the values that they take" }),
  pareto: ListOf(Type.String({ description: "A metric of a model: result.bytes" }), {
    description: "Metrics: points that none surpasses in all of them are marked",
    default: [],
  }),
}, { description: "Values of variables, all of which are run" });

/** The strategies of a search by name. */
export const strategyNames = ["random", "grid", "bisect", "tpe"] as const;

const metric = (description: string) => Type.Optional(Type.String({ description, maxLength: 200 }));

/** The block `search` as it is written. */
export const searchSchema: TSchema = Type.Object({
  over: Type.Record(Type.String(), domainSchema, {
    description: "The variables and the values that they may take",
  }),
  minimize: metric("The metric that is to be small: result.bytes"),
  maximize: metric("The metric that is to be large: result.accuracy"),
  where: ListOf(Type.String({ description: "A claim, read on validation", maxLength: 1000 }), {
    description: "What a point must satisfy to count",
    default: [],
  }),
  budget: Type.Object({
    trials: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MOST_POINTS, description: "The points that are tried" }),
    ),
    time: Type.Optional(
      Type.String({ description: "The time after which nothing new is begun: 20 min" }),
    ),
  }, { description: "Where it ends: at least one of the two" }),
  strategy: OneOf(strategyNames, {
    description: "How the next point is chosen",
    default: "random",
  }),
  batch: Type.Integer({
    minimum: 1,
    maximum: MOST_POINTS,
    default: 1,
    description: "The trials that `tpe` chooses at once, without the results of one another; " +
      "`--jobs` and `--queue` run them side by side",
  }),
}, { description: "Values of variables, of which the engine finds the best" });

/** These fields by name. */
export const pointFields = { sweep: sweepSchema, search: searchSchema } as const;
