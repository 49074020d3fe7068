/** The ways in which each sample is seen a little differently in each epoch: the `augment` field. */
import { Choice, LARGEST, ListOf, OneOf, type Static, Type } from "../../../engine/field.ts";

const chance = Type.Number({
  minimum: 0,
  maximum: 1,
  default: 1,
  description: "The fraction of draws in which it happens at all",
});

const pixels = (description: string) =>
  Type.Integer({ minimum: 1, maximum: LARGEST.units, description });

const most = (description: string) => Type.Number({ minimum: 0, default: 0, description });

const tokens = (description: string) =>
  Type.Object({
    fraction: Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      description: "The chance of each token",
    }),
  }, { description });

/** One way to vary a sample. */
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
  rotate: Type.Object({
    degrees: Type.Number({
      exclusiveMinimum: 0,
      maximum: 180,
      description: "The farthest turn to either side; what comes in is 0",
    }),
    chance,
  }, { description: "Turns the image about its middle, uniformly; bilinear between pixels" }),
  color: Type.Object({
    brightness: most("The most that a factor of all values is away from 1"),
    contrast: most("The most that a factor of the differences from the mean grey is away from 1"),
    saturation: most("The most that a factor of the differences from grey is away from 1"),
    chance,
  }, { description: "Changes brightness, contrast and saturation by factors, uniformly" }),
  cutout: Type.Object({
    pixels: pixels("The side of the square"),
    chance,
  }, { description: "Sets a square somewhere to 0 (DeVries & Taylor 2017)" }),
  noise: Type.Object({
    sigma: Type.Number({
      exclusiveMinimum: 0,
      description: "The deviation of normal draws, in units of normalised values",
    }),
    chance,
  }, { description: "Adds normal draws to every value" }),
  mixup: Type.Object({
    alpha: Type.Number({
      exclusiveMinimum: 0,
      description: "The form of the shares' Beta distribution: small, one of the two rules",
    }),
    chance,
  }, {
    description: "Mixes each sample and its label with another's, after all else (Zhang 2018)",
  }),
  "mask-tokens": tokens("Hides tokens behind the tokenizer's mask, or the unknown token"),
  "replace-tokens": tokens("Puts other tokens of the vocabulary in place of some"),
  "drop-tokens": tokens("Leaves tokens out; at least one stays"),
  "crop-tokens": Type.Object({
    tokens: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      description: "The tokens that stay, one behind another",
    }),
  }, { description: "Cuts a stretch out of each longer text" }),
}, {
  description: "The way a sample is varied",
  own: { list: "augmentations", shared: { chance } },
});

/** The `augment` field of a training block. */
export const augmentField = ListOf(augmentationField, {
  description: "The ways in which samples are varied, in order",
  default: [],
});

/** One way to vary a sample, normalised. */
export type Augmentation = Static<typeof augmentationField>;

/** What a way to vary a sample works on. */
export type VariedSubject = "images" | "numbers" | "text";

/** What an augmentation of one's own sees beside the values of a sample. */
export interface Varying {
  /** The shape of one sample. */
  readonly shape: readonly number[];
  /** What makes stored values what a model reads: value · scale + offset, per last axis or one for all. */
  readonly normalize: { readonly scale: readonly number[]; readonly offset: readonly number[] };
  /** So many draws, uniform in [0, 1): the same for a sample in an epoch, whatever else is drawn. */
  uniforms(count: number): Float32Array;
  /** So many standard normal draws, independent of the uniform ones. */
  normals(count: number): Float32Array;
}

/** A way to vary a sample that is one's own. */
export interface OwnAugmentation<Options = Readonly<Record<string, unknown>>> {
  readonly subject: VariedSubject;
  /** Changes the values of one sample in place, as they are stored: bytes of images as 0 … 255, tokens as numbers. */
  change(values: Float32Array, options: Options, varying: Varying): void;
}
