/**
 * Runs every recipe of `recipes/papers/` and prints, for each, the paper's figure, its claims with what was measured, and
 * every model's mean and deviation over the seeds. `deno task papers [RECIPE…]`; steps that ran before are recalled.
 * Ends with 1 where a claim is not met.
 */
import { load, type Run } from "../../mod.ts";
import { figures } from "./figures.ts";

const folder = new URL("../../recipes/papers/", import.meta.url);
const wanted = Deno.args.length > 0 ? Deno.args : [...Deno.readDirSync(folder)]
  .map(({ name }) => name)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -".yaml".length))
  .sort();

let unmet = 0;
for (const name of wanted) {
  const recipe = await load(new URL(`${name}.yaml`, folder).pathname);
  const run = await recipe.run({ cache: Deno.env.get("DECANT_CACHE") ?? ".decant" });
  unmet += run.expect.filter(({ met }) => !met).length + run.problems.length;
  say([`## ${name}`, "", ...header(name), ...claims(run), "", ...models(run), ""]);
}
if (unmet > 0) Deno.exit(1);

function say(lines: readonly string[]): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${lines.join("\n")}\n`));
}

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

/** One line per model: the mean over seeds, the deviation of a single one, how many. */
function models({ models }: Run): string[] {
  const byName = Map.groupBy(models, ({ name }) => name.replace(/\[.*\]$/, ""));
  return [...byName].flatMap(([name, repeats]) => {
    const values = repeats.flatMap(({ accuracy }) => accuracy ?? []);
    if (values.length === 0) return [];
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
    const squares = values.reduce((sum, each) => sum + (each - mean) * (each - mean), 0);
    const deviation = Math.sqrt(squares / Math.max(1, values.length - 1));
    const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
    const spread = values.length > 1 ? ` ± ${(100 * deviation).toFixed(2)} (${values.length})` : "";
    return [`  ${name.padEnd(20)} ${percent(mean)}${spread}`];
  });
}
