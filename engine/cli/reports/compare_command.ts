/** `decant compare`: two runs side by side, by what they left in their folders. */
import { jsonText } from "../../quote.ts";
import { metricsOf } from "../../metrics.ts";
import { compareRuns } from "../../report/compare.ts";
import { comparisonText } from "../../report/comparison_tables.ts";
import type { RunDocument } from "../../report/document.ts";
import { DecantError, exitCodes } from "../../error.ts";
import { type Command } from "../command.ts";
import { json } from "../recipe_options.ts";
import { REPORT, reportIn } from "./read_report.ts";

/** The command. */
export const compareCommand: Command = {
  name: "compare",
  summary: "Compares two runs by their reports: models, and which steps differ and why",
  operands: ["A", "B"],
  options: { json },
  async run({ ops, operands: [a, b], options, terminal }) {
    const metrics = metricsOf(ops.values());
    const comparison = compareRuns(await readReport(a!), await readReport(b!), metrics);
    terminal.out(
      options.json ? jsonText(comparison) : comparisonText(comparison, metrics),
    );
    return exitCodes.done;
  },
};

/** The document that a run left at a path: a folder or the file itself. Throws a `usage` error where there is none. */
async function readReport(path: string): Promise<RunDocument> {
  const file = path.endsWith(".json") ? path : `${path.replace(/\/+$/, "")}/${REPORT}`;
  const help = `name the folder that \`run --out\` wrote, or its ${REPORT}`;
  const document = await reportIn(file);
  if (document !== undefined) return document;
  if (!await isThere(file)) {
    throw new DecantError("usage", `\`${file}\` cannot be read`, help);
  }
  throw new DecantError("usage", `\`${file}\` is no report of a run`, help);
}

async function isThere(file: string): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch {
    return false;
  }
}
