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
  type Task,
  Type,
} from "../../engine/op.ts";
import { given } from "../../engine/given.ts";
import { metricsKind } from "../../engine/metrics.ts";
import { answerMisfit, type Misfit } from "../learn/training_facts.ts";
import { datasetInput, factsOf } from "../data/dataset.ts";
import { assertHeld, usualFormatField } from "../formats/formats.ts";
import { modelKind } from "../model/kind.ts";
import { modelFacts } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import {
  makes,
  type MetricName,
  metricNamed,
  metrics,
  sizeMetrics,
  suits,
  usualNames,
} from "./metrics.ts";
import type { EvaluatedMetric } from "./metric_rows.ts";

const names = metrics.map(({ name }) => name);

/** Why a model's answers cannot be held against labels: a head for other classes, as of a teacher whose layers alone are read. */
function misfitOf(model: ModelFacts, data: DatasetFacts): Misfit | undefined {
  return makes(data.task) ? undefined : answerMisfit(model, data);
}

export const evaluate = defineOp({
  name: "evaluate",
  version: 2,
  summary: "Measures a model on samples it has not learned from, and its size",
  inputs: {
    model: input(modelKind, "The model that is measured", { learned: true }),
    reference: input(modelKind, "The model it is compared with", {
      optional: true,
      learned: true,
    }),
    data: datasetInput(
      "The samples it is measured on; without them only sizes are measured",
      ({ split }) => [split],
      { optional: true },
    ),
  },
  output: metricsKind,
  metrics: [...metrics, ...sizeMetrics],
  makes: ({ model }) => `${model}-test`,
  alsoCalled: ["metrics", "evaluators"],
  params: Type.Object({
    metrics: Type.Optional(
      ListOf(OneOf(names, { description: "A figure", own: { list: "metrics" } }), {
        description:
          "The figures to measure; the task's own where absent (accuracy and loss, of several labels f1-micro and loss, mae and loss, or output-error)",
      }),
    ),
    split: OneOf(["test", "validation", "train"], {
      default: "test",
      description: "The part of the data that is measured on",
    }),
    format: usualFormatField,
    through: Type.Optional(
      Reference("model", {
        description: "The model through whose features `frechet` compares what is made",
      }),
    ),
  }),
  example: {},
  facts({ model, data, reference, through }, params) {
    const { metrics, format, through: named } = params;
    assertHeld(model as ModelFacts, format, "format");
    const { task, labels, test } = (data ?? {}) as Partial<DatasetFacts>;
    if (params.split === "test" && test === "none") {
      throw new ParameterError(
        "out-of-range",
        "split",
        "there are no test samples to measure on",
        "data: { split: { test: 0.2 } }; or in evaluate, split: validation",
      );
    }
    const looks = { named: named !== undefined, facts: through as ModelFacts | undefined };
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
      const row = metricNamed(name, params);
      if (labels === "none" && !makes(task) && name !== "agreement") {
        throw new ParameterError(
          "missing-input",
          path,
          `\`${name}\` holds answers against labels, and nobody has labelled the data (labels: none)`,
          "data with labels, or metrics: [agreement]",
        );
      }
      if (!suits(row, task)) throw unsuited(row, path, task);
      if (row.through) assertLooks(name, path, looks);
      if (name === "agreement" && reference === undefined) {
        throw new ParameterError(
          "missing-input",
          path,
          "`agreement` compares with a reference, and there is none",
        );
      }
    }
    const misfit = data && misfitOf(model as ModelFacts, data as DatasetFacts);
    return { kind: "metrics", ...given({ misfit }) };
  },
  async run({ model, reference, data }, params, context) {
    const [{ sizesOf }, { qualityOf }] = await Promise.all([
      import("./sizes.ts"),
      import("./quality.ts"),
    ]);
    const sizes = await sizesOf(model, params.format);
    if (data === undefined) return { ...sizes, metrics: {} };
    const { split, through } = params;
    const metrics = params.metrics?.map((name) => metricNamed(name, params));
    if (makes(data.meta.task)) {
      const { madeQuality } = await import("./made_quality.ts");
      const looks = through === undefined ? undefined : await context.referenced<Model>(through);
      const subject = { model, reference, through: looks, data };
      return { ...sizes, ...await madeQuality(subject, given({ metrics, split }), context) };
    }
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
      ...await qualityOf({ model, reference: peer, data }, given({ metrics, split }), context),
    };
  },
});

/** A metric that says nothing of these data. */
function unsuited(
  { name, ofMade }: EvaluatedMetric,
  path: string,
  task: Task,
): ParameterError {
  return makes(task) || ofMade === undefined
    ? new ParameterError(
      "unknown-value",
      path,
      `\`${name}\` says nothing about ${task}`,
      `metrics: [${usualNames(task).join(", ")}]`,
    )
    : new ParameterError(
      "unknown-value",
      path,
      `\`${name}\` is of what a model makes, and says nothing about ${task}`,
      "data: { task: reconstruction }",
    );
}

/** Throws a ParameterError where the model through which a metric looks cannot be asked; `facts`: what is known of it. */
function assertLooks(
  name: MetricName,
  path: string,
  { named, facts }: { readonly named: boolean; readonly facts: ModelFacts | undefined },
): void {
  if (!named) {
    throw new ParameterError(
      "missing-parameter",
      path,
      `\`${name}\` looks at what is made through a model, and none is named`,
      "through: classifier",
    );
  }
  if (facts === undefined) return;
  if (!facts.learned) {
    throw new ParameterError("untrained", "through", "nothing has trained the model that looks");
  }
  if (facts.established.includes("format")) {
    throw new ParameterError(
      "order",
      "through",
      `\`${name}\` looks inside the model it asks, and between the layers of a quantized one there are integers`,
      "name the model that was quantized",
    );
  }
}
