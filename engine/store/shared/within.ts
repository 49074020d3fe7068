/** Time limits on what comes over a network. */

/** The longest that a clock can be set for; more would be no time at all. */
const LONGEST = 2 ** 31 - 1;

/** Why a signal of `within` was aborted by the clock. */
export class Late extends Error {
  /** `ms` is how long nothing came. */
  constructor(readonly ms: number) {
    super(`nothing came for ${ms} ms`);
  }
}

/** A signal that is aborted as another is, or `ms` after it was last begun. */
export function within(ms: number, outer?: AbortSignal): Disposable & {
  readonly signal: AbortSignal;
  /** Starts the clock anew. */
  begin(): void;
  /** Resolves when the signal is aborted. */
  readonly over: Promise<void>;
} {
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout>;
  const begin = () => {
    clearTimeout(timer);
    timer = setTimeout(() => late.abort(new Late(ms)), Math.min(ms, LONGEST));
  };
  begin();
  const signal = outer === undefined ? late.signal : AbortSignal.any([outer, late.signal]);
  return {
    signal,
    begin,
    over: new Promise<void>((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve())
    ),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
