/**
 * What a format of data files is: everything about it in one object, and one line in `data_formats.ts`. What computes is
 * loaded when it is called.
 */
import type { RunContext } from "../../../engine/op.ts";
import type { PartName } from "../dataset.ts";
import type { AudioParams } from "../audio/audio_fields.ts";
import type { PictureWishes } from "../images/fit.ts";
import type { Loaded, UnreadPictures } from "../samples.ts";
import type { TableFile } from "../table/writer.ts";
import type { Texts } from "../text/texts.ts";
import type { TableWishes } from "./table_columns.ts";

/** Files of a part that are told apart: samples, and their labels. */
export interface FilePair {
  readonly inputs: string;
  readonly labels: string;
}

/** A part's file, or its two. */
type PartSource = string | FilePair;

/** What a recipe says of files. */
export interface FileWishes extends TableWishes, PictureWishes {
  readonly from: string | {
    readonly train: PartSource;
    readonly validation?: PartSource;
    readonly test?: PartSource;
  };
  readonly format?: string;
  readonly labels?: "none";
  readonly audio?: AudioParams;
}

/** Files of each part: paths that `context.read` knows, in order. */
export type PartFiles = Readonly<Partial<Record<PartName, readonly string[]>>> & {
  readonly train: readonly string[];
};

/** A format of data files. */
export interface DataFormat<N extends string = string> {
  /** As recipes call it, in `format`. */
  readonly name: N;
  /** How the names of its files end, without the dot; those that no format claims are taken for IDX. */
  readonly suffixes: readonly string[];
  /**
   * How names of a part's files in a folder go on behind that of the part, as regular expressions: samples, then labels
   * where they stand apart. Absent: its files lie in no folder of one file, or two, for each part.
   */
  readonly inFolder?: readonly string[];
  /** What is said to lie in such a folder, where nothing is found. */
  readonly example?: string;
  /** Whether the files of a folder, labelled or not, are of this format, which then reads the folder itself. */
  holds?(files: readonly string[], labels?: "none"): boolean;
  /** The samples of a folder, pictures as files. Throws a RangeError that names the file and what is wrong. */
  readFolder?(wishes: FileWishes, context: RunContext): Promise<Loaded | UnreadPictures>;
  /** The pictures that files hold; undefined where they hold none, and `read` is asked. Throws as `readFolder` does. */
  pictures?(
    parts: PartFiles,
    wishes: FileWishes,
    context: RunContext,
  ): Promise<UnreadPictures | undefined>;
  /** The samples of files, as numbers; absent where they hold none. Throws as `readFolder` does. */
  read?(parts: PartFiles, wishes: FileWishes, context: RunContext): Promise<Loaded>;
  /** Files that are tables: one as columns of cells. Throws a MemoryError where they would take more than `memory`. */
  table?(bytes: Uint8Array, name: string, memory: number): Promise<TableFile>;
  /** The texts of a file, with their labels; absent where it holds none. */
  texts?(bytes: Uint8Array, name: string, wishes: TableWishes, memory: number): Promise<Texts>;
}

/** A format of data files, its name kept as a type. */
export function defineDataFormat<const N extends string>(format: DataFormat<N>): DataFormat<N> {
  return format;
}
