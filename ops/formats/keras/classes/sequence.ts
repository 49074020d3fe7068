/** Readers of the Keras layers over sequences: rows of a table by token, and recurrent layers. */
import { excerpt, quotedJson } from "../../../../engine/quote.ts";
import { isJsonObject, type JsonObject, textIn } from "../../json_object.ts";
import type { LayerOf } from "../../../model/model.ts";
import type { FileWeight, Reading } from "../assembly.ts";
import { type Config, configOf } from "../config.ts";
import { activationOf, type CellActivation, cellWeights } from "./cells.ts";
import { type Chain, chainOf } from "./chain.ts";
import { onesAndZeros, shown } from "./masks.ts";
import { needed } from "./weighted.ts";

/** `Embedding`. */
export function embedding(reading: Reading): string {
  const { name, config, inputs, add } = reading;
  const [vocabulary, size] = [config.number("input_dim"), config.number("output_dim")];
  const kernel = needed(reading, "embeddings");
  add({ name, kind: "embedding", inputs, vocabulary, size }, { kernel });
  // Tokens are a mask of their rows: 0 is hidden.
  reading.hides(config.flag("mask_zero", false) ? inputs[0] : undefined);
  return name;
}

/** Recurrent layers by class, with the words that files have for their cells. */
const cells = {
  LSTM: { cell: "lstm", named: "lstm_cell", gates: 4 },
  GRU: { cell: "gru", named: "gru_cell", gates: 3 },
  SimpleRNN: { cell: "simple", named: "simple_rnn_cell", gates: 1 },
} as const;

type Recurrent = keyof typeof cells;

/** A layer that steps through a sequence: its class, what its config says, and how its weights are found. */
interface RecurrentSource {
  readonly className: Recurrent;
  readonly config: Config;
  /** Names before those of the weights; the last one that has them counts. */
  readonly prefix: string;
  /** Behind the name of the file's layer. */
  readonly suffix: string;
}

/** `LSTM`, `GRU` and `SimpleRNN`. What only concerns training (dropout, initializers) is left behind. */
export function recurrent(className: Recurrent, reading: Reading): string {
  const { config } = reading;
  return stepped(reading, { className, config, prefix: "", suffix: "" }).last;
}

/** `RNN` of one cell of these, or of `StackedRNNCells`: each steps through what the one before it gives. */
export function rnn(reading: Reading): string {
  const { name, config } = reading;
  const cell = config.raw("cell");
  const stacked = isJsonObject(cell) && cell.class_name === "StackedRNNCells";
  const own = stacked ? fieldsOf(cell) : {};
  const list: readonly unknown[] = stacked && Array.isArray(own.cells) ? own.cells : [cell];
  const fields = Object.fromEntries(
    ["return_state", "stateful", "time_major"].map((field) => [field, config.raw(field)]),
  );
  const last = list.length - 1;
  return list.reduce((chain: Chain, each, at) => {
    const cellClass = isJsonObject(each) ? textIn(each.class_name) : "";
    const className = (Object.keys(cells) as Recurrent[])
      .find((known) => cellClass === `${known}Cell`);
    if (className === undefined) {
      throw config.wrong(`its cell ${excerpt(cellClass || "without a class")} cannot be read`);
    }
    const inner = fieldsOf(each);
    const whole = configOf(name, "RNN", {
      ...inner,
      ...fields,
      "go_backwards": at === 0 && config.raw("go_backwards"),
      "return_sequences": at < last || config.raw("return_sequences"),
    });
    const prefix = stacked ? `${textIn(own.name)}/${textIn(inner.name)}/` : "";
    const suffix = at === last ? "" : `cell${at + 1}`;
    return stepped(reading, { className, config: whole, prefix, suffix }, chain);
  }, chainOf(reading)).last;
}

/** The config of a layer or cell in a config. */
function fieldsOf(layer: unknown): JsonObject {
  return isJsonObject(layer) && isJsonObject(layer.config) ? layer.config : {};
}

/** `Bidirectional`: through the sequence and, in another layer, back through it; both together as `merge_mode` says. */
export function bidirectional(reading: Reading): string {
  const { name, config } = reading;
  const inner = [config.raw("layer"), config.raw("backward_layer") ?? config.raw("layer")];
  const [forward, backward] = inner.map((layer, at) => {
    const className = isJsonObject(layer) ? textIn(layer.class_name) : "";
    if (!Object.hasOwn(cells, className)) {
      throw config.wrong(`its layer ${excerpt(className)} cannot be read`);
    }
    const fields = fieldsOf(layer);
    const side = at === 0 ? "forward" : "backward";
    const called = textIn(fields.name).replace(/^(?:forward|backward)_/, "");
    return {
      className: className as Recurrent,
      config: configOf(name, className, at === 0 ? fields : { ...fields, "go_backwards": true }),
      prefix: `${side}_${called}/`,
      suffix: side,
    };
  });
  const ahead = stepped(reading, forward!);
  const sequence = forward!.config.flag("return_sequences", false);
  const behind = stepped(reading, backward!);
  // Steps of both stand beside one another: what came back last, from the first step, stands first.
  const back = sequence ? behind.then("backward.turned", { kind: "reverse" }) : behind;
  const mode = config.raw("merge_mode") === undefined ? "concat" : config.raw("merge_mode");
  const pair = chainOf(reading, ahead.last);
  const others = [back.last];
  switch (mode) {
    case "concat":
      return pair.then("", { kind: "concat" }, { others }).last;
    case "sum":
      return pair.then("", { kind: "combine", by: "sum" }, { others }).last;
    case "mul":
      return pair.then("", { kind: "combine", by: "product" }, { others }).last;
    case "ave":
      return pair.then("sum", { kind: "combine", by: "sum" }, { others })
        .then("", { kind: "function", function: "scale", parameters: [0.5, 0] }).last;
    default:
      throw config.wrong(`its merge_mode ${quotedJson(mode)} cannot be read`);
  }
}

/** Adds the layer behind a chain, by default behind what the file's layer reads. */
function stepped(reading: Reading, stepping: RecurrentSource, from = chainOf(reading)): Chain {
  const { className, config, suffix } = stepping;
  const [mask] = reading.masks;
  for (const field of ["stateful", "return_state"]) {
    if (config.flag(field, false)) throw config.wrong(`\`${field}\` cannot be read`);
  }
  if (config.flag("time_major", false)) throw config.wrong("`time_major` cannot be read");
  const nonlinearity = activationOf(reading, config, "activation", "tanh");
  const usual = reading.keras === 2 && className === "LSTM" ? "hard_sigmoid" : "sigmoid";
  const gates = className === "SimpleRNN"
    ? nonlinearity
    : activationOf(reading, config, "recurrent_activation", usual);
  const units = config.number("units");
  const after = className === "GRU" && config.flag("reset_after", reading.keras === 3);
  const weights = weightsOf(reading, stepping, { units, after });
  const sequence = config.flag("return_sequences", false);
  const back = config.flag("go_backwards", false);
  const chain = back
    ? from.then(suffix === "" ? "reversed" : `${suffix}.reversed`, { kind: "reverse" })
    : from;
  if (mask === undefined && className === "LSTM" && nonlinearity === "tanh" && isGate(gates)) {
    return chain.then(suffix, { kind: "recurrent", units, sequence, gates }, { weights });
  }
  const cell = after ? "gru-after" : cells[className].cell;
  const attributes = { kind: "rnn", cell, units, sequence, nonlinearity, gates } as const;
  if (mask === undefined) return chain.then(suffix, attributes, { weights });
  reading.hides(sequence ? mask : undefined);
  const own = back ? reversedMask(reading, mask, suffix) : mask;
  const zeros = sequence && config.flag("zero_output_for_mask", false);
  const within = (name: string) => suffix === "" ? name : `${suffix}.${name}`;
  const states = chain.then(zeros ? within("states") : suffix, attributes, {
    weights,
    others: [own],
  });
  if (!zeros) return states;
  return shown(reading, states, onesAndZeros(reading, own, within("kept")).last, suffix);
}

/** A mask of steps as of those read backwards. */
function reversedMask(reading: Reading, mask: string, suffix: string): string {
  const chain = chainOf(reading, mask);
  const [length] = chain.shape as [number];
  const name = suffix === "" ? "mask" : `${suffix}.mask`;
  return chain.as(`${name}.rows`, [length, 1]).then(`${name}.reversed`, { kind: "reverse" })
    .as(name, [length]).last;
}

/** What the kernel of `recurrent` opens gates with. */
function isGate(gates: CellActivation): gates is LayerOf<"recurrent">["gates"] {
  return gates === "sigmoid" || gates === "hard-sigmoid";
}

/** Both kernels as one, and the bias: of a GRU that resets behind its product, one for each. */
function weightsOf(
  reading: Reading,
  { className, config, prefix }: RecurrentSource,
  { units, after }: { readonly units: number; readonly after: boolean },
) {
  const { gates, named } = cells[className];
  // Keras's converter writes the weights under the name of the layer's cell.
  const { own, back, bias: found } = cellWeights(reading, config, [prefix, `${prefix}${named}/`]);
  const kernel = { shape: [own.shape[0]! + units, gates * units], values: joined(own, back) };
  const size = gates * units * (after ? 2 : 1);
  const bias = { shape: [size], values: found?.values ?? new Float32Array(size) };
  if (bias.values.length !== size) {
    throw config.wrong(`its bias has ${bias.values.length} numbers, it needs ${size}`);
  }
  return { kernel, bias };
}

function joined(own: FileWeight, back: FileWeight): Float32Array {
  const values = new Float32Array(own.values.length + back.values.length);
  values.set(own.values);
  values.set(back.values, own.values.length);
  return values;
}
