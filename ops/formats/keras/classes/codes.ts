/** Readers of the Keras layers that make numbers ready for a network: bins, indices, rows with a 1 in one place. */
import { excerpt, quotedJson } from "../../../../engine/quote.ts";
import type { LayerOf } from "../../../model/model.ts";
import type { Reading } from "../assembly.ts";
import type { Config } from "../config.ts";
import { type Chain, chainOf } from "./chain.ts";
import { channelsLast } from "./windows.ts";

/** What becomes of the indices of a layer, by Keras's words and tfjs's. */
const modes: Readonly<Record<string, LayerOf<"one-hot">["by"] | "int">> = {
  int: "int",
  "one_hot": "each",
  oneHot: "each",
  "multi_hot": "any",
  multiHot: "any",
  binary: "any",
  count: "count",
};

function modeOf(config: Config, preset: string) {
  if (config.flag("sparse", false)) throw config.wrong("what it gives is sparse");
  const mode = config.text("output_mode", preset);
  if (Object.hasOwn(modes, mode)) return modes[mode]!;
  throw config.wrong(`its output_mode ${excerpt(mode)} cannot be read`);
}

/** Indices as they are, or as rows of `size` places; an axis of one number gives way to that of the places. */
function encoded(chain: Chain, by: LayerOf<"one-hot">["by"] | "int", size: number): string {
  if (by === "int") return chain.last;
  const { shape } = chain;
  if (by === "each" && shape.at(-1) === 1) {
    return chain.then("hot", { kind: "one-hot", size, by }).as("", [...shape.slice(0, -1), size])
      .last;
  }
  return chain.then("", { kind: "one-hot", size, by }).last;
}

/** `CategoryEncoding`. */
export function categoryEncoding(reading: Reading): string {
  const { config } = reading;
  const by = modeOf(config, "multi_hot");
  if (by === "int") throw config.wrong("its output_mode int cannot be read");
  if (reading.inputs.length > 1) throw config.wrong("its count_weights cannot be read");
  return encoded(chainOf(reading), by, config.number("num_tokens"));
}

/** `Discretization`: for each number in which bin between boundaries it lies. */
export function discretization(reading: Reading): string {
  const { config } = reading;
  const keys = config.numbers("bin_boundaries");
  if (config.raw("bin_boundaries") == null) {
    throw config.wrong("it has no bin_boundaries; adapt it to data, and save the model again");
  }
  const by = modeOf(config, "int");
  const bins = chainOf(reading).then(by === "int" ? "" : "bins", {
    kind: "lookup",
    by: "least",
    keys,
    values: keys.map((_, at) => at + 1),
    other: 0,
  });
  return encoded(bins, by, keys.length + 1);
}

/** `IntegerLookup`: the index of a number in a vocabulary, behind those of the mask and of what is not in it; or back. */
export function integerLookup(reading: Reading): string {
  const { config } = reading;
  const by = modeOf(config, "int");
  const absent = config.number("num_oov_indices", 1);
  if (absent > 1) throw config.wrong("its num_oov_indices is more than 1, which cannot be read");
  const mask = config.raw("mask_token") ?? null;
  const masked = mask !== null && by === "int";
  const start = (masked ? 1 : 0) + absent;
  const unknown = config.number("oov_token", -1);
  const special = [...masked ? [mask] : [], ...absent === 1 ? [unknown] : []];
  const listed = config.numbers("vocabulary");
  if (listed.length === 0) {
    throw config.wrong(
      "its vocabulary is not in the model; give it one when it is made (vocabulary=…), and save the model again",
    );
  }
  // A vocabulary may begin with the tokens that the layer adds itself.
  const own = special.length > 0 && special.every((token, at) => listed[at] === token)
    ? listed.slice(special.length)
    : listed;
  const chain = chainOf(reading);
  const indices = own.map((_, at) => start + at);
  const name = by === "int" ? "" : "indices";
  if (config.flag("invert", false)) {
    if (by !== "int") throw config.wrong("inverted it gives tokens alone");
    const [keys, values] = [[...masked ? [0] : [], ...indices], [...masked ? [mask] : [], ...own]];
    const back = { kind: "lookup", by: "equal", keys, values: values as number[] } as const;
    return chain.then("", { ...back, other: unknown }).last;
  }
  // In rows the mask has no place, and what is not in a vocabulary without a place for it leaves no mark.
  const apart = mask !== null && !own.includes(mask as number);
  const found = chain.then(name, {
    kind: "lookup",
    by: "equal",
    keys: [...apart ? [mask as number] : [], ...own],
    values: [...apart ? [masked ? 0 : -1] : [], ...indices],
    other: absent === 1 ? start - 1 : -1,
  });
  const most = config.raw("max_tokens");
  const padded = config.flag("pad_to_max_tokens", false) && typeof most === "number";
  return encoded(found, by, padded ? most : start + own.length);
}

/** `AutoContrast`, over the values of images that it is told. */
export function autoContrast(reading: Reading): string {
  const { config } = reading;
  const range = config.numbers("value_range");
  const [low = 0, high = 255] = range.toSorted((a, b) => a - b);
  if (range.length !== 2 && range.length !== 0) {
    throw config.wrong(`its value_range is ${quotedJson(config.raw("value_range"))}`);
  }
  return chainOf(reading).then("", { kind: "contrast", low, high }).last;
}

/**
 * `RandomCrop`, which draws nothing in inference: of Keras 3 what enters leaves, of Keras 2 the largest part in the middle
 * that has the shape of the target, resized to it.
 */
export function randomCrop(reading: Reading): string {
  const { config, inputs, shapes: [shape] } = reading;
  if (reading.keras === 3) return inputs[0]!;
  channelsLast(config);
  const [rows, columns] = shape as readonly [number, number];
  const [height, width] = [config.number("height"), config.number("width")];
  const part = [
    Math.min(rows, Math.max(1, Math.trunc(columns * height / width))),
    Math.min(columns, Math.max(1, Math.trunc(rows * width / height))),
  ] as const;
  const amounts = [rows - part[0], columns - part[1]].map((more) => {
    const before = Math.floor(more / 2);
    return [before, more - before] as [number, number];
  }) as [[number, number], [number, number]];
  return chainOf(reading).then("part", { kind: "crop", amounts })
    .then("", { kind: "resize", size: [height, width], by: "bilinear" }).last;
}
