/** `decant shrink`: from a model file and data to the smallest model within what may be lost. */
import type { Quality, ShrinkWishes } from "../../recipe/words/drafts.ts";
import { DecantError, exitCodes } from "../../error.ts";
import { given } from "../../given.ts";
import { jsonText } from "../../quote.ts";
import type { Run } from "../../library/run.ts";
import type { RunDocument } from "../../report/document.ts";
import type { RunListener } from "../../run/event.ts";
import { briefValues } from "../../report/search/brief_values.ts";
import { frontTable } from "../../report/search/front_table.ts";
import { resultText } from "../../report/report.ts";
import { tableText } from "../../report/table.ts";
import type { Command, Invocation } from "../command.ts";
import { dataOptions, drafted, draftsOf, writeSchema } from "./drafting.ts";
import { runListener } from "../progress.ts";
import { recipeName } from "./recipe_name.ts";
import {
  cache,
  jobs,
  json,
  kernels,
  memory,
  offline,
  quiet,
  recipeOptions,
  threads,
  trustHost,
} from "../recipe_options.ts";
import { signalled } from "../signalled.ts";
import { printProblems } from "../terminal.ts";

/** The recipe in the folder of its results; the lock there is then the one beside it. */
const RECIPE = "recipe.yaml";

/** The line by which a recipe is known that this command may write anew. */
const WRITTEN = "# Written by decant shrink: a copy of it is yours to change.\n";

/** The command. */
export const shrinkCommand: Command = {
  name: "shrink",
  summary: "Looks for the smallest model that answers nearly as well as a model file",
  operands: ["MODEL"],
  options: {
    ...dataOptions,
    within: {
      value: "LOSS",
      description: "What may be lost: points of accuracy, 1pt; percent of an error, 5%",
    },
    for: { value: "FORMAT", description: "The format of the result's files; default tfjs" },
    minutes: {
      value: "N",
      description: "No trial is begun after as many minutes of the search; default 10",
    },
    out: {
      value: "DIR",
      description: "Folder for the recipe, its reports and the files; default out/MODEL",
    },
    cache,
    threads,
    kernels,
    jobs,
    memory,
    offline,
    "trust-host": trustHost,
    quiet,
    json,
  },
  async run(invocation) {
    const { terminal, options, operands: [model = ""] } = invocation;
    const drafts = await draftsOf(invocation);
    const target = targetOf(options.for?.[0], drafts.targets);
    const name = recipeName(model.replace(/\.[^./]+$/, ""));
    const out = options.out?.[0] ?? `out/${name}`;
    const path = `${out.replace(/\/+$/, "")}/${RECIPE}`;
    await assertOurs(path);
    const wishes = {
      target,
      minutes: minutesOf(options.minutes?.[0]),
      ...given({ within: lossOf(options.within?.[0]) }),
    };
    const { found, text } = await drafted(invocation, {
      model,
      path,
      name,
      fields: (found) => drafts.shrink(found, wishes),
    });
    await Deno.mkdir(out, { recursive: true });
    await Deno.writeTextFile(path, text.replace("\n", `\n${WRITTEN}`));
    await writeSchema(invocation, path);
    terminal.err(`${path} is written\n`);
    const recipe = await invocation.recipe(path);
    const { search } = (await recipe.compile()).recipe;
    const brief = briefValues(search!);
    const run = await signalled((signal, onEvent) =>
      recipe.run({
        ...recipeOptions(invocation),
        out,
        signal,
        onEvent,
        // A trial that comes to nothing says nothing of the next.
        keepGoing: true,
      }), inBrief(runListener(invocation).onEvent, brief));
    if (options.json) terminal.out(jsonText(run.report));
    else print(invocation, run, { out, brief, quality: drafts.quality(found.model) });
    return exitCodes[endingOf(run)];
  },
};

/** A listener that is told of trials in few words, and of the end of the search that it came: the results say what it found. */
function inBrief(
  listener: RunListener | undefined,
  brief: ReturnType<typeof briefValues>,
): RunListener | undefined {
  return listener && ((event, graph) => {
    if (event.type === "trial") listener({ ...event, values: brief(event.values) }, graph);
    else if (event.type === "decided") {
      listener({ ...event, sentence: "the search has ended; on test samples:" }, graph);
    } else listener(event, graph);
  });
}

function print(
  { terminal }: Invocation,
  run: Run,
  { out, brief, quality }: {
    readonly out: string;
    readonly brief: ReturnType<typeof briefValues>;
    readonly quality: Quality;
  },
): void {
  const { metrics } = run.graph.recipe;
  const report = briefReport(run.report, brief);
  const { search } = report;
  printProblems(terminal, run.problems);
  if (search !== undefined) {
    terminal.out(`size against ${quality.metric}, the trials that no other surpasses in both:\n`);
    terminal.out(`${tableText(frontTable(search, quality, metrics))}\n`);
  }
  const written = run.written.length === 0 ? [] : [`${out}:`, RECIPE, ...run.written];
  terminal.out(resultText(run.table, report, written, metrics));
}

function briefReport(report: RunDocument, brief: ReturnType<typeof briefValues>): RunDocument {
  const { search } = report;
  if (search === undefined) return report;
  const trials = search.trials.map((each) => ({ ...each, values: brief(each.values) }));
  return { ...report, search: { ...search, trials } };
}

/** As the run ended; where single trials failed and one was best all the same, by what is expected of that. */
function endingOf({ ending, report, expect }: Run): Run["ending"] {
  const best = report.search?.winner ?? undefined;
  if (ending !== "failed" || best === undefined || report.result === undefined) return ending;
  return expect.every(({ met }) => met) ? "done" : "expectation";
}

function targetOf(format: string | undefined, targets: readonly string[]): string {
  if (format === undefined) return targets[0]!;
  if (targets.includes(format)) return format;
  const message = `--for is one of ${targets.join(", ")}; this is "${format}"`;
  throw new DecantError("usage", message, `--for ${targets[0]}`);
}

function lossOf(text: string | undefined): ShrinkWishes["within"] {
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(pt|points?|%)$/.exec(text) ?? [];
  const amount = Number(number);
  if (amount <= 100) return { amount, unit: unit === "%" ? "percent" : "points" };
  const message = `--within needs points or percent; this is "${text}"`;
  throw new DecantError("usage", message, "--within 1pt");
}

function minutesOf(text = "10"): number {
  const minutes = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && minutes > 0 && minutes <= 10_000) return minutes;
  const message = `--minutes needs a number above 0; this is "${text}"`;
  throw new DecantError("usage", message, "--minutes 10");
}

/** A recipe that somebody wrote is not written over. */
async function assertOurs(path: string): Promise<void> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch {
    return;
  }
  if (text.includes(WRITTEN)) return;
  throw new DecantError("usage", `"${path}" is there already`, "give another folder: --out DIR");
}
