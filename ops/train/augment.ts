/** Augmentation: each sample is seen a little differently in each epoch; its label stays. */
import { Choice, LARGEST, ListOf, OneOf, type Static, Type } from "../../engine/field.ts";
import type { Stream } from "../../engine/tensor/random.ts";
import { flipped, holed, shifted, type View } from "./view.ts";

const chance = Type.Number({
  minimum: 0,
  maximum: 1,
  default: 1,
  description: "The fraction of draws in which it happens at all",
});

const pixels = (description: string) =>
  Type.Integer({ minimum: 1, maximum: LARGEST.units, description });

/** One way to vary a sample, for images. */
const augmentationField = Choice({
  shift: Type.Object({
    pixels: pixels("The farthest move along each axis; what comes in is 0"),
    chance,
  }, { description: "Moves the image by up to so many pixels, uniformly" }),
  crop: Type.Object({
    padding: pixels("The zeros put around the image before a window of its size is cut out"),
    chance,
  }, { description: "Pads the image and cuts out a window of its size" }),
  flip: Type.Object({
    axis: OneOf(["horizontal", "vertical"], {
      default: "horizontal",
      description: "The direction: horizontal exchanges left and right",
    }),
    chance,
  }, { description: "Mirrors every second image, on average" }),
  cutout: Type.Object({
    pixels: pixels("The side of the square"),
    chance,
  }, { description: "Sets a square somewhere to 0 (DeVries & Taylor 2017)" }),
}, { description: "The way a sample is varied" });

/** The `augment` field of a training block. */
export const augmentField = ListOf(augmentationField, {
  description: "The ways in which samples are varied, in order",
  default: [],
});

/** One way to vary a sample, normalised. */
export type Augmentation = Static<typeof augmentationField>;

/** Draws one augmentation needs: whether, and up to three numbers. */
const DRAWS = 4;

/**
 * The view of a sample in an epoch: a function of (seed, epoch, sample) alone, so neither the batch size nor the
 * place in the batch nor a resumed run changes it.
 */
export function drawView(
  view: View,
  augmentations: readonly Augmentation[],
  stream: Stream,
  epoch: number,
  sample: number,
): View {
  return augmentations.reduce((seen, augmentation, k) => {
    const first = (sample * augmentations.length + k) * DRAWS;
    const uniform = (draw: number) => stream.uniform(epoch, first + draw);
    if (uniform(0) >= augmentation.chance) return seen;
    return vary(seen, augmentation, uniform);
  }, view);
}

function vary(view: View, augmentation: Augmentation, uniform: (draw: number) => number): View {
  const [height, width] = view.size;
  switch (augmentation.use) {
    case "shift":
      return shifted(
        view,
        within(augmentation.pixels, uniform(1)),
        within(augmentation.pixels, uniform(2)),
      );
    case "crop":
      return shifted(
        view,
        within(augmentation.padding, uniform(1)),
        within(augmentation.padding, uniform(2)),
      );
    case "flip":
      return uniform(1) < 0.5 ? view : flipped(view, augmentation.axis);
    case "cutout": {
      const side = augmentation.pixels;
      const top = Math.floor(uniform(1) * height) - (side >> 1);
      const left = Math.floor(uniform(2) * width) - (side >> 1);
      return holed(view, { top, left, side });
    }
    default:
      return augmentation satisfies never;
  }
}

/** A whole number in −limit … limit. */
function within(limit: number, uniform: number): number {
  return Math.floor(uniform * (2 * limit + 1)) - limit;
}
