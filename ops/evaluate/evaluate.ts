/** The op `evaluate`: how good a model is, how large, and how often it answers as its reference does. */
import {
  type DatasetFacts,
  defineOp,
  input,
  ListOf,
  type ModelFacts,
  OneOf,
  ParameterError,
  Reference,
  Type,
} from "../../engine/op.ts";
import { hasAgreement, metricsKind } from "../../engine/metrics.ts";
import { answerMisfit, type Misfit } from "../learn/training_facts.ts";
import { datasetInput, factsOf } from "../data/dataset.ts";
import { usualFormatField } from "../formats/formats.ts";
import { modelKind } from "../model/kind.ts";
import { modelFacts } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { type FigureName, figures, suits, usualFigures } from "./figures.ts";
import { assertMade, isMade, type MadeFigure, madeFigures, makes, USUAL } from "./made_figures.ts";

const names = [...Object.keys(figures), ...madeFigures, "agreement"] as (
  | FigureName
  | MadeFigure
  | "agreement"
)[];

/** Why a model's answers cannot be held against labels: a head for other classes, as of a teacher whose layers alone are read. */
function misfitOf(model: ModelFacts, data: DatasetFacts): Misfit | undefined {
  return makes(data.task) ? undefined : answerMisfit(model, data);
}

export const evaluate = defineOp({
  name: "evaluate",
  version: 2,
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
        "The figures to measure; the task's own where absent (accuracy and loss, mae and loss, or output-error)",
    })),
    split: OneOf(["test", "validation", "train"], {
      default: "test",
      description: "The part of the data that judges",
    }),
    format: usualFormatField,
    through: Type.Optional(
      Reference("model", {
        description: "The model through whose features `frechet` compares what is made",
      }),
    ),
  }),
  example: {},
  facts({ model, data, reference, through }, { metrics, through: named }) {
    const task = (data as DatasetFacts | undefined)?.task;
    for (const [i, name] of (metrics ?? []).entries()) {
      const path = `metrics.${i}`;
      if (data === undefined) {
        throw new ParameterError(
          "missing-input",
          path,
          `\`${name}\` is measured on samples, and there are no data`,
        );
      }
      if (task === undefined) continue;
      if (isMade(name)) {
        const judge = through as ModelFacts | undefined;
        assertMade(name, path, data as DatasetFacts, judge, named !== undefined);
        continue;
      }
      if (name === "agreement" && hasAgreement(task)) {
        if (reference !== undefined) continue;
        throw new ParameterError(
          "missing-input",
          path,
          "`agreement` compares with a reference, and there is none",
        );
      }
      if (name !== "agreement" && suits(name, task)) continue;
      throw new ParameterError(
        "unknown-value",
        path,
        `\`${name}\` says nothing about ${task}`,
        `metrics: [${(makes(task) ? USUAL : usualFigures(task)).join(", ")}]`,
      );
    }
    const misfit = data && misfitOf(model as ModelFacts, data as DatasetFacts);
    return { kind: "metrics", ...misfit && { misfit } };
  },
  async run({ model, reference, data }, params, context) {
    const [{ sizesOf }, { qualityOf }] = await Promise.all([
      import("./sizes.ts"),
      import("./quality.ts"),
    ]);
    const sizes = await sizesOf(model, params.format);
    if (data === undefined) return { ...sizes, metrics: {} };
    const { metrics, split, through } = params;
    if (makes(data.meta.task)) {
      const { madeQuality } = await import("./made_quality.ts");
      const judge = through === undefined ? undefined : await context.referenced<Model>(through);
      const asked = metrics && { metrics: metrics.filter(isMade) };
      const subject = { model, reference, judge, data };
      return { ...sizes, ...await madeQuality(subject, { ...asked, split }, context) };
    }
    const asked = metrics && { metrics: metrics.filter((name) => !isMade(name)) };
    const facts = factsOf(data.meta);
    const unfit = (of: Model) => misfitOf(modelFacts(of, of), facts);
    const misfit = unfit(model);
    if (misfit !== undefined) {
      context.warn(`its answers are not measured: ${misfit.message}`);
      return { ...sizes, metrics: {} };
    }
    const peer = reference && unfit(reference) === undefined ? reference : undefined;
    return {
      ...sizes,
      ...await qualityOf({ model, reference: peer, data }, { ...asked, split }, context),
    };
  },
});
