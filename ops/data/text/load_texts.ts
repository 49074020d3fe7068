/** Files of text, as texts with their labels. */
import type { RunContext } from "../../../engine/op.ts";
import { given } from "../../../engine/given.ts";
import { dataFormat, formatNamed } from "../data_formats.ts";
import type { FileWishes } from "../readers/data_format.ts";
import { partFiles } from "../readers/part_files.ts";
import { eachPart, readFile } from "../readers/read_file.ts";
import { text } from "./text_lines.ts";
import type { PartTexts, Texts } from "./texts.ts";

/** Reads the files; several of one part follow one another. Throws a RangeError that names the file and what is wrong. */
export async function loadTexts(params: FileWishes, context: RunContext): Promise<PartTexts> {
  const { task, columns, labels } = params;
  const wishes = { task, ...given({ columns, labels }) };
  return await eachPart(
    await partFiles(params, context),
    async (files) => joined(await Promise.all(files.map(textsOf))),
  );

  async function textsOf(file: string): Promise<Texts> {
    const { name, texts } = formatOf(file, params.format);
    const bytes = await readFile(context, file);
    if (texts !== undefined) return await texts(bytes, file, wishes, context.memory);
    throw new RangeError(
      `Cannot read "${file}" as text: ${name} files hold none; say \`format: text\``,
    );
  }
}

/** As it is called, else by the file's name; what is of no format of texts by its name is plain text. */
function formatOf(file: string, called: string | undefined) {
  if (called !== undefined) return dataFormat(called);
  const named = formatNamed(file);
  return named?.texts === undefined ? text : named;
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
