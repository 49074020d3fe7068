/**
 * What generators of images share: latent numbers and a condition become a small map, which doubles layer by layer.
 */
import { LARGEST, ListOf, Type } from "../../../engine/op.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import type { Layer, LayerOf, ModelInput } from "../model.ts";
import { scaled } from "./family.ts";

/** Name of the input that says which class is asked for. */
export const LABEL = "label";

/** Channels of the layers that double or halve a map. */
export const filtersField = (preset: readonly number[], description: string) =>
  ListOf(Type.Integer({ minimum: 1, maximum: LARGEST.units }), {
    maxItems: 5,
    minItems: 1,
    default: preset,
    description,
  });

/** Of `filters` where they make an image. */
export const GROWING =
  "The channels from the smallest map on; each further layer doubles height and width, and the last gives the image";

/** The image that a generator makes. */
export const imageField = Type.Array(Type.Integer({ minimum: 1, maximum: LARGEST.units }), {
  minItems: 3,
  maxItems: 3,
  default: [28, 28, 1],
  description: "The shape of the image, [height, width, channels]",
});

/** The condition as an input, one-hot; none where there is nothing to choose. */
export function labelInput(conditions: number): readonly ModelInput[] {
  return conditions > 1 ? [{ name: LABEL, shape: [conditions] }] : [];
}

/** Height and width of the smallest map. Throws where the image cannot be halved so often. */
export function smallest(image: readonly number[], times: number): readonly [number, number] {
  const factor = 1 << times;
  const [height, width] = [image[0]! / factor, image[1]! / factor];
  if (Number.isInteger(height) && Number.isInteger(width)) return [height, width];
  throw new RangeError(
    `${times} filters double a map ${times} times, and ${image[0]}×${
      image[1]
    } is not ${factor} times a whole map`,
  );
}

/** A transposed convolution 4×4 of stride 2: twice the height and width. */
export function doubling(
  name: string,
  input: string,
  filters: number,
  own: { readonly bias: boolean; readonly activation: Activation },
): LayerOf<"conv-transpose"> {
  return {
    name,
    kind: "conv-transpose",
    inputs: [input],
    filters,
    kernel: [4, 4],
    strides: [2, 2],
    padding: "same",
    ...own,
  };
}

/** `latent` and the condition side by side, if there is one: the layers it takes and the one to read. */
export function joined(
  name: string,
  latent: string,
  conditions: number,
): { readonly layers: readonly Layer[]; readonly last: string } {
  if (conditions <= 1) return { layers: [], last: latent };
  return { layers: [{ name, kind: "concat", inputs: [latent, LABEL] }], last: name };
}

/** Channels at a width. */
export function channelsAt(filters: readonly number[], width: number): readonly number[] {
  return filters.map((count) => scaled(count, width));
}
