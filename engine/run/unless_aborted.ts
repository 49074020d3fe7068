/** Waiting that a signal ends. */

/** Ms that leaving may take. */
const LEAVING = 500;

/** What `body` gives; the reason of the signal as soon as that is aborted and `leave` is done, or takes too long. */
export async function unlessAborted<T>(
  signal: AbortSignal,
  body: () => Promise<T>,
  leave: () => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    signal.throwIfAborted();
    const running = body();
    running.catch(() => {});
    return await Promise.race([running, aborted.promise]);
  } catch (error) {
    if (signal.aborted) {
      const late = new Promise((resolve) => setTimeout(resolve, LEAVING));
      await Promise.race([leave().catch(() => {}), late]);
    }
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
