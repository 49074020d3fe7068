/** Folders of pictures as samples: `<class>/<name>.jpg`, perhaps below `train/`, `validation/` and `test/`. */
import { given } from "../../../engine/given.ts";
import { listed, quoted } from "../../../engine/quote.ts";
import type { RunContext } from "../../../engine/op.ts";
import { finished, took } from "../../../engine/thread.ts";
import { PART_NAMES, type PartName } from "../dataset.ts";
import type { Loaded, Samples } from "../samples.ts";
import type { FileWishes } from "../readers/data_format.ts";
import { decodePicture } from "./decode_picture.ts";
import { assertPicturesFit, fitPicture } from "./fit.ts";

/** A picture in its place: a file, and the folder that names its class. */
export interface PicturePlace {
  readonly path: string;
  readonly folder: string;
}

/** The pictures of each part. */
export type PicturePlaces = Readonly<Partial<Record<PartName, readonly PicturePlace[]>>>;

/** Reads pictures. Throws a RangeError that names the file, or the folder that is no class. */
export async function loadImages(
  places: PicturePlaces,
  params: FileWishes,
  context: RunContext,
): Promise<Loaded> {
  const { train } = places;
  if (train === undefined) {
    throw new RangeError(
      `Cannot find pictures to train on${await whatIsThere(params, context)}: ` +
        "they lie in a folder for each class, <class>/<name>.jpg or .png",
    );
  }
  const found = [...new Set(train.map(({ folder }) => folder))].sort();
  const classes = params.classes ?? found;
  const total = PART_NAMES.reduce((sum, part) => sum + (places[part]?.length ?? 0), 0);
  let read = 0;
  const samplesOf = async (part: readonly PicturePlace[]): Promise<Samples> => {
    const y = Int32Array.from(part, ({ folder }) => indexOf(classes, folder));
    let input: readonly number[] = [];
    let x = new Uint8Array(0);
    for (const [i, { path }] of part.entries()) {
      context.signal.throwIfAborted();
      const decoded = await decodePicture(await context.read(path), path, context.memory);
      const picture = fitPicture(decoded, params, context.memory, path);
      const { height, width, channels, data } = picture;
      if (i === 0) {
        input = [height, width, channels];
        assertPicturesFit(total, input, context.memory);
        x = new Uint8Array(part.length * data.length);
      } else assertAlike(input, [height, width, channels], part[0]!.path, path);
      x.set(data, i * data.length);
      context.progress(++read / total, `${read} of ${total} pictures`);
      finished();
    }
    took(x.length);
    return { count: part.length, input, x, y };
  };
  return {
    train: await samplesOf(train),
    ...given({
      validation: places.validation && await samplesOf(places.validation),
      test: places.test && await samplesOf(places.test),
    }),
    classes: found,
  };
}

/** ` in "photos", which has a.png, b.png`; nothing where no folder is named. */
async function whatIsThere({ from }: FileWishes, context: RunContext): Promise<string> {
  const folder = typeof from === "string" ? from : from.train;
  if (typeof folder !== "string") return "";
  const files = await context.list(folder);
  return ` in ${quoted(folder)}, which has ${files.length === 0 ? "no files" : listed(files, 3)}`;
}

function indexOf(classes: readonly string[], folder: string): number {
  const index = classes.indexOf(folder);
  if (index < 0) {
    const all = classes.length <= 12 ? listed(classes, 12) : `${classes.length} classes`;
    throw new RangeError(`Cannot place the folder ${quoted(folder)} among ${all}`);
  }
  if (index === classes.lastIndexOf(folder)) return index;
  throw new RangeError(`Cannot place the folder ${quoted(folder)}: two classes are called so`);
}

function assertAlike(
  first: readonly number[],
  shape: readonly number[],
  firstPath: string,
  path: string,
): void {
  if (shape.join() === first.join()) return;
  const help = shape[2] === first[2] ? "say resize: [height, width]" : "say color: rgb, or gray";
  throw new RangeError(
    `Cannot join "${firstPath}" of ${first.join("×")} and "${path}" of ${shape.join("×")}; ${help}`,
  );
}
