/** Integers in the tensor room: what layers read and what becomes of their sums, as types. */
import type { Tensor } from "../deps/tfjs_core.ts";

/** Integers of 16 bits, row-major. tfjs has none so short: two lie in each number of an int32 tensor. */
export interface ShortTensor {
  readonly pairs: Tensor;
  readonly shape: readonly number[];
  /** None is smaller than `low`, none larger than `high`. */
  readonly low: number;
  readonly high: number;
}

/** Integers that are worth `scale` each. */
export interface ScaledShort {
  readonly x: ShortTensor;
  readonly scale: number;
}

/** How reals become integers of 16 bits: within low … high, what is half-way by `ties`. */
export interface ShortFormat {
  readonly scale: number;
  readonly low: number;
  readonly high: number;
  readonly ties: "even" | "up" | "away";
}

/**
 * What becomes of the exact sums of an integer layer, by output channel. `reals`: float32(sum + bias) · scale. `rows`:
 * float32(sum) · the row's scale · scale + bias. The others are 16-bit integers within low … high, round((sum + bias) ·
 * scale): by float32, half-way to `even` or `up`; or `fixed`, by a multiplier of 31 bits and a shift as TensorFlow Lite
 * does it, ≈ (sum + bias) · multiplier · 2^(shift − 31).
 */
export type IntegerColumns =
  | { readonly use: "reals"; readonly bias: Int32Array; readonly scales: Float32Array }
  | {
    readonly use: "rows";
    readonly bias: Float32Array | undefined;
    readonly scales: Float32Array;
  }
  | {
    readonly use: "even" | "up";
    readonly bias: Int32Array;
    readonly scales: Float32Array;
    readonly low: number;
    readonly high: number;
  }
  | {
    readonly use: "fixed";
    readonly bias: Int32Array;
    readonly multipliers: Int32Array;
    /** −31 … 31. */
    readonly shifts: Int32Array;
    readonly low: number;
    readonly high: number;
  };

type Tabled<C> = C extends IntegerColumns ? C & { readonly table: Tensor } : never;

/** Columns with their table, made by `IntegerKernels.integerEnd`; or the sums themselves. */
export type IntegerEnd =
  | { readonly use: "sums" }
  | Tabled<Exclude<IntegerColumns, { readonly use: "rows" }>>
  | Tabled<Extract<IntegerColumns, { readonly use: "rows" }>> & { readonly rows: Tensor };

/** What an end makes: 16-bit integers, floats, or int32 sums. */
export type Ended<E extends IntegerEnd> = E extends { readonly use: "even" | "up" | "fixed" }
  ? ShortTensor
  : Tensor;
