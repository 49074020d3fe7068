/** Plain text: a label and a text on each line, or one running text. */
import { assertText } from "../../../engine/size.ts";
import { defineDataFormat } from "../readers/data_format.ts";
import type { TableWishes } from "../readers/table_columns.ts";
import type { Texts } from "./texts.ts";

export const text = defineDataFormat({
  name: "text",
  suffixes: ["txt"],
  inFolder: ["[^/]*\\.txt"],
  example: ".txt",
  // deno-lint-ignore require-await -- a failure is a rejection
  async texts(bytes, file, wishes) {
    assertText(`Cannot read "${file}": its text`, bytes.length);
    if (wishes.columns === undefined) {
      return textsOfLines(new TextDecoder().decode(bytes), file, wishes);
    }
    throw new RangeError(`Cannot choose columns of "${file}": lines of text have none`);
  },
});

/** Lines of `<label> <text>`, of the text alone where nobody has labelled them, empty ones skipped; to predict next tokens, the whole file as one text. */
export function textsOfLines(
  text: string,
  file: string,
  { task, labels }: Pick<TableWishes, "task" | "labels">,
): Texts {
  if (task === "next-token") return { file, texts: [text], labels: null };
  const lines = text.split(/\r?\n/).entries().filter(([, line]) => line.trim() !== "");
  if (labels === "none") {
    return { file, texts: [...lines].map(([, line]) => line.trim()), labels: null };
  }
  const pairs = [...lines].map(([index, line]) => {
    const [, label, rest] = /^\s*(\S+)\s+([^]*)$/.exec(line) ?? [];
    if (label !== undefined) return [label, rest!] as const;
    throw new RangeError(
      `Cannot read "${file}": line ${
        index + 1
      } is no label with a text behind it; texts that nobody has labelled are read with ` +
        "`labels: none`",
    );
  });
  return {
    file,
    texts: pairs.map(([, rest]) => rest),
    labels: pairs.map(([label]) => label),
  };
}
