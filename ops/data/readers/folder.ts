/** A folder of the known layouts: which of its files make which part. */
import { listed } from "../../../engine/quote.ts";
import type { FileParams } from "../data_fields.ts";
import { PART_NAMES, type PartName } from "../dataset.ts";
import type { PartFiles } from "./load_files.ts";

/** How files of a part begin: MNIST's `t10k`, CIFAR's `data_batch_1`. */
const beginnings: { readonly [P in PartName]: string } = {
  train: "(?:train|data_batch)",
  validation: "(?:validation|valid|val|dev)",
  test: "(?:test|t10k)",
};

/** Formats of files; pictures lie in folders of their own. */
type FileFormat = Exclude<NonNullable<FileParams["format"]>, "images">;

const endings: { readonly [F in FileFormat]: readonly string[] } = {
  // Samples first, then labels.
  idx: ["-images[-.]idx\\d-ubyte", "-labels[-.]idx\\d-ubyte"],
  cifar: ["[^/]*\\.bin"],
  csv: ["[^/]*\\.csv"],
  tsv: ["[^/]*\\.tsv"],
  jsonl: ["[^/]*\\.jsonl"],
  parquet: ["[^/]*\\.parquet"],
  npy: ["[-_.](?:x|inputs|images)\\.npy", "[-_.](?:y|labels)\\.npy"],
  npz: ["[^/]*\\.npz"],
  text: ["[^/]*\\.txt"],
};

type Format = keyof typeof endings;

/**
 * The parts of a source: a single file is all there is to split, a folder is searched for names that begin as parts
 * do. Throws a RangeError where nothing to train on is found.
 */
export function partsOfFolder(
  source: string,
  files: readonly string[],
  format: Format | undefined,
): PartFiles {
  if (files.length === 1 && files[0] === "") return { train: [source] };
  const path = (file: string) => source.endsWith("/") ? `${source}${file}` : `${source}/${file}`;
  for (const candidate of format === undefined ? Object.keys(endings) as Format[] : [format]) {
    const parts = PART_NAMES.flatMap((part) => {
      const found = endings[candidate].map((ending) => matching(files, beginnings[part] + ending));
      // A part is there where each of its kinds of file is.
      return found.every((each) => each.length > 0)
        ? [[part, found.flat().map(path)] as const]
        : [];
    });
    const { train, ...others } = Object.fromEntries(parts) as Partial<Record<PartName, string[]>>;
    if (train !== undefined) return { train, ...others };
  }
  throw new RangeError(
    `Cannot find training samples in "${source}": it has ${
      files.length === 0 ? "no files" : listed(files)
    }; known are train-images-idx3-ubyte with ` +
      `train-labels-idx1-ubyte (IDX), data_batch_1.bin or train.bin (CIFAR), train.csv, .tsv, .jsonl, .parquet, .npz or .txt, ` +
      "each with or without .gz",
  );
}

function matching(files: readonly string[], pattern: string): string[] {
  // Something may stand before the part: `TREC.train.txt`.
  const expression = new RegExp(`^(?:[^/]*[._-])?${pattern}(?:\\.gz)?$`, "i");
  return files.filter((file) => expression.test(file));
}
