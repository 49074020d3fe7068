/** What a family of the zoo is: the options a recipe may set, and the structure they make. */
import { LARGEST, type Static, type TObject, Type } from "../../../engine/op.ts";
import type { Architecture } from "../model.ts";

/** A family. `build` throws a RangeError, in a sentence, where an option or the input does not suit it. */
export interface Family<Options extends TObject = TObject> {
  /** Every option with limits, default, description; the object's own description says what the family is. */
  readonly options: Options;
  build(input: readonly number[], outputs: number, options: Static<Options>): Architecture;
  /** How torchvision's state dicts hold it; absent: torchvision has no such network. */
  readonly torchvision?: TorchvisionFamily<Static<Options>>;
}

/** Tensors of torchvision are called `<layer>.weight` and so on; this says what each layer is called there. */
export interface TorchvisionFamily<Options = Static<TObject>> {
  /** What batch normalisation adds to variances there. A network with another number is not torchvision's. */
  readonly epsilon: number;
  /** The layer's name there, in a network that `has` layers of ours. */
  layerName(layer: string, has: (layer: string) => boolean): string;
  /** The network that tensors by these names and of these shapes are of; undefined: none of this family. */
  told(shapes: TensorShapes): ToldNetwork<Options> | undefined;
}

/** Shapes of tensors by name. */
export type TensorShapes = ReadonlyMap<string, readonly number[]>;

/** What names and shapes of tensors tell of a network. */
interface ToldNetwork<Options> {
  readonly options: Options;
  /** Of its images. */
  readonly channels: number;
  readonly outputs: number;
}

/** Declares a family with its options' types checked. */
export function family<Options extends TObject>(definition: Family<Options>): Family<Options> {
  return definition;
}

/** The width multiplier, one word for one thing in all families. */
export const widthField = Type.Number({
  exclusiveMinimum: 0,
  maximum: 16,
  default: 1,
  description: "The multiplier of every layer's channels, rounded down to whole channels",
});

/** The dropout rate. */
export const dropoutField = Type.Number({
  minimum: 0,
  exclusiveMaximum: 1,
  default: 0,
  description: "The fraction of values dropped while training, where the family drops any",
});

/** How many token numbers there are; absent until the data say it. */
export const vocabularyField = Type.Optional(Type.Integer({
  minimum: 1,
  maximum: LARGEST.units,
  description: "The number of different tokens; default: the data's",
}));

/** The size of the rows that tokens become. */
export const embeddingField = Type.Integer({
  minimum: 1,
  maximum: LARGEST.units,
  examples: [64],
  description: "The numbers that a token becomes",
});

/** The tokens that a network reads. Throws unless its input is [length] of a known vocabulary. */
export function assertTokens(
  name: string,
  input: readonly number[],
  vocabulary: number | undefined,
): { readonly length: number; readonly entries: number } {
  const [length, ...more] = input;
  if (length !== undefined && more.length === 0 && vocabulary !== undefined) {
    return { length, entries: vocabulary };
  }
  throw new RangeError(
    `${name} reads tokens [length] of a vocabulary; the input is ${input.join("×")}`,
  );
}

/** Channels at a width: ⌊channels · width⌋. Throws where none is left. */
export function scaled(channels: number, width: number): number {
  const left = Math.floor(channels * width);
  if (left >= 1) return left;
  throw new RangeError(`width ${width} leaves none of ${channels} channels`);
}

/** Below so many pixels a side the stem of a network made for large images keeps the image's size. */
export const SMALL_IMAGE = 64;

/** Throws unless the input is an image. */
export function assertImage(name: string, input: readonly number[]): void {
  if (input.length === 3) return;
  throw new RangeError(
    `${name} reads images [height, width, channels]; the input is ${input.join("×")}` +
      (input.length === 1 ? " (mlp reads numbers; text-cnn, char-lstm and bert read text)" : ""),
  );
}

/** The nearest multiple of 8, at least 8, and one more where rounding would take over a tenth away. */
export function byEight(channels: number): number {
  const rounded = Math.max(8, Math.floor(channels / 8 + 0.5) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
