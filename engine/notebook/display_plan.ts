/** A plan: what a run would do with each step, what is known of it, how long it would take. */
import { planSeconds, planSummary, planTable } from "../report/plan_table.ts";
import type { Environment } from "../run/host.ts";
import type { RecipePlan } from "../report/search/search_document.ts";
import { searchLines } from "../report/search/search_text.ts";
import type { Store } from "../store/store.ts";
import type { Bundle } from "./displayable.ts";
import { tableBundle } from "./forms.ts";

/** The plan as a table; seconds are judged by the records of the store it was made from. */
export async function displayPlan(
  plan: RecipePlan,
  store: Store,
  machine: Environment,
): Promise<Bundle> {
  const seconds = await planSeconds(plan, store, machine);
  const notes = [...searchLines(plan), planSummary(plan, seconds)];
  const table = { ...planTable(plan, seconds), notes };
  return tableBundle(table, plan.diagnostics.map(({ message }) => message));
}
