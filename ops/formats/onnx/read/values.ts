/** What a name in an ONNX graph stands for while the graph is read. */
import type { Known } from "./constants.ts";
import type { LayerView } from "./layer_view.ts";

/** A value of the graph. */
export type GraphValue = Known | LayerView | Pattern;

/**
 * A value inside a pattern of operators that together are one layer of ours. Of a layer normalisation of `x` along `axis`:
 * its `mean`, `centred` x − mean, their `squares`, the `variance` and the `deviation`. Of a gelu: `erf` of x / √2, then
 * `one-plus-erf`, half of that, or `twice-gelu`, x times it. Of a softsign: the `magnitude` |x|, and `padded` by 1. Of an
 * attention: `scores` Q Kᵀ times a factor, and `shares`, their softmax; `hidden` is what tells which tokens are padding.
 */
type Pattern =
  | {
    readonly use: "pattern";
    readonly of: "mean" | "centred" | "squares" | "variance" | "deviation";
    readonly x: LayerView;
    readonly axis: number;
    readonly epsilon: number;
  }
  | {
    readonly use: "pattern";
    readonly of:
      | "erf"
      | "one-plus-erf"
      | "half-one-plus-erf"
      | "twice-gelu"
      | "magnitude"
      | "padded";
    readonly x: LayerView;
  }
  | {
    readonly use: "pattern";
    readonly of: "scores" | "shares";
    readonly queries: LayerView;
    readonly keys: LayerView;
    readonly factor: number;
    readonly tokens?: LayerView;
  }
  | { readonly use: "pattern"; readonly of: "hidden"; readonly tokens: LayerView };

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
