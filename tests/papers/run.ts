/**
 * Runs every recipe of `recipes/papers/` and prints, for each, the paper's figure, its claims with what was measured, and
 * every model's mean and deviation over the seeds. `deno task papers [RECIPE…]`; steps that ran before are recalled.
 * Seeds depend on nothing of one another: `--jobs N` runs so many steps at once, `--queue URL --store URL` all that its
 * workers take, with `--trust` and `--store-credentials` as `decant run` has them. Ends with 1 where a claim is not met.
 */
import { parseArgs } from "node:util";
import { refuse } from "../../engine/cli/refuse.ts";
import { sharedOptions } from "../../engine/cli/shared/store_options.ts";
import { processTerminal } from "../../engine/cli/terminal.ts";
import { metricsOf } from "../../engine/metrics.ts";
import { load, ops, type Run, type RunOptions } from "../../mod.ts";
import { figures } from "./figures.ts";

const terminal = processTerminal();
const metrics = metricsOf(ops);
const folder = new URL("../../recipes/papers/", import.meta.url);
const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    jobs: { type: "string" },
    queue: { type: "string" },
    store: { type: "string", multiple: true },
    trust: { type: "string", multiple: true },
    "store-credentials": { type: "string" },
  },
});
const { queue, store, trust, "store-credentials": credentials } = values;
const shared = sharedOptions({
  ...store && { store },
  ...trust && { trust },
  ...credentials !== undefined && { "store-credentials": [credentials] },
});
const jobs = values.jobs === undefined ? undefined : Number(values.jobs);
if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1)) {
  throw new RangeError(`--jobs needs a number of steps; this is "${values.jobs}"`);
}
const options: RunOptions = {
  cache: Deno.env.get("DECANT_CACHE") ?? ".decant",
  ...jobs !== undefined && { jobs },
  ...queue !== undefined && { queue },
  ...shared && { shared },
  onEvent(event) {
    if (event.type === "noticed") terminal.err(`note: ${event.sentence}\n`);
  },
};
const wanted = positionals.length > 0 ? positionals : [...Deno.readDirSync(folder)]
  .map(({ name }) => name)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -".yaml".length))
  .sort();

let unmet = 0;
try {
  for (const name of wanted) {
    const recipe = await load(new URL(`${name}.yaml`, folder).pathname);
    const run = await recipe.run(options);
    unmet += run.expect.filter(({ met }) => !met).length + run.problems.length;
    const lines = [`## ${name}`, "", ...header(name), ...claims(run), "", ...models(run), ""];
    terminal.out(`${lines.join("\n")}\n`);
  }
} catch (error) {
  Deno.exit(refuse(error, { terminal, words: Deno.args }));
}
if (unmet > 0) Deno.exit(1);

function header(name: string): string[] {
  const figure = figures[name];
  if (figure === undefined) return [];
  const limit = figure.limit === undefined ? [] : [`At this size: ${figure.limit}.`];
  return [`Paper: ${figure.paper}.`, ...limit, ""];
}

function claims({ expect, problems }: Run): string[] {
  return [
    ...problems.map(({ message }) => `✗ ${message}`),
    ...expect.map(({ claim, met, sentence }) => `${met ? "✓" : "✗"} ${claim}   (${sentence})`),
  ];
}

/** One line for each model and figure that a claim names: the mean over seeds, the deviation of a single one, how many. */
function models({ models, expect, report }: Run): string[] {
  const spoken = expect.flatMap(({ claim }) => [...claim.matchAll(/([a-z][\w-]*)\.([\w.-]+)/g)])
    .map(([, name, figure]) => ({
      name: name === "result" ? report.result! : name!,
      figure: figure!,
    }));
  const byName = Map.groupBy(models, ({ name }) => name.replace(/\[.*\]$/, ""));
  return [...byName].flatMap(([name, repeats]) => {
    const own = spoken.filter((each) => each.name === name).map(({ figure }) => figure);
    return [...new Set(["accuracy", ...own])].flatMap((figure) => {
      const values = repeats.flatMap((row) => figureOf(row, figure) ?? []);
      return values.length === 0 ? [] : [`  ${name.padEnd(20)} ${spread(figure, values)}`];
    });
  });
}

type Row = Run["models"][number];

/** What was measured of a model, by its name in a claim: `accuracy`, `bytes`, `recall.3`, `frechet` … */
function figureOf(row: Row, figure: string): number | undefined {
  const [metric = "", key] = figure.split(".");
  if (metric === "bytes") return row.bytes?.[key === "raw" || key === "gzip" ? key : "encoded"];
  const found = row.metrics[metric] ?? (row as unknown as Record<string, unknown>)[metric];
  if (typeof found === "number") return found;
  return (found as Record<string, number> | undefined)?.[key ?? ""];
}

function spread(figure: string, values: readonly number[]): string {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const squares = values.reduce((sum, each) => sum + (each - mean) * (each - mean), 0);
  const deviation = Math.sqrt(squares / Math.max(1, values.length - 1));
  const fraction = metrics.get(figure.split(".")[0]!)?.dimension === "fraction";
  const shown = (value: number) => fraction ? (100 * value).toFixed(2) : `${+value.toPrecision(4)}`;
  const around = values.length > 1 ? ` ± ${shown(deviation)} (${values.length} seeds)` : "";
  return `${figure.padEnd(14)} ${shown(mean)}${around}${fraction ? " %" : ""}`;
}
