/** Pictures in folders of classes as samples, before anybody decodes them. */
import { given } from "../../../engine/given.ts";
import type { RunContext } from "../../../engine/op.ts";
import { PART_NAMES, type PartName } from "../dataset.ts";
import { type ClassFiles, foundClasses, labelsOf, PICTURES } from "../readers/class_folder.ts";
import type { FileWishes } from "../readers/data_format.ts";
import type { PictureFile, Samples, UnreadPictures } from "../samples.ts";

/** Lists pictures with their classes. Throws a RangeError that names the folder that is no class. */
export async function listPictures(
  places: ClassFiles,
  params: FileWishes,
  context: RunContext,
): Promise<UnreadPictures> {
  const unlabelled = params.labels === "none";
  const found = await foundClasses(places, params, context, PICTURES);
  const classes = params.classes ?? found;
  const files: PictureFile[] = [];
  const samplesOf = (name: PartName): Samples | undefined => {
    const part = places[name];
    if (part === undefined) return undefined;
    const x = Int32Array.from(part, (_, i) => files.length + i);
    for (const { path } of part) files.push({ name: path });
    return { count: x.length, input: [1], x, y: unlabelled ? null : labelsOf(part, classes) };
  };
  const [train, validation, test] = PART_NAMES.map(samplesOf);
  if (unlabelled) return { loaded: { train: train!, ...given({ validation, test }) }, files };
  return { loaded: { train: train!, ...given({ validation, test }), classes: found }, files };
}
