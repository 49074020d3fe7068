/** How much is under way at once. */

/** A number of places; who finds none waits for one. */
export interface Slots {
  /** Runs `work` when there is a place for it. */
  held<T>(work: () => Promise<T>): Promise<T>;
}

/** So many places, given in the order in which they are asked for. */
export function slotsOf(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async held(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
