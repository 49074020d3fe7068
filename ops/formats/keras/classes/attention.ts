/** Readers of the Keras layers that look at other places of a sequence. */
import type { FileWeight, Reading } from "../assembly.ts";
import { type Chain, chainOf } from "./chain.ts";
import { needed } from "./weighted.ts";

/** What an attention reads: Keras hands over queries, values and, if they are not the values, keys. */
function rolesOf({ config, inputs }: Reading) {
  if (inputs.length > 3 || inputs.length === 0) {
    throw config.wrong("masks cannot be read, only queries, values and keys");
  }
  const [query, value = query, key = value] = inputs;
  return { query: query!, key: key!, value: value! };
}

/**
 * `MultiHeadAttention` and `GroupedQueryAttention`: a dense layer for each of its roles, then `attention`, then another
 * dense layer. Heads that share keys and values get their own copies of them.
 */
export function byHeads(reading: Reading, heads: number): string {
  const { config, shapes } = reading;
  for (const field of ["use_gate", "sliding_window"]) {
    if (config.raw(field)) throw config.wrong(`\`${field}\` cannot be read`);
  }
  if (shapes.some((shape) => shape.length !== 2)) throw config.wrong("it can read sequences alone");
  const roles = rolesOf(reading);
  const [query, key, value] = (["query", "key", "value"] as const).map((role) =>
    projected(reading, chainOf(reading, roles[role]), role, heads)
  ) as [Chain, Chain, Chain];
  const seen = query.then("heads", { kind: "attention", heads }, {
    others: [key.last, value.last],
  });
  return projected(reading, seen, "attention_output", heads).last;
}

/** A dense layer from all of a row to all heads, or back. Heads that several queries share are copied for each. */
function projected(
  reading: Reading,
  chain: Chain,
  role: "query" | "key" | "value" | "attention_output",
  heads: number,
): Chain {
  const width = chain.shape.at(-1)!;
  const bias = reading.config.flag("use_bias", true);
  const [kernel, shift] = [
    needed(reading, `${role}/kernel`),
    bias ? needed(reading, `${role}/bias`) : undefined,
  ];
  const back = role === "attention_output";
  const times = back ? 1 : heads / kernel.shape.at(-2)!;
  const own = widened(kernel, times);
  const units = own.values.length / width;
  const weights = {
    kernel: { shape: [width, units], values: own.values },
    ...shift === undefined
      ? {}
      : { bias: { shape: [units], values: widened(shift, times).values } },
  };
  return chain.then(
    back ? "" : role,
    { kind: "dense", units, bias, activation: "linear" },
    { weights },
  );
}

/** A weight […, heads, depth] with each of its heads so many times. */
function widened({ shape, values }: FileWeight, times: number): FileWeight {
  if (times === 1) return { shape, values };
  const depth = shape.at(-1)!;
  const wide = new Float32Array(values.length * times);
  for (let at = 0; at < values.length; at += depth) {
    const head = values.subarray(at, at + depth);
    for (let copy = 0; copy < times; copy++) wide.set(head, at * times + copy * depth);
  }
  return { shape: [...shape.slice(0, -2), shape.at(-2)! * times, depth], values: wide };
}

/** `Attention`: by products of queries and keys, or by the hyperbolic tangent of their sums. */
export function attention(reading: Reading): string {
  const { config } = reading;
  const mode = config.text("score_mode", "dot");
  const scale = config.flag("use_scale", false) ? needed(reading, "scale").values[0]! : 1;
  if (mode === "dot") {
    const { query, key } = rolesOf(reading);
    const scores = chainOf(reading, query)
      .then("products", { kind: "dot", axes: [1, 1] }, { others: [key] });
    const scaled = scale === 1
      ? scores
      : scores.then("scores", { kind: "function", function: "scale", parameters: [scale, 0] });
    return attended(reading, scaled);
  }
  if (mode !== "concat") throw config.wrong(`its score_mode ${mode} cannot be read`);
  const factor = needed(reading, "concat_score_weight").values[0]!;
  const width = reading.shape(rolesOf(reading).query).at(-1)!;
  const factors = new Float32Array(width).fill(factor);
  return attended(reading, additive(reading, factors, scale));
}

/** `AdditiveAttention`. */
export function additiveAttention(reading: Reading): string {
  const { config } = reading;
  const width = reading.shape(rolesOf(reading).query).at(-1)!;
  const factors = config.flag("use_scale", true)
    ? needed(reading, "scale").values
    : new Float32Array(width).fill(1);
  return attended(reading, additive(reading, factors, 1));
}

/** Σ factor · tanh(scale · (query + key)), for each query and key: an image of a row for each query. */
function additive(reading: Reading, factors: Float32Array, scale: number): Chain {
  const { query, key } = rolesOf(reading);
  const [queries, keys] = [chainOf(reading, query), chainOf(reading, key)];
  const width = queries.shape.at(-1)!;
  const columns = keys.as("keys", [1, keys.shape[0]!, width]);
  const sums = queries.as("queries", [queries.shape[0]!, 1, width])
    .then("sums", { kind: "combine", by: "sum" }, { others: [columns.last] });
  const scaled = scale === 1
    ? sums
    : sums.then("scaled", { kind: "function", function: "scale", parameters: [scale, 0] });
  return scaled.then("bent", { kind: "activation", activation: "tanh" })
    .then("weighed", {
      ...{ kind: "conv", filters: 1, kernel: [1, 1], strides: [1, 1], padding: "valid" },
      ...{ dilations: [1, 1], bias: false, activation: "linear" },
    }, { weights: { kernel: { shape: [1, 1, width, 1], values: factors } } })
    .as("scores", [queries.shape[0]!, keys.shape[0]!]);
}

/** What is taken of the values, by a softmax of scores. */
function attended(reading: Reading, scores: Chain): string {
  return scores.then("shares", { kind: "softmax", log: false })
    .then("", { kind: "dot", axes: [1, 0] }, { others: [rolesOf(reading).value] }).last;
}
