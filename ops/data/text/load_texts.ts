/** Files of text, as texts with their labels. */
import type { RunContext } from "../../../engine/op.ts";
import { assertText } from "../../../engine/size.ts";
import type { FileParams } from "../data_fields.ts";
import { eachPart, partFiles, readFile } from "../readers/load_files.ts";
import { isTable, tableOf } from "../readers/table_file.ts";
import { type PartTexts, type Texts, textsOfLines, textsOfTable } from "./texts.ts";

/** Formats that text is read from; by a file's name, `.gz` aside, everything else is plain text. */
const NAMED = /\.(csv|tsv|jsonl|parquet)(?:\.gz)?$/i;

/** Reads the files; several of one part follow one another. Throws a RangeError that names the file and what is wrong. */
export async function loadTexts(params: FileParams, context: RunContext): Promise<PartTexts> {
  const { task, columns } = params;
  const wishes = { task, ...columns && { columns } };
  return await eachPart(
    await partFiles(params, context),
    async (files) => joined(await Promise.all(files.map(textsOf))),
  );

  async function textsOf(file: string): Promise<Texts> {
    const format = params.format ?? NAMED.exec(file)?.[1]?.toLowerCase() ?? "text";
    const bytes = await readFile(context, file);
    if (isTable(format)) {
      return textsOfTable(await tableOf(format, bytes, file, context.memory), wishes);
    }
    if (format !== "text") {
      throw new RangeError(
        `Cannot read "${file}" as text: ${format} files hold none; say \`format: text\``,
      );
    }
    assertText(`Cannot read "${file}": its text`, bytes.length);
    if (columns === undefined) return textsOfLines(new TextDecoder().decode(bytes), file, wishes);
    throw new RangeError(`Cannot choose columns of "${file}": lines of text have none`);
  }
}

function joined(files: readonly Texts[]): Texts {
  const [first] = files as [Texts];
  const labels = files.flatMap(({ labels }) => labels ?? []);
  return {
    file: first.file,
    texts: files.flatMap(({ texts }) => texts),
    labels: first.labels === null ? null : labels,
  };
}
