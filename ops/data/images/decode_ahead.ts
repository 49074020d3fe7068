/**
 * Pictures decoded in other threads, a few pieces ahead of whoever takes them, in their order. What is decoded and not yet
 * taken is a few megabytes, or one piece where its pictures are large.
 */
import type { RunContext } from "../../../engine/op.ts";
import { readApart } from "../../../engine/reading.ts";
import { finished } from "../../../engine/thread.ts";
import { decodePicture } from "./decode_picture.ts";
import { fitPicture, type PictureWishes } from "./fit.ts";
import type { Picture } from "./picture.ts";
import type { PictureFile } from "../samples.ts";

/** Pictures that one thread decoded one after another. */
interface DecodedPictures {
  readonly pictures: readonly Picture[];
  /** Pixels of the largest of them before it was made to fit. */
  readonly pixels: number;
}

/** Bytes of a piece's pictures, and how many they are at most: so that threads get enough to do, and not too much. */
const PIECE = 1 << 20;
const MOST = 256;

/** What decoding takes for each pixel: coefficients of 32 bits, the planes, and the picture with its transparency. */
const PER_PIXEL = 32;

/** The pictures of files as they are wanted. Throws a RangeError that names the file. */
export async function* decodedAhead(
  files: readonly PictureFile[],
  wishes: PictureWishes,
  context: RunContext,
): AsyncGenerator<readonly Picture[]> {
  const reader = { module: import.meta.url, read: decodePiece, field: "from" };
  const begun: Promise<DecodedPictures>[] = [];
  // Nothing is known of their sizes before one is decoded.
  let [together, ahead, next] = [1, 1, 0];
  try {
    while (next < files.length || begun.length > 0) {
      while (next < files.length && begun.length < ahead) {
        const piece = readApart(reader, [files.slice(next, next += together), wishes], context);
        // Whoever takes it sees how it failed; where nobody comes, another has failed before.
        piece.catch(() => {});
        begun.push(piece);
      }
      const { pictures, pixels } = await begun.shift()!;
      const [{ data }] = pictures as [Picture];
      together = Math.max(1, Math.min(MOST, Math.floor(PIECE / data.length)));
      const fits = Math.floor(context.memory / 4 / (PER_PIXEL * pixels));
      ahead = Math.max(1, Math.min(context.threads + 1, fits));
      yield pictures;
    }
  } finally {
    await Promise.allSettled(begun);
  }
}

/** For a thread: some of the files, decoded. */
export async function decodePiece(
  files: readonly PictureFile[],
  wishes: PictureWishes,
  context: RunContext,
): Promise<DecodedPictures> {
  const { memory } = context;
  const pictures: Picture[] = [];
  let pixels = 0;
  for (const { name, bytes } of files) {
    context.signal.throwIfAborted();
    const decoded = await decodePicture(bytes ?? await context.read(name), name, memory);
    pixels = Math.max(pixels, decoded.width * decoded.height);
    pictures.push(fitPicture(decoded, wishes, memory, name));
    finished();
  }
  return { pictures, pixels };
}
