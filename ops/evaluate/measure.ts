/** The op `measure`: how long one inference takes on this machine. */
import { metricsKind } from "../../engine/metrics.ts";
import { defineOp, input, LARGEST, Type } from "../../engine/op.ts";
import { modelKind } from "../model/kind.ts";

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
  async run({ model }, { batch, repeats }, context) {
    const { latencyOf } = await import("./latency.ts");
    return { latency: await latencyOf(model, batch, repeats, context), metrics: {} };
  },
});
