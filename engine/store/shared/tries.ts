/**
 * Limited patience with one shared store: what fails is tried again a few times, and a store that does not answer, or
 * lies again and again, is asked no more.
 */
import { RemoteError } from "./http_cache.ts";
import type { Slots } from "./slots.ts";
import { within } from "./within.ts";

/** A store that has given so many entries that are not what they are called is asked no more. */
const MOST_LIES = 3;

/** How much patience there is. */
export interface TriesOptions {
  /** How often an entry is asked for. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; before the third twice as many. */
  readonly pause: number;
  /** Milliseconds after which a store that was given up is asked again. Default: never. */
  readonly rest?: number | undefined;
  /** What is under way at once. */
  readonly slots: Slots;
  /** Told, in a sentence, what could not be had. */
  readonly notice: (sentence: string) => void;
}

/** What is done with a store: a store that takes nothing may still be asked. */
type Doing = "reading" | "writing";

/** The patience with a store. */
export interface Tries {
  /** What `work` gives, where it throws no RemoteError again and again; undefined where it is not to be had. */
  tried<T>(
    doing: Doing,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T | undefined>;
  /** Whether there is none left. */
  left(doing: Doing): boolean;
}

/** All patience that there is. */
export function triesOf({ attempts, pause, rest, slots, notice }: TriesOptions): Tries {
  /** When it was given up. */
  const over: Partial<Record<Doing, number>> = {};
  const isOver = (doing: Doing): boolean => {
    const since = over[doing];
    return since !== undefined && !(rest !== undefined && performance.now() - since >= rest);
  };
  let lies = 0;
  const givenUp = ({ message, what }: RemoteError, doing: Doing): void => {
    if (isOver(doing)) return;
    if (what === "lied") lies++;
    const again = over[doing] !== undefined;
    if (what !== "lied" || lies >= MOST_LIES) over[doing] = performance.now();
    // That it does not answer is said once, however often it is asked.
    if (again) return;
    const then = over[doing] === undefined
      ? "it is not used"
      : rest !== undefined
      ? "it is asked again from time to time"
      : doing === "reading"
      ? "this store is asked no more"
      : "no more is published there";
    notice(`${message}; ${then}`);
  };
  return {
    left: isOver,
    async tried<T>(
      doing: Doing,
      signal: AbortSignal | undefined,
      work: () => Promise<T>,
    ): Promise<T | undefined> {
      for (let attempt = 1; !isOver(doing); attempt++) {
        try {
          const done = await slots.held(work);
          if (rest !== undefined) delete over[doing];
          return done;
        } catch (error) {
          signal?.throwIfAborted();
          if (!(error instanceof RemoteError)) throw error;
          if (error.what === "absent") {
            if (rest !== undefined) delete over[doing];
            return undefined;
          }
          if (error.what === "refused" || attempt >= attempts) return void givenUp(error, doing);
        }
        using wait = within(pause * attempt, signal);
        await wait.over;
        signal?.throwIfAborted();
      }
      return undefined;
    },
  };
}
