/** Lets the event loop run now and then: signals, timers and progress are dead while kernels compute. */

const INTERVAL = 50;

/** A function that yields to the event loop when 50 ms have passed since it last did, and else returns at once. */
export function createBreath(): () => Promise<void> {
  let last = performance.now();
  return () => {
    if (performance.now() - last < INTERVAL) return Promise.resolve();
    return new Promise((resolve) =>
      setTimeout(() => {
        last = performance.now();
        resolve();
      }, 0)
    );
  };
}
