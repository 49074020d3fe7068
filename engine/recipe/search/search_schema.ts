/** The block `search` as it is written. */
import { ListOf, OneOf, type TSchema, Type } from "../../field.ts";
import { domain, MOST_POINTS } from "../check/domain.ts";
import { strategyNames } from "./strategy.ts";

const metric = (description: string) => Type.Optional(Type.String({ description, maxLength: 200 }));

/** The schema. */
export const searchSchema: TSchema = Type.Object({
  over: Type.Record(Type.String(), domain, {
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
