/**
 * A data set of pictures: divided by their labels before any is decoded, then decoded in the order of their files, each into
 * its row. What would be more than a run holds lies in a file, so that a set may be larger than memory; the bits are the
 * same either way. Pictures that a limit leaves out are not decoded.
 */
import { given } from "../../../engine/given.ts";
import type { RunContext, Task } from "../../../engine/op.ts";
import type { DataWishes } from "../common_fields.ts";
import { type Dataset, PART_NAMES, type PartName } from "../dataset.ts";
import { assertAlike, datasetOf, dividedSamples } from "../make_dataset.ts";
import { type RowWriter, rowWriter } from "../rows.ts";
import { decodedAhead } from "./decode_ahead.ts";
import { assertPicturesFit, type PictureWishes } from "./fit.ts";
import type { Picture } from "./picture.ts";
import type { Parts, UnreadPictures } from "../samples.ts";

/** What a recipe says of them. */
export type PictureDataWishes = DataWishes & PictureWishes & { readonly task: Task };

/** The data set. Throws a RangeError that names the file, or what does not fit. */
export async function pictureDataset(
  unread: UnreadPictures,
  wishes: PictureDataWishes,
  context: RunContext,
): Promise<Dataset> {
  const { task, normalize, labels } = wishes;
  const { parts, classes } = dividedSamples(unread.loaded, wishes, task);
  const decoded = await decodedParts(unread, parts, wishes, context);
  return datasetOf({ parts: decoded, classes }, { task, normalize, ...given({ labels }) });
}

async function decodedParts(
  unread: UnreadPictures,
  parts: Parts,
  { resize, color }: PictureWishes,
  context: RunContext,
) {
  const { files } = unread;
  const places = placesIn(parts, files.length);
  const wanted = Array.from(files.keys()).filter((place) => places[place] !== undefined);
  const check = alikeness(unread);
  const pictures = decodedAhead(
    wanted.map((place) => files[place]!),
    given({ resize, color }),
    context,
  );
  let input: readonly number[] = [];
  let writers: Readonly<Record<PartName, RowWriter>> | undefined;
  let done = 0;
  for await (const piece of pictures) {
    for (const picture of piece) {
      const place = wanted[done++]!;
      check(picture, place);
      const { part, row } = places[place]!;
      input = shapeOf(picture);
      writers ??= await opened(parts, files.length, picture, context);
      await writers[part].write(picture.data, row * picture.data.length);
    }
    context.progress(done / wanted.length, `${done} of ${wanted.length} pictures`);
  }
  const [train, validation, test] = await Promise.all(
    PART_NAMES.map(async (name) => ({ ...parts[name], input, x: await writers![name].rows() })),
  );
  return { train: train!, validation: validation!, test: test! };
}

/** Where the picture at a place goes; undefined where it is left out. */
function placesIn(parts: Parts, count: number) {
  const places = new Array<{ readonly part: PartName; readonly row: number } | undefined>(count);
  for (const part of PART_NAMES) {
    parts[part].x.forEach((place, row) => places[place] = { part, row });
  }
  return places;
}

/** Room for the rows of each part, once the first picture has said how large they are. */
async function opened(parts: Parts, total: number, picture: Picture, context: RunContext) {
  if (context.spill === undefined) assertPicturesFit(total, shapeOf(picture), context.memory);
  const writer = (name: PartName) => rowWriter(parts[name].count * picture.data.length, context);
  return {
    train: await writer("train"),
    validation: await writer("validation"),
    test: await writer("test"),
  };
}

const shapeOf = ({ height, width, channels }: Picture) => [height, width, channels];

/** Throws a RangeError where a picture is not like the first of those that its source has with it. */
function alikeness({ loaded, files }: UnreadPictures) {
  const { train, validation } = loaded;
  const firsts = new Map<PartName, { readonly input: readonly number[]; readonly name: string }>();
  const sourceOf = (place: number): PartName => {
    if (place < train.count) return "train";
    return place < train.count + (validation?.count ?? 0) ? "validation" : "test";
  };
  return (picture: Picture, place: number): void => {
    const [source, input, { name }] = [sourceOf(place), shapeOf(picture), files[place]!];
    const first = firsts.get(source);
    if (first !== undefined) return assertJoins(first, { input, name });
    firsts.set(source, { input, name });
    const like = (input: readonly number[]) => ({ count: 0, input, x: new Uint8Array(), y: null });
    assertAlike({ train: like(firsts.get("train")!.input), [source]: like(input) });
  };
}

function assertJoins(
  first: { readonly input: readonly number[]; readonly name: string },
  { input, name }: { readonly input: readonly number[]; readonly name: string },
): void {
  if (input.join() === first.input.join()) return;
  const help = input[2] === first.input[2]
    ? "say resize: [height, width]"
    : "say color: rgb, or gray";
  throw new RangeError(
    `Cannot join "${first.name}" of ${first.input.join("×")} and "${name}" of ${
      input.join("×")
    }; ${help}`,
  );
}
