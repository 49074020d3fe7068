/** What the manifests of a run's data sets say to a person. */
import type { Json } from "../digest.ts";
import type { Graph } from "../graph/graph.ts";
import { CorruptBlobError, type Outcome, type Store } from "../store/store.ts";

/** By step. A manifest that is no longer there is passed over: nobody runs a step again for a report. */
export async function dataCards(
  { nodes }: Graph,
  outcomes: ReadonlyMap<string, Outcome>,
  store: Store,
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const cards = new Map<string, Readonly<Record<string, string>>>();
  for (const { op, step } of nodes) {
    const digest = outcomes.get(step.name)?.artifact.digest;
    if (op.output.describe === undefined || digest === undefined) continue;
    try {
      const manifest = JSON.parse(new TextDecoder().decode(await store.read(digest))) as Json;
      cards.set(step.name, op.output.describe(manifest));
    } catch (error) {
      if (!(error instanceof CorruptBlobError)) throw error;
    }
  }
  return cards;
}
