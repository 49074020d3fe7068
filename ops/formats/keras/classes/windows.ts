/** Windows and their steps in a layer's config, along one, two or three axes. */
import { excerpt, quotedJson } from "../../../../engine/quote.ts";
import type { WindowAttributes } from "../../../model/model.ts";
import type { Config } from "../config.ts";

/** Throws where channels do not come last. */
export function channelsLast(config: Config): void {
  const format = config.text("data_format", "channels_last");
  if (format !== "channels_last" && format !== "channelsLast") {
    throw config.wrong("only data_format channels_last can be read");
  }
}

/** A number for each of so many axes; one stands for all. */
export function extents(
  config: Config,
  field: string,
  axes: number,
  preset: number,
): readonly number[] {
  const given = config.numbers(field);
  const [first = preset] = given;
  if (given.length <= 1) return Array(axes).fill(first);
  if (given.length === axes) return given;
  throw config.wrong(
    `\`${field}\` is ${quotedJson(config.raw(field))}, it should be ${axes} numbers`,
  );
}

/**
 * The window of a layer that slides along one axis or two; along one, images have a single column. Throws where channels
 * come first or the padding is not known. `causal` stands for zeros before the first row, as many as the window reaches
 * back.
 */
export function windowOf(
  config: Config,
  axes: 1 | 2 = 2,
  kernel: readonly number[] = [],
): WindowAttributes {
  channelsLast(config);
  const pair = (field: string) => {
    const [rows = 1, columns = 1] = extents(config, field, axes, 1);
    return [rows, columns] as [number, number];
  };
  const [strides, dilations] = [pair("strides"), pair("dilation_rate")];
  const padding = config.text("padding", "valid");
  if (padding === "same" || padding === "valid") return { strides, padding, dilations };
  if (padding === "causal" && axes === 1) {
    return { strides, padding: [[(kernel[0]! - 1) * dilations[0], 0], [0, 0]], dilations };
  }
  throw config.wrong(`its padding is ${excerpt(padding)}`);
}
