/** The op `evaluate`: how good a model is, how large, and how often it answers as its reference does. */
import {
  type DatasetFacts,
  defineOp,
  input,
  ListOf,
  OneOf,
  ParameterError,
  Type,
} from "../../engine/op.ts";
import { metricsKind } from "../../engine/metrics.ts";
import { datasetInput } from "../data/dataset.ts";
import { formatField } from "../export/format_fields.ts";
import { modelKind } from "../model/kind.ts";
import { type FigureName, figures, suits, usualFigures } from "./figures.ts";

const names = [...Object.keys(figures), "agreement"] as (FigureName | "agreement")[];

export const evaluate = defineOp({
  name: "evaluate",
  version: 1,
  summary: "Measures a model on samples it has not learned from, and its size",
  inputs: {
    model: input(modelKind, "The model that is measured"),
    reference: input(modelKind, "The model it is compared with", { optional: true }),
    data: datasetInput(
      "The samples that judge; without them only sizes are measured",
      ({ split }) => [split],
      { optional: true },
    ),
  },
  output: metricsKind,
  params: Type.Object({
    metrics: Type.Optional(ListOf(OneOf(names, { description: "A figure" }), {
      description:
        "The figures to measure; the task's own where absent (accuracy and loss, or mae and loss)",
    })),
    split: OneOf(["test", "validation", "train"], {
      default: "test",
      description: "The part of the data that judges",
    }),
    format: { ...formatField, default: { use: "tfjs" } },
  }),
  example: {},
  facts({ data, reference }, { metrics }) {
    const task = (data as DatasetFacts | undefined)?.task;
    for (const [i, name] of (metrics ?? []).entries()) {
      const path = `metrics.${i}`;
      if (task === undefined) {
        throw new ParameterError(
          "missing-input",
          path,
          `\`${name}\` is measured on samples, and there are no data`,
        );
      }
      if (name === "agreement") {
        if (reference !== undefined) continue;
        throw new ParameterError(
          "missing-input",
          path,
          "`agreement` compares with a reference, and there is none",
        );
      }
      if (suits(name, task)) continue;
      throw new ParameterError(
        "unknown-value",
        path,
        `\`${name}\` says nothing about ${task}`,
        `metrics: [${usualFigures(task).join(", ")}]`,
      );
    }
    return { kind: "metrics" };
  },
  async run({ model, reference, data }, params, context) {
    const [{ sizesOf }, { qualityOf }] = await Promise.all([
      import("./sizes.ts"),
      import("./quality.ts"),
    ]);
    const sizes = await sizesOf(model, params.format);
    if (data === undefined) return { ...sizes, metrics: {} };
    return { ...sizes, ...await qualityOf({ model, reference, data }, params, context) };
  },
});
