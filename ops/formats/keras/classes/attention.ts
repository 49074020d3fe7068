/** Readers of the Keras layers that look at other places of a sequence. */
import { given } from "../../../../engine/given.ts";
import type { FileWeight, Reading } from "../assembly.ts";
import { PADDING_SCORE } from "../../../model/kinds/attention.ts";
import { type Chain, chainOf } from "./chain.ts";
import { onesAndZeros, shown } from "./masks.ts";
import { needed } from "./weighted.ts";

/** What an attention reads: Keras hands over queries, values and, if they are not the values, keys. */
function rolesOf(reading: Reading) {
  const { config, inputs } = reading;
  if (config.flag("use_causal_mask", false)) throw config.wrong("`use_causal_mask` cannot be read");
  if (inputs.length > 3 || inputs.length === 0) {
    throw config.wrong("masks cannot be read, only queries, values and keys");
  }
  const [query, value = query, key = value] = inputs;
  const masks = reading.masks;
  // Who reads one layer alone asks it in all roles.
  const hidden = inputs.length === 1 ? { query: masks[0], value: masks[0] } : {
    query: masks[0],
    value: masks[1],
    key: masks[2],
  };
  return { query: query!, key: key!, value: value!, hidden };
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
  const { hidden } = roles;
  const masks = [hidden.value, hidden.key === hidden.value ? undefined : hidden.key]
    .flatMap((mask) => mask === undefined ? [] : [mask]);
  const mask = masks.length < 2 ? masks : [both(reading, masks as [string, string])];
  const seen = query.then("heads", { kind: "attention", heads }, {
    others: [key.last, value.last, ...mask],
  });
  reading.hides(hidden.query);
  const answers = hidden.query === undefined
    ? seen
    : evenWhereHidden(reading, seen, value, hidden.query);
  return projected(reading, answers, "attention_output", heads).last;
}

/** What two masks both show. */
function both(reading: Reading, masks: readonly [string, string]): string {
  const [values, keys] = masks.map((mask, at) => onesAndZeros(reading, mask, `mask${at + 1}`)) as [
    Chain,
    Chain,
  ];
  return values.then("mask", { kind: "combine", by: "product" }, { others: [keys.last] }).last;
}

/** What queries take; those that are hidden take as much of each value. */
function evenWhereHidden(reading: Reading, seen: Chain, values: Chain, mask: string): Chain {
  const [length, width] = values.shape as readonly [number, number];
  const mean = values.as("even.image", [length, 1, width])
    .then("even.mean", { kind: "global-average-pool" }).as("even.row", [1, width]);
  const ones = onesAndZeros(reading, mask, "asked");
  const hidden = ones
    .then("hidden", { kind: "function", function: "scale", parameters: [-1, 1] })
    .as("hidden.rows", [seen.shape[0]!, 1])
    .then("even", { kind: "combine", by: "product" }, { others: [mean.last] });
  return shown(reading, seen, ones.last, "shown")
    .then("answers", { kind: "combine", by: "sum" }, { others: [hidden.last] });
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
    ...given({ bias: shift && { shape: [units], values: widened(shift, times).values } }),
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
      kind: "conv",
      filters: 1,
      kernel: [1, 1],
      strides: [1, 1],
      padding: "valid",
      dilations: [1, 1],
      bias: false,
      activation: "linear",
    }, { weights: { kernel: { shape: [1, 1, width, 1], values: factors } } })
    .as("scores", [queries.shape[0]!, keys.shape[0]!]);
}

/** What is taken of the values, by a softmax of scores; nothing of those that are hidden, nor by queries that are. */
function attended(reading: Reading, scores: Chain): string {
  const { value, hidden: { query, value: mask } } = rolesOf(reading);
  const seen = mask === undefined ? scores : scores.then("seen", { kind: "combine", by: "sum" }, {
    others: [
      onesAndZeros(reading, mask, "kept")
        .then("low", {
          kind: "function",
          function: "scale",
          parameters: [-PADDING_SCORE, PADDING_SCORE],
        })
        .as("low.row", [1, scores.shape[1]!]).last,
    ],
  });
  reading.hides(query);
  const taken = seen.then("shares", { kind: "softmax", log: false })
    .then(query === undefined ? "" : "taken", { kind: "dot", axes: [1, 0] }, { others: [value] });
  if (query === undefined) return taken.last;
  return shown(reading, taken, onesAndZeros(reading, query, "asked").last, "").last;
}
