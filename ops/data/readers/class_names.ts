/** Class names that stand in a text file, one a line, in index order. */
import type { RunContext } from "../../../engine/op.ts";
import type { DataParams, WrittenData } from "../data_fields.ts";

/** The parameters with their class names read. Throws a RangeError where the file has none. */
export async function withClassNames(
  params: WrittenData,
  context: RunContext,
): Promise<DataParams> {
  if (!("classes" in params) || typeof params.classes !== "string") return params as DataParams;
  const source = params.classes;
  const text = new TextDecoder().decode(await context.read(source));
  const classes = text.replace(/^\ufeff/, "").trimEnd().split(/\r?\n/).map((line) => line.trim());
  const empty = classes.indexOf("");
  if (empty < 0) return { ...params, classes } as DataParams;
  throw new RangeError(`Cannot read class names from "${source}": line ${empty + 1} is empty`);
}
