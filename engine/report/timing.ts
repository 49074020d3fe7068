/** How a latency reads: the median, how the times lie, and in what they were measured. */
import type { Metrics, Timing } from "../metrics.ts";
import { latencyText, wholeText } from "../quantity.ts";

/** `9.83 ms`, with its 10th and 90th percentile where they are known: `9.83 ms (9.61–10.4)`. */
export function latencyCell(
  { latency, timing }: Pick<Metrics, "latency" | "timing">,
): string | undefined {
  if (latency === undefined) return undefined;
  if (timing === undefined) return latencyText(latency);
  const [low, high] = [timing.low, timing.high].map((time) => latencyText(time).split(" ")[0]);
  return `${latencyText(latency)} (${low}–${high})`;
}

/** `13 of 15`: the operators that compute with integers, of those that compute. */
export function integersCell({ timing }: Pick<Metrics, "timing">): string | undefined {
  const { operators } = timing ?? {};
  return operators && `${operators.integer} of ${operators.all}`;
}

/** What latencies are, one sentence for each way in which some were measured. */
export function latencySentences(timings: readonly (Timing | undefined)[]): string[] {
  return [...new Set(timings.flatMap((timing) => timing === undefined ? [] : [sentence(timing)]))];
}

function sentence({ runtime, batch, threads, repeats }: Timing): string {
  return `latency = median (10th–90th percentile) of ${counted(repeats, "inference")} of ` +
    `${counted(batch, "sample")} in ${runtime}, on ${counted(threads, "thread")}.`;
}

const counted = (count: number, what: string): string =>
  `${wholeText(count)} ${what}${count === 1 ? "" : "s"}`;
