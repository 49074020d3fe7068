/** An entry of one's own that other threads can find. */
import { defineMetric } from "../../../engine/api/define.ts";

/** The answers. */
export const figure = defineMetric({
  name: "figure",
  version: 1,
  module: import.meta.url,
  dimension: "count",
  better: "more",
  tasks: ["classification"],
  of: ({ y }) => y.length,
});
