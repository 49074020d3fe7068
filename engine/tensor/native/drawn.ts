/** What the cases of the self-test are, and what they compute with: numbers drawn anew the same way, and gradients. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import { sizeOf } from "../../shape.ts";
import type { ShortTensor } from "../integer_types.ts";
import type { Room } from "../types.ts";

/** The room, and tensors of drawn numbers. */
export interface Drawn {
  readonly room: Room;
  /** Numbers from -1 to 1; where the case is done with special ones, some of them NaN, -0, infinite or denormal. */
  numbers(...shape: number[]): Tensor;
  /** Numbers from 0.1 to 1.1, never special. */
  positive(...shape: number[]): Tensor;
  /** Integers from -limit to limit. */
  integers(limit: number, ...shape: number[]): Tensor;
  /** The same as integers of 16 bits. */
  shorts(limit: number, ...shape: number[]): ShortTensor;
  /** What a function makes of tensors, and the gradients for all of them. */
  withGradients(inputs: readonly Tensor[], f: (...inputs: Tensor[]) => Tensor): readonly Tensor[];
}

/** Cases by name: each computes something with the kernels that are in use. */
export type SelfTestCases = {
  readonly [name: string]: (given: Drawn) => readonly (Tensor | ShortTensor)[];
};

const SPECIAL = [NaN, -0, Infinity, -Infinity, 1e-40, -1e-42, 3e38, 0];

/** One in so many numbers is special; prime, so that special ones come into all lanes and columns. */
const APART = 61;

/** Draws from the beginning; with `special` numbers among them or without. */
export function drawn(room: Room, special: boolean): Drawn {
  const { tf, tensor } = room;
  let state = 1;
  let count = 0;
  /** From -1 to 1, without 1 (the generator of Numerical Recipes). */
  const draw = (): number => {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    return state / 0x80000000;
  };
  const number = (): number => {
    const value = draw();
    if (!special || ++count % APART !== 0) return value;
    return SPECIAL[(count / APART - 1) % SPECIAL.length]!;
  };
  const floats = (shape: readonly number[], of: () => number): Tensor =>
    tensor(Float32Array.from({ length: sizeOf(shape) }, of), shape);
  const integersOf = (limit: number, shape: readonly number[]): Int32Array =>
    Int32Array.from({ length: sizeOf(shape) }, () => Math.round(draw() * limit));
  const numbers = (...shape: number[]): Tensor => floats(shape, number);
  return {
    room,
    numbers,
    positive: (...shape) => floats(shape, () => 0.6 + draw() / 2),
    integers: (limit, ...shape) => tensor(integersOf(limit, shape), shape),
    shorts: (limit, ...shape) => room.short(integersOf(limit, shape), shape),
    withGradients(inputs, f) {
      const y = f(...inputs);
      return [y, ...tf.grads(f)([...inputs], numbers(...y.shape))];
    },
  };
}
