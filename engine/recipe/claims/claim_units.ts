/** The units in which claims say numbers. */
import type { Dimension } from "../../metrics.ts";

/** A unit: its dimension, and how many of the dimension's base unit one of it is (fraction, byte, one, second). */
interface ClaimUnit {
  readonly dimension: Dimension;
  readonly size: number;
}

/** Units by name. `point` is a hundredth, said of a difference. */
export const units: Readonly<Record<string, ClaimUnit>> = {
  "%": { dimension: "fraction", size: 0.01 },
  point: { dimension: "fraction", size: 0.01 },
  points: { dimension: "fraction", size: 0.01 },
  B: { dimension: "bytes", size: 1 },
  kB: { dimension: "bytes", size: 1e3 },
  MB: { dimension: "bytes", size: 1e6 },
  KiB: { dimension: "bytes", size: 1024 },
  MiB: { dimension: "bytes", size: 1024 * 1024 },
  k: { dimension: "count", size: 1e3 },
  M: { dimension: "count", size: 1e6 },
  G: { dimension: "count", size: 1e9 },
  ms: { dimension: "time", size: 1e-3 },
  s: { dimension: "time", size: 1 },
  min: { dimension: "time", size: 60 },
  h: { dimension: "time", size: 3600 },
};
