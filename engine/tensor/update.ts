/** Optimizer updates: one kernel per parameter. */
import type { Machine } from "./machine.ts";
import type { Room } from "./mod.ts";

/** See `Room.update`. */
export const createUpdate = (_machine: Machine): Room["update"] => () => {
  throw new Error("internal: not built yet");
};
