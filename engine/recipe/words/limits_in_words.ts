/** Limits of a number as people say them. */
import type { CurveLimits } from "../../field.ts";

/** `above 0 and below 1`, `at least 1`, `from 0 to 1`; empty where there are none. */
export function limitsInWords(limits: CurveLimits): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = limits;
  if (minimum !== undefined && maximum !== undefined) return `from ${minimum} to ${maximum}`;
  const low = exclusiveMinimum !== undefined
    ? `above ${exclusiveMinimum}`
    : minimum !== undefined
    ? `at least ${minimum}`
    : "";
  const high = exclusiveMaximum !== undefined
    ? `below ${exclusiveMaximum}`
    : maximum !== undefined
    ? `at most ${maximum}`
    : "";
  return low !== "" && high !== "" ? `${low} and ${high}` : low + high;
}
