/** Values that know how a notebook shows them. What shows them is loaded when it is asked for. */
import type { LayerFacts } from "../facts.ts";
import type { Graph } from "../graph/graph.ts";
import type { RunComparison } from "../report/compare.ts";
import type { QualityChart } from "../report/html/quality_chart.ts";
import type { Environment } from "../run/host.ts";
import type { RecipePlan } from "../report/search/search_document.ts";
import type { Table } from "../report/table.ts";
import type { Store } from "../store/store.ts";
import type { ShownRun } from "./display_run.ts";
import { displayable } from "./displayable.ts";

/** A recipe, shown as its card. */
export const displayedRecipe = <Recipe extends object>(
  recipe: Recipe,
  compile: () => Promise<Graph>,
): Recipe =>
  displayable(recipe, async () => {
    const { displayRecipe } = await import("./display_recipe.ts");
    return displayRecipe(await compile());
  });

/** A plan; the store and the machine it was made for judge how long it would take. */
export const displayedPlan = <P extends RecipePlan>(
  plan: P,
  store: Store,
  machine: Environment,
): P =>
  displayable(plan, async () => {
    const { displayPlan } = await import("./display_plan.ts");
    return await displayPlan(plan, store, machine);
  });

/** A run. */
export const displayedRun = <Run extends object>(run: Run, shown: ShownRun): Run =>
  displayable(run, async () => (await import("./display_run.ts")).displayRun(shown));

/** A table. */
export const displayedTable = (table: Table): Table =>
  displayable(table, async () => (await import("./forms.ts")).tableBundle(table));

/** Layers of a model, shown as a table. */
export const displayedLayers = (layers: readonly LayerFacts[]): readonly LayerFacts[] =>
  displayable([...layers], async () => (await import("./display_layers.ts")).displayLayers(layers));

/** A chart, shown as a picture. */
export const displayedChart = (chart: QualityChart): QualityChart =>
  displayable(chart, async () => (await import("./display_chart.ts")).displayChart(chart));

/** Two runs side by side. */
export const displayedComparison = (comparison: RunComparison): RunComparison =>
  displayable(
    comparison,
    async () => (await import("./display_comparison.ts")).displayComparison(comparison),
  );
