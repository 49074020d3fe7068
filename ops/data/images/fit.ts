/** Pictures as a recipe wants them: `color` and `resize`. */
import { given } from "../../../engine/given.ts";
import { sizeOf } from "../../../engine/shape.ts";
import { assertFits, MEMORY } from "../../../engine/size.ts";
import { pictureNeed } from "../needs.ts";
import type { Loaded, Samples } from "../samples.ts";
import { inColor } from "./color.ts";
import type { Picture } from "./picture.ts";
import { resizePicture, resizingBytes } from "./resize.ts";

/** What a recipe says of pictures. */
export interface PictureWishes {
  readonly resize?: readonly [number, number];
  readonly color?: "gray" | "rgb";
}

/** One picture: colour first, so that sizes are made of what is kept. Throws a MemoryError that names it. */
export function fitPicture(
  picture: Picture,
  { resize, color }: PictureWishes,
  memory: number = MEMORY,
  name: string = "a picture",
): Picture {
  const colored = color === undefined ? picture : inColor(picture, color);
  if (resize === undefined) return colored;
  const { height, width } = colored;
  const needed = resizingBytes(colored, resize);
  assertFits(`Cannot resize "${name}": ${height}×${width} to ${resize.join("×")}`, needed, memory);
  return resizePicture(colored, resize);
}

/** The shape of a picture that fits, from the shape it has. */
export function fittedShape(
  [height = 1, width = 1, channels = 1]: readonly number[],
  { resize, color }: PictureWishes,
): readonly number[] {
  const depth = color === undefined ? channels : color === "gray" ? 1 : 3;
  return [...resize ?? [height, width], depth];
}

/** All samples of a source. Throws a RangeError where they are no pictures of bytes. */
export function fitLoaded(
  loaded: Loaded,
  wishes: PictureWishes,
  memory: number = MEMORY,
): Loaded {
  if (wishes.resize === undefined && wishes.color === undefined) return loaded;
  const fit = (samples: Samples | undefined) => samples && fitSamples(samples, wishes, memory);
  const [train, validation, test] = [loaded.train, loaded.validation, loaded.test].map(fit);
  return {
    ...loaded,
    train: train!,
    ...given({ validation, test }),
  };
}

/** Throws a MemoryError where so many pictures of a shape would be more than `memory` holds, as read and as stored. */
export function assertPicturesFit(count: number, shape: readonly number[], memory: number): void {
  const { what, bytes, help } = pictureNeed(count, count, shape);
  assertFits(`Cannot keep the samples: ${what}`, bytes, memory, help);
}

function fitSamples(samples: Samples, wishes: PictureWishes, memory: number): Samples {
  const { input, x, count } = samples;
  const [height, width, channels] = input;
  if (input.length !== 3 || !(x instanceof Uint8Array) || channels !== 1 && channels !== 3) {
    throw new RangeError(
      `Cannot resize or colour samples of ${input.join("×")}: they are no pictures of bytes`,
    );
  }
  const shape = fittedShape(input, wishes);
  if (shape.join() === input.join()) return samples;
  const [from, to] = [height! * width! * channels, sizeOf(shape)];
  assertPicturesFit(count, shape, memory);
  const fitted = new Uint8Array(count * to);
  for (let i = 0; i < count; i++) {
    const data = x.subarray(i * from, (i + 1) * from);
    const picture = { height: height!, width: width!, channels, data } as const;
    fitted.set(fitPicture(picture, wishes, memory, `sample ${i}`).data, i * to);
  }
  return { ...samples, input: shape, x: fitted };
}
