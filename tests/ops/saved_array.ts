/** An array of the one model in a saved training. */
import { decodeState, under } from "../../ops/learn/state.ts";

/** The array called so: a weight, a mask (`…#mask`), one of a constraint. */
export function savedArray(state: Uint8Array, name: string): Float32Array {
  const array = under("0:", decodeState(state)!.arrays)[name];
  if (array === undefined) throw new Error(`no ${name} in the state`);
  return array;
}
