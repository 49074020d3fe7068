/**
 * Whose turn it is: steps in an order, each once, none before all that it needs has ended. The work grows with the number
 * of needs: each is counted when its step is first looked at and crossed out when it ends, and nothing is searched.
 */

/** The turns of steps. */
interface Turns {
  /**
   * The first step in order all of whose needs have ended; a step that was given out has ended once it is not `running`.
   * Undefined where all that are left wait, and where none is left.
   */
  next(running: { has(step: string): boolean }): string | undefined;
}

/**
 * Begins with the first of an order, in which each stands behind what it needs. `needs` is asked again before a step is
 * given out: what it needs may have become another step. What is not in the order has ended.
 */
export function turnsIn(
  order: readonly string[],
  needs: (step: string) => readonly string[],
): Turns {
  const places = new Map(order.map((step, place) => [step, place]));
  const left = new Set(order);
  const begun = new Set<string>();
  /** By step: who waits for it, and how many each still waits for. */
  const waiting = new Map<string, string[]>();
  const missing = new Map<string, number>();
  const ready = new Places();
  const line = (step: string): void => {
    const open = needs(step).filter((need) => left.has(need));
    if (open.length === 0) return ready.add(places.get(step)!);
    missing.set(step, open.length);
    for (const need of open) {
      const others = waiting.get(need);
      if (others === undefined) waiting.set(need, [step]);
      else others.push(step);
    }
  };
  const end = (step: string): void => {
    begun.delete(step);
    left.delete(step);
    for (const reader of waiting.get(step) ?? []) {
      const count = missing.get(reader)! - 1;
      missing.set(reader, count);
      if (count === 0) ready.add(places.get(reader)!);
    }
    waiting.delete(step);
  };
  order.forEach(line);
  return {
    next(running) {
      for (const step of begun) {
        if (!running.has(step)) end(step);
      }
      for (let place = ready.first(); place !== undefined; place = ready.first()) {
        const step = order[place]!;
        if (needs(step).some((need) => left.has(need))) line(step);
        else {
          begun.add(step);
          return step;
        }
      }
      return undefined;
    },
  };
}

/** Numbers of which the smallest is taken out first: a binary heap. */
class Places {
  readonly #heap: number[] = [];

  add(place: number): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above]! <= place) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = place;
  }

  /** Takes out the smallest. */
  first(): number | undefined {
    const heap = this.#heap;
    const smallest = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return smallest;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const below = left + 1 < heap.length && heap[left + 1]! < heap[left]! ? left + 1 : left;
      if (heap[below]! >= last) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return smallest;
  }
}
