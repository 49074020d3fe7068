/** A model that guesses is measured class by class, and once more in the order of classes that this tells. */
import type { Json } from "../digest.ts";
import type { Metrics } from "../metrics.ts";
import type { OpSet } from "../op.ts";
import type { DraftFields, Drafts, Found, Look } from "../recipe/words/drafts.ts";
import type { RunListener } from "../run/event.ts";
import type { Outcome } from "../store/store.ts";
import { given } from "../given.ts";
import { recipeOf } from "./open_recipe.ts";
import type { Run } from "./run.ts";
import type { RunOptions } from "./runnable.ts";

/** Where and with what it is looked. */
export interface LookOptions extends RunOptions {
  readonly ops: OpSet;
  readonly drafts: Drafts;
  /** The folder against which the file and the data resolve, ending in a slash. */
  readonly base: string;
}

/** How trials of these data are run. */
type TrialsDraft = (ways: readonly DraftFields[], closer: boolean) => Record<string, Json>;

/** What is found, with its doubts; of a model that guesses all the same, the figures of the best way. */
export async function lookCloser(
  { from, model, ways, tries }: Pick<Found, "from" | "model"> & {
    readonly ways: readonly DraftFields[];
    readonly tries: TrialsDraft;
  },
  options: LookOptions,
): Promise<Found> {
  const { drafts, ops, base } = options;
  const looks: Look[] = ways.map((data) => ({ data }));
  let at = 0;
  const onEvent: RunListener = (event, graph) => {
    if (event.type === "trial") at = event.number - 1;
    if (event.type !== "failed" && event.type !== "ran" && event.type !== "hit") return;
    const facts = graph.node("data")?.facts;
    const classes = facts?.kind === "dataset" ? facts.classes : undefined;
    const metrics = graph.node(event.step)?.op.output.name === "metrics"
      ? metricsOf(event.outcome)
      : undefined;
    looks[at] = { ...looks[at]!, ...given({ classes, metrics }) };
  };
  const run = (recipe: Record<string, Json>, more: Partial<LookOptions>): Promise<Run> =>
    recipeOf(recipe, base, ops).run({ ...options, ...more, keepGoing: true });
  await run(tries(ways, true), { onEvent });
  const { data, again, doubts } = drafts.closer(model, looks);
  const figures = (of: DraftFields): Metrics =>
    looks.find((look) => look.data === of)?.metrics ?? { metrics: {} };
  if (!again) return { from, model, data, metrics: figures(data), doubts, guesses: true };
  const { search } = (await run(tries([data], false), {})).report;
  const metrics = search?.trials[search.winner ?? -1]?.metrics;
  return metrics === undefined
    ? { from, model, data: ways[0]!, metrics: figures(ways[0]!), doubts, guesses: true }
    : { from, model, data, metrics, doubts };
}

function metricsOf(outcome: Outcome | undefined): Metrics | undefined {
  return outcome?.manifest as unknown as Metrics | undefined;
}
