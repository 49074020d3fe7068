/** States of steps on their way, published beside the steps: of each step the last alone, and not too often. */
import type { Key } from "../../digest.ts";
import type { Store } from "../store.ts";
import { within } from "./within.ts";

/** What publishing states needs. */
interface StatesOptions {
  /** Where they are saved. */
  readonly local: Store;
  /** Ms between the end of one publication and the next of the same step. */
  readonly every: number;
  publish(key: Key, state: Uint8Array): Promise<unknown>;
}

/** A step whose states are published. */
interface StatePublication {
  /** One has been saved since the last was read. */
  fresh: boolean;
  /** Ends the wait for the next. */
  hurry(): void;
  readonly done: Promise<void>;
}

/** Publication of states that has not begun. */
export function statesTo({ local, every, publish }: StatesOptions): {
  /** A state was saved. */
  saved(key: Key): void;
  /** Resolves when the last state of each step has arrived or was given up. */
  settled(): Promise<void>;
} {
  const steps = new Map<Key, StatePublication>();
  let settling = false;

  async function published(key: Key, wait: Promise<void>): Promise<void> {
    const step = () => steps.get(key)!;
    while (step().fresh) {
      step().fresh = false;
      // A step that has ended has none.
      const state = await local.checkpoint(key).load();
      if (state !== undefined) await publish(key, state);
      if (!settling) await waited(every, wait);
    }
    steps.delete(key);
  }

  return {
    saved(key) {
      const running = steps.get(key);
      if (running !== undefined) return void (running.fresh = true);
      const { promise, resolve } = Promise.withResolvers<void>();
      const start = Promise.withResolvers<void>();
      const done = start.promise.then(() => published(key, promise));
      steps.set(key, { fresh: true, hurry: resolve, done });
      done.catch(() => {});
      start.resolve();
    },
    async settled() {
      settling = true;
      const running = [...steps.values()];
      for (const step of running) step.hurry();
      await Promise.all(running.map(({ done }) => done));
      settling = false;
    },
  };
}

/** Waits so many ms, or until it is told not to. */
async function waited(ms: number, hurry: Promise<void>): Promise<void> {
  using time = within(ms);
  await Promise.race([time.over, hurry]);
}
