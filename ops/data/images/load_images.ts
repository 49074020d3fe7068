/** Folders of pictures as samples: `<class>/<name>.jpg`, perhaps below `train/`, `validation/` and `test/`. */
import { given } from "../../../engine/given.ts";
import type { RunContext } from "../../../engine/op.ts";
import { finished, took } from "../../../engine/thread.ts";
import { PART_NAMES } from "../dataset.ts";
import type { Loaded, Samples } from "../samples.ts";
import {
  type ClassFile,
  type ClassFiles,
  foundClasses,
  labelsOf,
  PICTURES,
} from "../readers/class_folder.ts";
import type { FileWishes } from "../readers/data_format.ts";
import { decodePicture } from "./decode_picture.ts";
import { assertPicturesFit, fitPicture } from "./fit.ts";

/** Reads pictures. Throws a RangeError that names the file, or the folder that is no class. */
export async function loadImages(
  places: ClassFiles,
  params: FileWishes,
  context: RunContext,
): Promise<Loaded> {
  const found = await foundClasses(places, params, context, PICTURES);
  const classes = params.classes ?? found;
  const total = PART_NAMES.reduce((sum, part) => sum + (places[part]?.length ?? 0), 0);
  let read = 0;
  const samplesOf = async (part: readonly ClassFile[]): Promise<Samples> => {
    const y = labelsOf(part, classes);
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
    train: await samplesOf(places.train!),
    ...given({
      validation: places.validation && await samplesOf(places.validation),
      test: places.test && await samplesOf(places.test),
    }),
    classes: found,
  };
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
