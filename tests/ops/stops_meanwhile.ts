/** Whether work in a room lets others have their turn. */
import assert from "node:assert/strict";

/**
 * Asserts that work stops at a signal that comes from a timer, which is set when the work calls `begun`. The clock runs so
 * fast that the room lets the event loop run whenever it is asked to.
 */
export async function assertStopsMeanwhile(
  work: (signal: AbortSignal, begun: () => void) => Promise<unknown>,
): Promise<void> {
  const real = performance.now;
  const stop = new AbortController();
  const timers: ReturnType<typeof setTimeout>[] = [];
  const begun = () => {
    if (timers.length === 0) timers.push(setTimeout(() => stop.abort(new Error("enough")), 0));
  };
  let at = 0;
  performance.now = () => at += 1000;
  try {
    await assert.rejects(work(stop.signal, begun), /enough/);
  } finally {
    performance.now = real;
    for (const timer of timers) clearTimeout(timer);
  }
}
