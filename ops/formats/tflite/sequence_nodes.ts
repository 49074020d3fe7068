/** Layers over sequences and normalisation as TensorFlow Lite's operators. */
import { PADDING_SCORE, scoreScale } from "../../model/kinds/attention.ts";
import type { Shape } from "../../model/layers.ts";
import type { LayerOf } from "../../model/model.ts";
import type { TensorIndex } from "./graph.ts";
import { FUSED } from "./operators.ts";
import { number, operator, reshaped, type TfliteSource, transposed, whole } from "./source.ts";

const linear = { options: { activation: FUSED.linear } };

/** Rows of a table by token. */
export function embeddingNodes(_layer: LayerOf<"embedding">, source: TfliteSource): TensorIndex {
  const tokens = operator(source, "CAST", [source.read(0)], {
    shape: source.inputs[0]!,
    role: "tokens",
    type: "int32",
  });
  return operator(source, "GATHER", [source.weight("kernel"), tokens], { options: { axis: 0 } });
}

/** (x − mean) / √(variance + epsilon) · gamma + beta along the last axis. */
export function layerNorm({ epsilon }: LayerOf<"layer-norm">, source: TfliteSource): TensorIndex {
  const even = normalized(source, "deviation", epsilon, "even");
  const scaled = operator(source, "MUL", [even, source.weight("gamma")], {
    ...linear,
    role: "scaled",
  });
  return operator(source, "ADD", [scaled, source.weight("beta")], linear);
}

/** Divided by the root of a spread along the last axis; `standardize` says of what. */
export function normalized(
  source: TfliteSource,
  by: LayerOf<"standardize">["by"],
  epsilon: number,
  role?: string,
): TensorIndex {
  const { shape, read } = source;
  const one = [...shape.slice(0, -1), 1];
  const mean = (x: TensorIndex, role: string) =>
    operator(source, "MEAN", [x, whole(source, [-1])], {
      shape: one,
      role,
      options: { keepsAxes: true },
    });
  const step = (
    op: "ADD" | "SUB" | "MUL",
    inputs: readonly [TensorIndex, TensorIndex],
    role: string,
    shape: Shape = source.shape,
  ) => operator(source, op, inputs, { ...linear, shape, role });
  const x = by === "deviation" ? step("SUB", [read(0), mean(read(0), "mean")], "centred") : read(0);
  const average = mean(step("MUL", [x, x], "squares"), "spread");
  const limit = number(source, epsilon);
  const spread = by === "length"
    ? operator(source, "MAXIMUM", [
      step("MUL", [average, number(source, shape.at(-1)!)], "sum", one),
      limit,
    ], { shape: one, role: "held" })
    : step("ADD", [average, limit], "held", one);
  const inverse = operator(source, "RSQRT", [spread], { shape: one, role: "inverse" });
  return operator(source, "MUL", [x, inverse], { ...linear, role });
}

/** softmax(Q Kᵀ / √depth + padding) V, head by head. */
export function attentionNodes({ heads }: LayerOf<"attention">, source: TfliteSource): TensorIndex {
  const { inputs, read, shape } = source;
  const byHead = (index: number, role: string): TensorIndex => {
    const [length, width] = inputs[index] as [number, number];
    const split = [length, heads, width / heads];
    const parts = reshaped(source, read(index), split, { role: `${role}.parts` });
    return transposed(source, parts, {
      shape: [heads, length, width / heads],
      order: [0, 2, 1, 3],
      role,
    });
  };
  const [queries, keys] = [inputs[0]![0]!, inputs[1]![0]!];
  const scored = [heads, queries, keys];
  const products = operator(source, "BATCH_MATMUL", [byHead(0, "queries"), byHead(1, "keys")], {
    shape: scored,
    role: "products",
    options: { turnsFirst: false, turnsSecond: true },
  });
  const scale = number(source, scoreScale(inputs[0]![1]!, heads));
  const scores = operator(source, "MUL", [products, scale], {
    ...linear,
    shape: scored,
    role: "scores",
  });
  const seen = inputs.length < 4
    ? scores
    : operator(source, "ADD", [scores, padding(source, keys)], {
      ...linear,
      shape: scored,
      role: "seen",
    });
  const weights = operator(source, "SOFTMAX", [seen], {
    shape: scored,
    role: "weights",
    options: { beta: 1 },
  });
  const depth = shape[1]! / heads;
  const mixed = operator(source, "BATCH_MATMUL", [weights, byHead(2, "values")], {
    shape: [heads, queries, depth],
    role: "mixed",
    options: { turnsFirst: false, turnsSecond: false },
  });
  const back = transposed(source, mixed, {
    shape: [queries, heads, depth],
    order: [0, 2, 1, 3],
    role: "turned",
  });
  return reshaped(source, back, shape);
}

/** Shares of the rows, even among those that count, and the mixture of these. */
export function tokenMeanNodes(_layer: LayerOf<"token-mean">, source: TfliteSource): TensorIndex {
  const [length, size] = source.inputs[0] as [number, number];
  const shares = operator(source, "SOFTMAX", [lowered(source, 1, length)], {
    shape: [length],
    role: "shares",
    options: { beta: 1 },
  });
  const row = reshaped(source, shares, [1, length], { role: "row" });
  const mean = operator(source, "BATCH_MATMUL", [row, source.read(0)], {
    shape: [1, size],
    role: "mean",
    options: { turnsFirst: false, turnsSecond: false },
  });
  return reshaped(source, mean, [size]);
}

/** 0, or far below where the mask that it reads at this place is 0: [length]. */
function lowered(source: TfliteSource, mask: number, length: number): TensorIndex {
  const found = operator(source, "EQUAL", [source.read(mask), number(source, 0)], {
    shape: [length],
    role: "padding",
    type: "bool",
  });
  const ones = operator(source, "CAST", [found], { shape: [length], role: "ones" });
  return operator(source, "MUL", [ones, number(source, PADDING_SCORE)], {
    ...linear,
    shape: [length],
    role: "low",
  });
}

/** What is added to the scores of keys that are padding, [1, 1, keys]. */
function padding(source: TfliteSource, keys: number): TensorIndex {
  return reshaped(source, lowered(source, 3, keys), [1, 1, keys], { role: "hidden" });
}
