/** Timers of what a test calls, which end at once: none of the time passes, and how long was waited is known. */

/**
 * How long a body waits, each time, in ms. The clock of `performance.now` stands still but for that. What runs beside the
 * body must not need timers.
 */
export async function waitsIn(
  body: (waits: readonly number[]) => Promise<void>,
): Promise<readonly number[]> {
  const { setTimeout: later } = globalThis;
  const { now } = performance;
  const waits: number[] = [];
  // Whole, so that sums of waits are what they would be worked out by hand.
  let time = Math.round(performance.now());
  const noted = (ended: () => void, ms: number) => {
    waits.push(ms);
    time += ms;
    return later(ended, 0);
  };
  globalThis.setTimeout = noted as unknown as typeof setTimeout;
  performance.now = () => time;
  try {
    await body(waits);
  } finally {
    globalThis.setTimeout = later;
    performance.now = now;
  }
  return waits;
}
