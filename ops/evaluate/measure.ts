/** The op `measure`: how long one inference takes on this machine. */
import { metricsKind } from "../../engine/metrics.ts";
import { defineOp, input, LARGEST, openFacts, ParameterError, Type } from "../../engine/op.ts";
import { modelKind } from "../model/kind.ts";
import { runtimeField, timedFormat } from "./runtimes.ts";

export const measure = defineOp({
  name: "measure",
  version: 2,
  summary: "Times a model's inference on this machine",
  inputs: {
    model: input(
      modelKind,
      "The model that is timed, on noise of its input shape, or token numbers",
    ),
  },
  output: metricsKind,
  metrics: [{ name: "latency", dimension: "time", better: "less" }],
  makes: ({ model }) => `${model}-speed`,
  params: Type.Object({
    in: Type.Optional(runtimeField),
    batch: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      default: 1,
      description: "The samples of one inference",
    }),
    repeats: Type.Integer({
      minimum: 1,
      maximum: LARGEST.epochs,
      default: 30,
      description: "The inferences timed, of which the median is kept",
    }),
  }),
  example: { repeats: 3 },
  volatile: true,
  fetches: ({ in: where }) => where && timedFormat(where)?.runtime.package,
  facts(_inputs, { in: where, batch }) {
    const most = where && timedFormat(where)?.runtime.batch;
    if (most !== undefined && batch > most) {
      throw new ParameterError(
        "out-of-range",
        "batch",
        `files for ${where!.use} answer one sample at a time`,
        "batch: 1",
      );
    }
    return openFacts("metrics");
  },
  async run({ model }, { in: where, batch, repeats }, context) {
    if (where === undefined) {
      const { quantile, timesOf } = await import("./latency.ts");
      const times = await timesOf(model, batch, repeats, context);
      return { latency: quantile(times, 0.5), metrics: {} };
    }
    const { latencyIn } = await import("./latency_in.ts");
    const asked = { in: where, batch, repeats };
    return { ...await latencyIn(model, asked, context), metrics: {} };
  },
});
