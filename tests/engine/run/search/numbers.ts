/** A language of numbers, small enough that the best point of every search is known by hand. */
import { evaluated } from "../../metrics.ts";
import { type Facts, input, OneOf, Type } from "../../../../engine/op.ts";
import { withOps } from "../../../../mod.ts";
import {
  defineOp,
  filesKind,
  memoryStore,
  type Metrics,
  metricsKind,
  type Recipe,
  type Run,
  type Store,
} from "../../../../mod.ts";
import { fakeOps, numberKind } from "../support/fake.ts";

/** What of a recipe of numbers may be said. */
export interface NumberOptions {
  readonly broken?: number;
  readonly seed?: number;
  readonly expect?: readonly string[];
}

type Value = Readonly<Record<string, unknown>>;

/** A recipe of numbers, and the names of the ops that ran, in order. */
export interface Numbers {
  readonly recipe: Recipe;
  readonly log: string[];
}

/**
 * The ops: `grow` makes m = n + amount + seed, and fails where n is `broken`; measured of m are bytes 1000 m and accuracy
 * 1 − 1 / (m + 10) on validation, 1 − 1 / (m + 9) on test.
 */
export function numberOps(log: string[] = [], broken?: number) {
  const { constant } = fakeOps(log);
  const facts = (): Facts => ({ kind: "model", learned: true, layers: [], established: [] });
  const grow = defineOp({
    name: "grow",
    version: 1,
    summary: "Adds, or fails",
    inputs: { number: input(numberKind, "Grows") },
    output: numberKind,
    changes: "number",
    numerics: "none",
    facts,
    effect: () => "grown",
    random: true,
    params: Type.Object({
      amount: Type.Number({ description: "How much" }),
      seed: Type.Optional(Type.Integer({ description: "What is added besides" })),
    }),
    example: { amount: 1, seed: 0 },
    run({ number }, { amount, seed = 0 }) {
      log.push("grow");
      if (number === broken) throw new Error(`${number} does not grow`);
      return number + amount + seed;
    },
  });
  const score = defineOp({
    name: "evaluate",
    version: 1,
    summary: "Measures a number",
    inputs: {
      model: input(numberKind, "Is measured"),
      data: input(numberKind, "Is what it is measured on"),
    },
    output: metricsKind,
    metrics: evaluated,
    numerics: "none",
    params: Type.Object({
      split: OneOf(["test", "validation"], { description: "Of the samples", default: "test" }),
    }),
    example: {},
    run({ model }, { split }): Metrics {
      log.push(`evaluate on ${split}`);
      return {
        bytes: { raw: 4000 * model, encoded: 1000 * model, gzip: 900 * model, format: "tfjs" },
        samples: 1000,
        accuracy: 1 - 1 / (model + (split === "test" ? 9 : 10)),
        metrics: {},
      };
    },
  });
  const write = defineOp({
    name: "export",
    version: 1,
    summary: "Writes a number",
    inputs: { model: input(numberKind, "Is written") },
    output: filesKind,
    numerics: "none",
    params: Type.Object({ use: Type.Literal("text", { default: "text", description: "How" }) }),
    example: { use: "text" },
    run({ model }) {
      log.push("export");
      return { "number.txt": new TextEncoder().encode(String(model)) };
    },
  });
  return [constant, grow, score, write] as const;
}

/** A recipe in which `n` is x and `m` is made from it, with what stands besides: a search, a sweep. */
export function numberRecipe(besides: Value, { seed = 0, expect = [] }: NumberOptions = {}): Value {
  return {
    name: "numbers",
    seed,
    variables: { x: 1, amount: 0 },
    steps: [
      { op: "constant", as: "samples", value: 1000 },
      { op: "constant", as: "n", value: "$x" },
      { op: "grow", as: "m", number: "n", amount: "$amount" },
      { op: "evaluate", as: "m-test", model: "m", data: "samples" },
      { op: "export", as: "export-text", model: "m", use: "text" },
    ],
    ...(expect.length > 0 && { expect }),
    ...besides,
  };
}

/** A search of numbers. */
export function numbers(search: Value, options: NumberOptions = {}): Numbers {
  const log: string[] = [];
  const { recipe } = withOps(numberOps(log, options.broken));
  return { log, recipe: recipe(numberRecipe({ search }, options) as never) };
}

/** Runs a search of numbers in a store. */
export function searchRun(
  { recipe }: Numbers,
  options: Parameters<Recipe["run"]>[0] = {},
  cache: Store = memoryStore(),
): Promise<Run> {
  return recipe.run({ cache, ...options });
}

/** The values that were tried, in order. */
export function triedBy({ report }: Run): unknown[] {
  return report.search!.trials.map(({ values }) => values);
}
