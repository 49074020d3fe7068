/** `decant explain`: for each step whether it would run and why, field by field. */
import { jsonText } from "../quote.ts";
import { canonical, type Json } from "../digest.ts";
import { type Difference, explain, type Explanation } from "../graph/explain.ts";
import { given } from "../given.ts";
import { DecantError, exitCodes } from "../error.ts";
import { durationText } from "../quantity.ts";
import { asking } from "./shared/store_options.ts";
import { openStore } from "../library/runnable.ts";
import { firstOfEach } from "../report/folded/first_of_each.ts";
import { type Command } from "./command.ts";
import {
  cache,
  json,
  kernels,
  recipeOptions,
  set,
  threads,
  trustHost,
  UNLIMITED,
} from "./recipe_options.ts";

/** The command. */
export const explainCommand: Command = {
  name: "explain",
  summary: "Says why each step would run or not, against the nearest record",
  operands: ["RECIPE", "[STEP]"],
  options: { set, cache, threads, kernels, "trust-host": trustHost, ...asking, json },
  async run(invocation) {
    const { terminal, options, operands: [name] } = invocation;
    const chosen = recipeOptions(invocation);
    const warn = (sentence: string) => terminal.err(`warning: ${sentence}\n`);
    const store = await openStore(chosen.cache, warn, { ...chosen.shared, looks: true });
    const plan = await (await invocation.recipe()).plan({ ...chosen, cache: store, ...UNLIMITED });
    if (name !== undefined && plan.graph.node(name) === undefined) {
      const names = plan.steps.map(({ node }) => node.step.name).join(", ");
      throw new DecantError("usage", `the recipe has no step "${name}"`, `the steps are ${names}`);
    }
    const all = await explain(plan, store);
    const shown = all.filter(({ node }) => name === undefined || node.step.name === name);
    terminal.out(
      options.json
        ? jsonText({ format: 1, steps: shown.map(explanationDocument) })
        : explanationsText(shown),
    );
    return exitCodes.done;
  },
};

/** Explanations as text, of many the first of each kind. */
function explanationsText(all: readonly Explanation[]): string {
  const words = { hit: "that are recorded", run: "that run", unknown: "that wait" };
  const kind = ({ node, state }: Explanation) => `\`${node.op.name}\` ${words[state]}`;
  const { shown, left } = firstOfEach(all, kind);
  const more = [...left].map(([kind, count]) => `  and ${count} more of ${kind}\n`);
  return [...shown.map(explanationText), ...more].join("");
}

/** An explanation as text. */
function explanationText(explanation: Explanation): string {
  const { node, state, waits, differences, nearest, hint } = explanation;
  const told = hint === undefined ? "" : `    hint: ${hint}\n`;
  const { name } = node.step;
  if (state === "hit") {
    const { date, seconds } = nearest!.provenance;
    return `= ${name}: recorded ${day(date)}, saves ${durationText(seconds)}\n`;
  }
  const head = state === "run" ? `▸ ${name} runs` : `? ${name} waits for ${waits}`;
  if (nearest === undefined) return `${head}: no ${node.op.name} is recorded\n${told}`;
  if (state === "unknown" && differences.length === 0) {
    return `${head}; recalled if that comes out as on ${day(nearest.provenance.date)}\n`;
  }
  const against = ` (against the record of ${day(nearest.provenance.date)})`;
  return `${head}${against}\n${
    differences.map((each) => `    ${differenceText(each)}\n`).join("")
  }${told}`;
}

function differenceText({ field, before, now, place }: Difference): string {
  const at = place === undefined ? "" : ` at ${place.source}:${place.line}:${place.column}`;
  if (before === undefined) return `${field} is new: ${valueText(now!)}${at}`;
  if (now === undefined) return `${field} is gone: it was ${valueText(before)}`;
  return `${field} ${valueText(before)} → ${valueText(now)}${at}`;
}

/** Digests are shown by their first digits. */
function valueText(value: Json): string {
  if (typeof value !== "string") return canonical(value);
  return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
}

function explanationDocument(
  { node, state, waits, differences, nearest, hint }: Explanation,
): unknown {
  return {
    name: node.step.name,
    op: node.op.name,
    state,
    waits,
    ...given({ hint }),
    differences: differences.map(({ place, ...rest }) => ({
      ...rest,
      ...given({
        place: place && { source: place.source, line: place.line, column: place.column },
      }),
    })),
    nearest: nearest && { artifact: nearest.artifact.digest, ...nearest.provenance },
  };
}

const day = (date: string): string => date.slice(0, 16).replace("T", " ");
