/** Values that know how a notebook shows them. What shows them is loaded when it is asked for. */
import type { LayerFacts } from "../facts.ts";
import type { Graph } from "../graph/graph.ts";
import type { MetricSet } from "../metrics.ts";
import type { RunComparison } from "../report/compare.ts";
import type { QualityChart } from "../report/html/quality_chart.ts";
import type { Environment } from "../run/host.ts";
import type { RecipePlan } from "../report/search/search_document.ts";
import type { Table } from "../report/table.ts";
import type { Store } from "../store/store.ts";
import type { Bundle, ShownRun } from "./display.ts";

/** Under this symbol a Jupyter kernel looks for a value's display. */
const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/**
 * The value itself, which from now on a notebook can show; what shows it is made, and loaded, when it is asked for. The
 * property is hidden: a displayable value equals one that is not.
 */
export function displayable<T extends object>(
  value: T,
  display: (value: T) => Promise<Bundle>,
): T {
  return Object.defineProperty(value, DISPLAY, { value: () => display(value) });
}

/** The forms of a value; undefined where it has none. */
export async function bundleOf(value: unknown): Promise<Bundle | undefined> {
  if (typeof value !== "object" || value === null) return undefined;
  const display = (value as { readonly [DISPLAY]?: () => Promise<Bundle> })[DISPLAY];
  return await display?.();
}

/** A recipe, shown as its card. */
export const displayedRecipe = <Recipe extends object>(
  recipe: Recipe,
  compile: () => Promise<Graph>,
): Recipe =>
  displayable(recipe, async () => {
    const { displayRecipe } = await import("./display.ts");
    return displayRecipe(await compile());
  });

/** A plan; the store and the machine it was made for tell how long it would take. */
export const displayedPlan = <P extends RecipePlan>(
  plan: P,
  store: Store,
  machine: Environment,
): P =>
  displayable(plan, async () => {
    const { displayPlan } = await import("./display.ts");
    return await displayPlan(plan, store, machine);
  });

/** A run. */
export const displayedRun = <Run extends object>(run: Run, shown: ShownRun): Run =>
  displayable(run, async () => (await import("./display.ts")).displayRun(shown));

/** A table. */
export const displayedTable = (table: Table): Table =>
  displayable(table, async () => (await import("./display.ts")).tableBundle(table));

/** Layers of a model, shown as a table. */
export const displayedLayers = (layers: readonly LayerFacts[]): readonly LayerFacts[] =>
  displayable([...layers], async () => (await import("./display.ts")).displayLayers(layers));

/** A chart, shown as a picture. */
export const displayedChart = (chart: QualityChart, metrics: MetricSet): QualityChart =>
  displayable(chart, async () => (await import("./display.ts")).displayChart(chart, metrics));

/** Two runs side by side. */
export const displayedComparison = (
  comparison: RunComparison,
  metrics: MetricSet,
): RunComparison =>
  displayable(
    comparison,
    async () => (await import("./display.ts")).displayComparison(comparison, metrics),
  );
