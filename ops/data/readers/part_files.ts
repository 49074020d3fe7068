/** Which files make which part: by what a recipe names, or by their names in a folder of a known layout. */
import type { RunContext } from "../../../engine/op.ts";
import { given } from "../../../engine/given.ts";
import { listed } from "../../../engine/quote.ts";
import { dataFormats } from "../data_formats.ts";
import { PART_NAMES, type PartName } from "../dataset.ts";
import type { DataFormat, FilePair, FileWishes, PartFiles } from "./data_format.ts";

/** How files of a part begin: MNIST's `t10k`, CIFAR's `data_batch_1`. */
const beginnings: { readonly [P in PartName]: string } = {
  train: "(?:train|data_batch)",
  validation: "(?:validation|valid|val|dev)",
  test: "(?:test|t10k)",
};

/** How a format calls the files of its folders. */
type LaidOut = Pick<DataFormat, "name" | "inFolder">;

/** The files of each part. Throws a RangeError where nothing to train on is found. */
export async function partFiles(
  { from, format }: Pick<FileWishes, "from" | "format">,
  context: Pick<RunContext, "list">,
  own?: LaidOut,
): Promise<PartFiles> {
  if (typeof from === "string") {
    return partsOfFolder(from, await context.list(from), format, own);
  }
  const files = (place: string | FilePair) =>
    typeof place === "string" ? [place] : [place.inputs, place.labels];
  const { train, validation, test } = from;
  return {
    train: files(train),
    ...given({
      validation: validation ? files(validation) : undefined,
      test: test ? files(test) : undefined,
    }),
  };
}

/**
 * The parts of a source: a single file is all there is to split, a folder is searched for names that begin as parts
 * do. Throws a RangeError where nothing to train on is found.
 */
export function partsOfFolder(
  source: string,
  files: readonly string[],
  format: string | undefined,
  own?: LaidOut,
): PartFiles {
  if (files.length === 1 && files[0] === "") return { train: [source] };
  const path = (file: string) => source.endsWith("/") ? `${source}${file}` : `${source}/${file}`;
  const known = own?.inFolder === undefined ? laidOut : [own, ...laidOut];
  const layouts = known.filter(({ name }) => format === undefined || format === name);
  for (const { inFolder } of layouts.length === 0 ? known : layouts) {
    const parts = PART_NAMES.flatMap((part) => {
      const found = inFolder!.map((ending) => matching(files, beginnings[part] + ending));
      // A part is there where each of its kinds of file is.
      return found.every((each) => each.length > 0)
        ? [[part, found.flat().map(path)] as const]
        : [];
    });
    const { train, ...others } = Object.fromEntries(parts) as Partial<Record<PartName, string[]>>;
    if (train !== undefined) return { train, ...others };
  }
  const examples = laidOut.flatMap(({ example }) => example === undefined ? [] : [example]);
  const unlabelled = dataFormats.find(({ holds }: DataFormat) => holds?.(files, "none"));
  const way = unlabelled === undefined
    ? ""
    : `; ${unlabelled.name} that nobody has labelled are read with \`labels: none\``;
  throw new RangeError(
    `Cannot find training samples in "${source}": it has ${
      files.length === 0 ? "no files" : listed(files)
    }; known are ${examples.slice(0, -1).join(", ")} or ${examples.at(-1)}, ` +
      `each with or without .gz${way}`,
  );
}

/** Formats whose files lie in folders of a known layout. */
const laidOut: readonly DataFormat[] = dataFormats.filter(({ inFolder }: DataFormat) =>
  inFolder !== undefined
);

function matching(files: readonly string[], pattern: string): string[] {
  // Something may stand before the part: `TREC.train.txt`.
  const expression = new RegExp(`^(?:[^/]*[._-])?${pattern}(?:\\.gz)?$`, "i");
  return files.filter((file) => expression.test(file));
}
