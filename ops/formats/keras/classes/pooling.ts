/** Readers of the Keras layers that pool, over rows, images and volumes. */
import type { LayerOf } from "../../../model/model.ts";
import type { Reading } from "../assembly.ts";
import { type Chain, chainOf } from "./chain.ts";
import { channelsLast, extents } from "./windows.ts";

type PoolKind = "max-pool" | "average-pool";
type PaddingName = "same" | "valid";

/** What a window along each axis of space does. */
interface Windows {
  readonly kind: PoolKind;
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: PaddingName;
}

/** `MaxPooling` and `AveragePooling` of so many axes. */
export function pooling(kind: PoolKind, axes: number, reading: Reading): string {
  const { config } = reading;
  channelsLast(config);
  const size = extents(config, "pool_size", axes, 2);
  const strides = config.raw("strides") == null ? size : extents(config, "strides", axes, 1);
  const padding = config.text("padding", "valid");
  if (padding !== "same" && padding !== "valid") throw config.wrong(`its padding is ${padding}`);
  return pooled(reading, { kind, size, strides, padding });
}

/** `AdaptiveAveragePooling` and `AdaptiveMaxPooling`, whose windows are all alike: where extents can be divided. */
export function adaptivePooling(kind: PoolKind, axes: number, reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  channelsLast(config);
  const outputs = extents(config, "output_size", axes, 1);
  const size = outputs.map((count, axis) => shape![axis]! / count);
  if (!size.every(Number.isInteger)) {
    throw config.wrong(
      `${outputs.join("×")} parts of ${shape!.slice(0, -1).join("×")} are not alike`,
    );
  }
  return pooled(reading, { kind, size, strides: size, padding: "valid" });
}

/** `GlobalAveragePooling` and `GlobalMaxPooling` of any number of axes. */
export function globalPooling(
  kind: "global-average-pool" | "global-max-pool",
  reading: Reading,
): string {
  const { config, shapes: [shape] } = reading;
  channelsLast(config);
  const channels = shape!.at(-1)!;
  const kept = config.flag("keepdims", false);
  const [mask] = reading.masks;
  if (mask !== undefined && kind === "global-average-pool" && shape!.length === 2) {
    const mean = chainOf(reading).then("", { kind: "token-mean" }, { others: [mask] });
    return kept ? mean.as("keepdims", [1, channels]).last : mean.last;
  }
  const pixels = shape!.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const image = shape!.length === 3 ? shape! : [pixels, 1, channels];
  const chain = chainOf(reading).as("image", image).then("", { kind });
  return kept
    ? chain.as("keepdims", [...shape!.slice(0, -1).map(() => 1), channels]).last
    : chain.last;
}

/** One, two or three axes; a pixel of an image is what lies at once in the others. */
function pooled(reading: Reading, windows: Windows): string {
  const { shapes: [shape] } = reading;
  const chain = chainOf(reading);
  const axes = windows.size.length;
  const channels = shape!.at(-1)!;
  if (axes === 2) return over(chain, "", windows, [0, 1]).last;
  if (axes === 1) {
    const rows = over(chain.as("image", [shape![0]!, 1, channels]), "", windows, [0]);
    return rows.as("rows", [rows.shape[0]!, channels]).last;
  }
  // A volume is pooled within its slices, which are channels for as long, then across them.
  const [depth, height, width] = shape as readonly [number, number, number];
  const within = over(
    chain.transposed("slices", [1, 2, 0, 3]).as("image", [height, width, depth * channels]),
    "within",
    windows,
    [1, 2],
  );
  const [rows, columns] = within.shape as readonly [number, number];
  const across = over(
    within.as("volume", [rows, columns, depth, channels]).transposed("depths", [2, 0, 1, 3])
      .as("columns", [depth, rows * columns, channels]),
    "",
    windows,
    [0],
  );
  return across.as("pooled", [across.shape[0]!, rows, columns, channels]).last;
}

/** A window over one axis of an image, or over both. */
function over(
  chain: Chain,
  suffix: string,
  { kind, size, strides, padding }: Windows,
  axes: readonly number[],
): Chain {
  const pair = (values: readonly number[]) =>
    [values[axes[0]!]!, axes.length > 1 ? values[axes[1]!]! : 1] as [number, number];
  const window: Omit<LayerOf<PoolKind>, "name" | "inputs" | "kind"> = {
    size: pair(size),
    strides: pair(strides),
    padding,
    dilations: [1, 1],
  };
  return chain.then(suffix, { kind, ...window });
}
