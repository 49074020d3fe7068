/** What a name in an ONNX graph stands for while the graph is read. */
import type { Known } from "./constants.ts";
import type { LayerView } from "./layer_view.ts";
import type { Merged } from "./merged.ts";
import type { ScalarFunction } from "./pointwise.ts";

/** A value of the graph. */
export type GraphValue = Known | LayerView | Pattern;

/**
 * A value inside a pattern of operators that together are one layer of ours. Of a normalisation of `x` along `axis`: its
 * `mean`, that with the other sign, `centred` x − mean, their `squares`, the `variance`, the `deviation` or its inverse; `mean-square` of x, its root
 * `rms` or the inverse; the `length`; a `norm-factor` γ / deviation, x or its mean times that (`factored`), and the
 * `norm-offset` β − mean times that. A `function` of each value of x that no layer computes, until its last step. Of an
 * attention: `scores` Q Kᵀ times a factor, and `shares`, their softmax; A `mask` tells which
 * tokens are padding; `masked-rows` are 0 there, `masked-sum` is their sum and `mask-count` how many are left. `merged`: the
 * batch is one axis with others. `places`: the numbers of a text's tokens, the same for every text.
 */
type Pattern =
  | {
    readonly use: "pattern";
    readonly of: NormPart;
    readonly x: LayerView;
    readonly axis: number;
    readonly epsilon: number;
  }
  | {
    readonly use: "pattern";
    readonly of: "norm-factor" | "factored" | "factored-mean" | "norm-offset";
    readonly x: LayerView;
    readonly axis: number;
    readonly epsilon: number;
    readonly gamma?: Known;
    readonly beta?: Known;
  }
  | {
    readonly use: "pattern";
    readonly of: "function";
    readonly x: LayerView;
    readonly compute: ScalarFunction;
  }
  | {
    readonly use: "pattern";
    readonly of: "scores" | "shares";
    readonly queries: LayerView;
    readonly keys: LayerView;
    readonly factor: number;
    readonly tokens?: LayerView;
    /** Batch and heads are one axis of the graph. */
    readonly merged?: true;
  }
  | TokenMask
  | {
    readonly use: "pattern";
    readonly of: "masked-rows" | "masked-sum";
    readonly rows: LayerView;
    readonly mask: TokenMask;
    /** Of a sum: the axis that it goes along is left, with an extent of 1. */
    readonly kept?: boolean;
  }
  | { readonly use: "pattern"; readonly of: "mask-count"; readonly mask: TokenMask }
  | { readonly use: "pattern"; readonly of: "places"; readonly values: Float64Array }
  | Merged;

/** One value where a token is seen, and another where it is hidden. */
interface TokenMask {
  readonly use: "pattern";
  readonly of: "mask";
  /** The tokens, and where their axes stand. */
  readonly x: LayerView;
  readonly seen: number;
  readonly hidden: number;
  /** The token that is padding, where the graph says it. */
  readonly pad?: number;
}

/** The parts of a normalisation. */
type NormPart =
  | "mean"
  | "negative-mean"
  | "centred"
  | "squares"
  | "variance"
  | "deviation"
  | "inverse-deviation"
  | "mean-square"
  | "rms"
  | "inverse-rms"
  | "length";

/** The pattern that has parts of some name. */
export type PatternOf<N> = Pattern extends infer P
  ? P extends { readonly of: infer O } ? N extends O ? P : never : never
  : never;

/** What a value is, if it is that part of a pattern. */
export function patternOf<N extends Pattern["of"]>(
  value: GraphValue | undefined,
  name: N,
): PatternOf<N> | undefined {
  return value?.use === "pattern" && value.of === name ? value as PatternOf<N> : undefined;
}
