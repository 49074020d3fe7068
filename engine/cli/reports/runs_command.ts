/** `decant runs`: the runs whose reports lie in a folder, the last one first, with what became of them. */
import { DecantError, exitCodes } from "../../error.ts";
import { given } from "../../given.ts";
import { type MetricSet, metricsOf } from "../../metrics.ts";
import { bytesText, durationText } from "../../quantity.ts";
import { excerpt, jsonText } from "../../quote.ts";
import type { RunDocument } from "../../report/document.ts";
import { figureNamed, figureOf, qualityName } from "../../report/figures.ts";
import { NOTHING, tableText } from "../../report/table.ts";
import type { Command } from "../command.ts";
import { json } from "../recipe_options.ts";
import { REPORT, reportIn } from "./read_report.ts";

/** Folders are looked into so deep: `out/`, `out/digits/`, what a search keeps below. */
const DEPTH = 3;

/** A run as it is listed. */
interface ListedRun {
  readonly folder: string;
  readonly run: RunDocument;
}

/** The command. */
export const runsCommand: Command = {
  name: "runs",
  summary: "Lists the runs whose reports lie in a folder, the last one first, with their figures",
  operands: ["[FOLDER]"],
  options: { json },
  async run({ ops, operands: [folder = "out"], options, terminal }) {
    const rows = (await runsIn(folder)).sort((a, b) => a.run.date < b.run.date ? 1 : -1);
    const metrics = metricsOf(ops.values());
    if (options.json) {
      terminal.out(jsonText({ format: 1, runs: rows.map((row) => rowDocument(row, metrics)) }));
    } else if (rows.length === 0) {
      terminal.err(`no run has left a report in ${folder}\n`);
    } else terminal.out(`${tableText(runsTable(rows, metrics))}\n`);
    return exitCodes.done;
  },
};

/** The reports in a folder and in those inside it. Throws a `usage` error where there is no such folder. */
async function runsIn(folder: string, depth = DEPTH): Promise<ListedRun[]> {
  const here = folder.replace(/(?<=[^/])\/+$/, "");
  const run = await reportIn(`${here}/${REPORT}`);
  const rows: ListedRun[] = run === undefined ? [] : [{ folder: here, run }];
  if (depth === 0) return rows;
  const inside: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(here)) {
      if (isDirectory) inside.push(name);
    }
  } catch (error) {
    if (depth < DEPTH && !(error instanceof Deno.errors.NotCapable)) return rows;
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
    throw new DecantError(
      "usage",
      `there is no folder ${here}`,
      "name a folder in which runs wrote their reports: decant runs out",
    );
  }
  for (const name of inside.sort()) rows.push(...await runsIn(`${here}/${name}`, depth - 1));
  return rows;
}

/** The model that a run is about: its result, else the last that was measured. */
function modelOf({ models, result }: RunDocument) {
  return models.find(({ name }) => name === result) ?? models.at(-1);
}

function runsTable(rows: readonly ListedRun[], metrics: MetricSet) {
  return {
    head: ["run", "recipe", "began", "took", "ended", "result", "quality", "bytes"],
    rows: rows.map(({ folder, run }) => {
      const { model, quality, text } = qualityOf(run, metrics);
      const bytes = model?.bytes?.encoded;
      return [
        excerpt(folder),
        excerpt(run.recipe),
        run.date.replace("T", " ").slice(0, 16),
        durationText(run.seconds),
        run.ok ? "well" : run.problems.length > 0 ? "with problems" : "expectation not met",
        model === undefined ? NOTHING : excerpt(model.name),
        quality === undefined ? NOTHING : `${text} ${quality}`,
        bytes === undefined ? NOTHING : bytesText(bytes),
      ];
    }),
    notes: ["began: UTC."],
    left: 3,
  };
}

/** The figure by which a run's models are compared, of its result. */
function qualityOf(run: RunDocument, metrics: MetricSet) {
  const model = modelOf(run);
  const name = qualityName(metrics, run.models);
  const value = model && name && figureOf(model, name);
  if (model === undefined || name === undefined || typeof value !== "number") return { model };
  const { label, write } = figureNamed(metrics, name);
  return { model, name, value, quality: label, text: write(value) };
}

function rowDocument({ folder, run }: ListedRun, metrics: MetricSet) {
  const { model, name, value } = qualityOf(run, metrics);
  const { recipe, date, seconds, ok, settings } = run;
  return {
    ...given({ folder, recipe, settings, date, seconds, ok }),
    result: model === undefined ? null : model,
    quality: name === undefined ? null : { metric: name, value },
    problems: run.problems,
  };
}
