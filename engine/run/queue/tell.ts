/** What a worker tells of a job on its way, not too often, and nothing that piles up while the queue is gone. */
import type { TaskProgress } from "../task.ts";
import type { Told } from "./job.ts";

/** Least ms between two tellings of how far a job is. */
const PAUSE = 250;

/** A function that passes on what happens to a job: what it is, at once; how far, the last alone. */
export function teller(
  send: (told: Told) => Promise<unknown>,
  host: string,
): (progress: TaskProgress) => void {
  const waiting: Told[] = [];
  let sending = false;
  const drain = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      // A job that is gone has nobody who listens.
      await send(next).catch(() => {});
      if (next.type !== "progress") continue;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    sending = false;
  };
  return (progress) => {
    const last = waiting.at(-1);
    if (last?.type === "progress" && progress.type === "progress") waiting.pop();
    waiting.push({ ...progress, host });
    void drain();
  };
}
