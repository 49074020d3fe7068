/** How a sample is seen in an epoch: a function of seed, epoch and sample alone. */
import { sizeOf } from "../../../engine/shape.ts";
import { type Stream, stream } from "../../../engine/tensor/random.ts";
import type { Meta } from "../../data/dataset.ts";
import { chosenDefinition } from "../../../engine/own/entry.ts";
import type { Augmentation, OwnAugmentation, Varying } from "./augment.ts";
import { drawMix, type Mix } from "./mixup.ts";
import { colored, noisy, rotated } from "./pixel_changes.ts";
import { cropped, dropped, masked, replaced, type Words, wordsOf } from "./token_changes.ts";
import { changed, flipped, holed, plainView, shifted, type View } from "./view.ts";

/** Draws one augmentation needs: whether, and up to three numbers. */
const DRAWS = 4;

/** What a sample is in an epoch. */
interface Variation {
  view(epoch: number, sample: number): View;
  /** What it is mixed with; undefined where it is not. */
  mix(epoch: number, sample: number): Mix | undefined;
}

/**
 * The variations of `count` samples, so that neither the batch size nor the place in the batch nor a resumed run
 * changes one.
 */
export function variation(
  meta: Meta,
  augmentations: readonly Augmentation[],
  seed: number,
  count: number,
): Variation {
  const [height, width] = meta.input.length === 3 ? meta.input : [1, 1];
  const plain = plainView(height!, width!);
  const draws = stream(seed, "augment");
  const surroundings = {
    meta,
    many: stream(seed, "augment:many"),
    own: stream(seed, "augment:own"),
    words: meta.text && wordsOf(meta.text),
  };
  const mixing = augmentations.findIndex(({ use }) => use === "mixup");
  return {
    view: (epoch, sample) =>
      augmentations.reduce((view, augmentation, k) => {
        const own = drawsOf(epoch, sample, k);
        if (!happens(augmentation, own)) return view;
        const definition = chosenDefinition<OwnAugmentation>(augmentation);
        if (definition === undefined) return vary(view, augmentation, own, surroundings);
        const varying = varyingBy(own, surroundings);
        return changed(view, (values) => definition.change(values, augmentation, varying));
      }, plain),
    mix(epoch, sample) {
      const augmentation = augmentations[mixing];
      if (augmentation?.use !== "mixup") return undefined;
      const own = drawsOf(epoch, sample, mixing);
      if (!happens(augmentation, own)) return undefined;
      return drawMix(augmentation.alpha, count, surroundings.many, own.word());
    },
  };

  function drawsOf(epoch: number, sample: number, k: number): SampleDraws {
    const first = (sample * augmentations.length + k) * DRAWS;
    return {
      uniform: (draw) => draws.uniform(epoch, first + draw),
      word: () => draws.bits(epoch, first + 1),
    };
  }
}

/** What is drawn for one augmentation of one sample. */
interface SampleDraws {
  uniform(draw: number): number;
  /** Names a stretch of `many` draws, where a few are not enough. */
  word(): number;
}

interface AugmentContext {
  readonly meta: Meta;
  readonly many: Stream;
  /** What augmentations of one's own draw beside it. */
  readonly own: Stream;
  readonly words: Words | undefined;
}

/** What an augmentation of one's own is told, and draws from. */
function varyingBy({ word }: SampleDraws, { meta, many, own }: AugmentContext): Varying {
  return {
    shape: meta.input,
    normalize: meta.normalize,
    uniforms: (count) => many.uniforms(word(), count),
    normals: (count) => own.normals(word(), count),
  };
}

function happens(augmentation: Augmentation, { uniform }: SampleDraws): boolean {
  return !("chance" in augmentation) || uniform(0) < augmentation.chance;
}

function vary(
  view: View,
  augmentation: Augmentation,
  { uniform, word }: SampleDraws,
  { meta, many, words }: AugmentContext,
): View {
  const [height, width] = view.size;
  const values = sizeOf(meta.input);
  const factor = (most: number, draw: number) => Math.max(0, 1 + most * (2 * uniform(draw) - 1));
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
    case "rotate":
      return changed(view, rotated(augmentation.degrees * (2 * uniform(1) - 1), view.size));
    case "color": {
      const { brightness, contrast, saturation } = augmentation;
      const factors = {
        brightness: factor(brightness, 1),
        contrast: factor(contrast, 2),
        saturation: factor(saturation, 3),
      };
      return changed(view, colored(factors, meta));
    }
    case "noise":
      return changed(view, noisy(augmentation.sigma, many.normals(word(), values), meta));
    case "mixup":
      return view;
    case "mask-tokens":
      return changed(view, masked(augmentation.fraction, many.uniforms(word(), values), words!));
    case "replace-tokens": {
      const draws = many.uniforms(word(), 2 * values);
      return changed(view, replaced(augmentation.fraction, draws, words!));
    }
    case "drop-tokens":
      return changed(view, dropped(augmentation.fraction, many.uniforms(word(), values), words!));
    case "crop-tokens":
      return changed(view, cropped(augmentation.tokens, uniform(1), words!));
    default:
      return augmentation satisfies never;
  }
}

/** A whole number in −limit … limit. */
function within(limit: number, uniform: number): number {
  return Math.floor(uniform * (2 * limit + 1)) - limit;
}
