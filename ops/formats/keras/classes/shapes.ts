/** Readers of the Keras layers that arrange values: other shapes, borders, other extents. */
import { excerpt, quotedJson } from "../../../../engine/quote.ts";
import type { Reading } from "../assembly.ts";
import { type Chain, chainOf } from "./chain.ts";
import { channelsLast, extents } from "./windows.ts";

/** `Permute`. */
export function permute(reading: Reading): string {
  const { config, shapes } = reading;
  const dims = config.raw("dims");
  if (!Array.isArray(dims) || !dims.every(Number.isInteger) || dims.length !== shapes[0]!.length) {
    throw config.wrong(`\`dims\` is ${quotedJson(dims)}`);
  }
  const order = dims.map((axis: number) => axis - 1);
  return chainOf(reading).then("", { kind: "permute", order }).last;
}

/** `RepeatVector`: a row, so many times. */
export function repeatVector(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  const times = config.number("n");
  const [channels] = shape!;
  return chainOf(reading).as("row", [1, 1, channels!])
    .then("rows", { kind: "upsample", size: [times, 1] })
    .as("", [times, channels!]).last;
}

/** Pairs for the borders along each axis: one number, one for each axis, or one for each border. */
function borders(
  reading: Reading,
  field: string,
  axes: number,
  preset: number,
): readonly (readonly [number, number])[] {
  const { config } = reading;
  channelsLast(config);
  const given = config.raw(field) ?? preset;
  const whole = (value: unknown): value is number => Number.isInteger(value);
  const pair = (value: unknown): readonly unknown[] =>
    Array.isArray(value) ? value : [value, value];
  // Of rows a pair is that of their only axis.
  const single = axes === 1 && Array.isArray(given) && given.every(whole);
  const list = single ? [given] : Array.isArray(given) ? given : Array(axes).fill(given);
  const pairs = list.map(pair);
  if (pairs.length === axes && pairs.every((each) => each.length === 2 && each.every(whole))) {
    return pairs as [number, number][];
  }
  throw config.wrong(`\`${field}\` is ${quotedJson(given)}`);
}

/** `ZeroPadding` and `Cropping` of so many axes. */
export function bordered(kind: "pad" | "crop", axes: 1 | 2 | 3, reading: Reading): string {
  const field = kind === "pad" ? "padding" : "cropping";
  const amounts = borders(reading, field, axes, kind === "pad" ? 1 : 0);
  return spatially(axes, reading, (chain, suffix, [rows, columns]) => {
    const of = (axis: number | undefined) =>
      [...axis === undefined ? [0, 0] : amounts[axis]!] as [number, number];
    return chain.then(suffix, { kind, amounts: [of(rows!), of(columns)] });
  });
}

/** `UpSampling` of so many axes. */
export function upSampling(axes: 1 | 2 | 3, reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  channelsLast(config);
  const size = extents(config, "size", axes, 2);
  const interpolation = config.text("interpolation", "nearest");
  if (interpolation === "bilinear" && axes === 2) {
    const [height, width] = shape as readonly [number, number];
    const target: [number, number] = [height * size[0]!, width * size[1]!];
    return chainOf(reading).then("", { kind: "resize", size: target, by: "bilinear" }).last;
  }
  if (interpolation !== "nearest") {
    throw config.wrong(
      `its interpolation is ${excerpt(interpolation)}, only nearest and bilinear can be read`,
    );
  }
  return spatially(axes, reading, (chain, suffix, [rows, columns]) =>
    chain.then(suffix, {
      kind: "upsample",
      size: [size[rows!]!, columns === undefined ? 1 : size[columns]!],
    }));
}

/** `Resizing` to a size, whatever the proportions. */
export function resizing(reading: Reading): string {
  const { config } = reading;
  channelsLast(config);
  for (const field of ["crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"]) {
    if (config.flag(field, false)) throw config.wrong(`\`${field}\` cannot be read`);
  }
  const by = config.text("interpolation", "bilinear");
  if (by !== "bilinear" && by !== "nearest") {
    throw config.wrong(
      `its interpolation is ${excerpt(by)}, only nearest and bilinear can be read`,
    );
  }
  const size: [number, number] = [config.number("height"), config.number("width")];
  return chainOf(reading).then("", { kind: "resize", size, by }).last;
}

/** `CenterCrop` of an image that is at least as large. */
export function centerCrop(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  channelsLast(config);
  const amounts = [config.number("height"), config.number("width")].map((extent, axis) => {
    const more = shape![axis]! - extent;
    if (more < 0) throw config.wrong("it makes an image larger, which cannot be read");
    const before = Math.floor(more / 2);
    return [before, more - before] as [number, number];
  }) as [[number, number], [number, number]];
  return chainOf(reading).then("", { kind: "crop", amounts }).last;
}

/**
 * Does something along one, two or three axes of space with layers of images: rows are an image with a single column; a
 * volume is treated along the first axis, a column being what lies in the others, and then along these, each slice being
 * channels.
 */
function spatially(
  axes: 1 | 2 | 3,
  reading: Reading,
  build: (chain: Chain, suffix: string, axes: readonly number[]) => Chain,
): string {
  const { shapes: [shape] } = reading;
  const channels = shape!.at(-1)!;
  const chain = chainOf(reading);
  if (axes === 2) return build(chain, "", [0, 1]).last;
  if (axes === 1) {
    const built = build(chain.as("image", [shape![0]!, 1, channels]), "", [0]);
    return built.as("rows", [built.shape[0]!, channels]).last;
  }
  const [depth, height, width] = shape as readonly [number, number, number];
  const across = build(chain.as("columns", [depth, height * width, channels]), "", [0]);
  const slices = across.shape[0]!;
  const within = build(
    across.as("volume", [slices, height, width, channels]).transposed("slices", [1, 2, 0, 3])
      .as("image", [height, width, slices * channels]),
    "within",
    [1, 2],
  );
  const [rows, columns] = within.shape as readonly [number, number];
  return within.as("depths", [rows, columns, slices, channels]).transposed("back", [2, 0, 1, 3])
    .last;
}
