/** The rooms that mutants are drawn from, and the drawing. */
import { KINDS, type Mutant } from "./sites.ts";

/** A room's files by pattern. The kernels are another language, and packages are not ours. */
export const rooms: Readonly<Record<string, RegExp>> = {
  contracts: /^engine\/[^/]+\.ts$/,
  api: /^engine\/api\/define\.ts$/,
  tensor: /^engine\/tensor\/(?!kernels\/|kernels\.wasm\.ts)/,
  ...Object.fromEntries(
    ["own", "recipe", "graph", "run", "report", "notebook", "library", "store", "cli"].map((
      room,
    ) => [
      room,
      new RegExp(`^engine/${room}/`),
    ]),
  ),
  ...Object.fromEntries(
    [
      "data",
      "model",
      "learn",
      "formats",
      "distill",
      "prune",
      "cluster",
      "quantize",
      "replace",
      "transfer",
      "evaluate",
      "drafts",
    ].map((room) => [room, new RegExp(`^ops/${room}/`)]),
  ),
};

/**
 * The mutants of a room in the order that the seed draws them, each once: first a kind of mistake, all alike, then one
 * of its places, all alike. Equal trees and seeds give equal orders.
 */
export function* drawn(room: string, mutants: readonly Mutant[], seed: number): Generator<Mutant> {
  const draw = numbers(`${seed}:${room}`);
  const left = KINDS.map((kind) => mutants.filter((each) => each.kind === kind));
  for (;;) {
    const kinds = left.filter(({ length }) => length > 0);
    if (kinds.length === 0) return;
    const places = kinds[draw(kinds.length)]!;
    yield places.splice(draw(places.length), 1)[0]!;
  }
}

/** Whole numbers below a bound (mulberry32, Ettinger 2017), from the text's FNV-1a hash on. */
function numbers(text: string): (bound: number) => number {
  let state = 0x811c9dc5;
  for (const each of new TextEncoder().encode(text)) {
    state = Math.imul(state ^ each, 0x01000193) >>> 0;
  }
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
