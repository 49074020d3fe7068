/** What a run would ask of a queue, as a plan shows it. */
import type { QueueOutlook } from "../../run/queue/outlook.ts";

/** An outlook as lines. */
export function outlookText(
  { address, steps, workers, others = 0, unreachable }: QueueOutlook,
): string {
  const { cached, fetched, asked, later, here } = steps;
  return [
    unreachable ?? `queue ${address}: ${workersText(workers, others)}`,
    `  recalled: ${cached} from the cache, ${fetched} from stores`,
    `  for workers: ${asked} at once${
      later === 0 ? "" : `, then ${later} that wait for others, unless they are recorded`
    }`,
    `  here: ${here}`,
    "",
  ].join("\n");
}

/** Who takes jobs; nobody knows where `workers` is undefined. */
export function workersText(workers: number | undefined, others: number): string {
  if (workers === undefined) return "the Redis does not say who is connected";
  const elsewhere = others === 0 ? "" : `, ${others} of other versions, which take none of these`;
  return `${workers} ${workers === 1 ? "worker" : "workers"} of this version${elsewhere}`;
}
