/** The metrics of the ops that come with Decant. */
import { metricsOf } from "../../engine/metrics.ts";
import { evaluate } from "../../ops/evaluate/evaluate.ts";
import { measure } from "../../ops/evaluate/measure.ts";

export const evaluated = evaluate.metrics!;
export const timed = measure.metrics!;
export const metrics = metricsOf([evaluate, measure]);
