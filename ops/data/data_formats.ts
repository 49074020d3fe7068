/** The formats of data files. */
import { audio } from "./audio/recording_folder.ts";
import { images } from "./images/picture_folder.ts";
import { npy, npz } from "./readers/arrays.ts";
import { cifar } from "./readers/cifar.ts";
import type { DataFormat } from "./readers/data_format.ts";
import { idx } from "./readers/idx.ts";
import { csv, jsonl, parquet, tsv } from "./readers/table_formats.ts";
import { text } from "./text/text_lines.ts";

/** Every format, in the order in which a folder is searched for its files. */
export const dataFormats = [
  idx,
  cifar,
  csv,
  tsv,
  jsonl,
  parquet,
  npy,
  npz,
  text,
  images,
  audio,
] as const;

/** The name of a format. */
export type DataFormatName = (typeof dataFormats)[number]["name"];

/** Their names. */
export const dataFormatNames: readonly DataFormatName[] = dataFormats.map(({ name }) => name);

/** The format of a name that is one. */
export function dataFormat(name: string): DataFormat {
  return dataFormats.find((format) => format.name === name)!;
}

/** The format that a file's name tells, `.gz` aside; undefined where it tells none. */
export function formatNamed(file: string): DataFormat | undefined {
  const suffix = /\.([^./]+?)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase();
  return dataFormats.find(({ suffixes }: DataFormat) => suffixes.includes(suffix!));
}
