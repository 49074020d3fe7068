/**
 * What a run would do, found by reading records alone: nothing is run, and of what was made only the manifests are read
 * on which others wait. Behind a step that would run no key is known, because inputs enter by content.
 */
import type { Facts } from "../facts.ts";
import { given } from "../given.ts";
import type { Key } from "../digest.ts";
import type { Diagnostic } from "../error.ts";
import { stepProblem } from "../recipe/expand/step_path.ts";
import { CorruptBlobError, type Outcome, type Store } from "../store/store.ts";
import type { Graph, Node } from "./graph.ts";
import { type Preimage } from "./key.ts";
import type { ResolvedSource } from "./sources/resolved_source.ts";
import { type SourceOptions, sourcesAt } from "./sources/source.ts";
import { SourceError } from "./sources/source_error.ts";
import { type Turn, type Walk, walkOver } from "./walk.ts";

/** What a run would do with a step. */
export type PlanState =
  /** Recorded: it would be recalled. */
  | {
    readonly state: "hit";
    readonly key: Key;
    readonly preimage: Preimage;
    readonly sources: readonly ResolvedSource[];
    readonly outcome: Outcome;
  }
  /** Not recorded, everything it reads is: it would run. */
  | { readonly state: "run"; readonly key: Key; readonly preimage: Preimage }
  /** It reads what another step would make first; if that comes out as before, this may still be a hit. */
  | { readonly state: "unknown"; readonly waits: string };

/** A step in a plan. */
export type PlannedStep = { readonly node: Node } & PlanState;

/** A plan. */
export interface Plan {
  /** What was planned. */
  readonly graph: Graph;
  /** Every step with its state, in recipe order. */
  readonly steps: readonly PlannedStep[];
  /** Sources that cannot be read, facts that cannot be: a run would refuse to begin. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What planning may read. */
interface PlanOptions extends SourceOptions {
  readonly store: Store;
  /** Fingerprint of this machine. */
  readonly host: string;
  /** Compiles again with facts found in records. */
  readonly recompile?: (known: ReadonlyMap<string, Facts>) => Graph;
}

/** Plans a run. */
export async function plan(graph: Graph, { store, host, ...options }: PlanOptions): Promise<Plan> {
  const sources = sourcesAt(graph.recipe.base, store, options);
  const { recompile } = options;
  const walk = walkOver(graph, given({ store, host, sources, recompile, unread: ifBytesAreGone }));
  const steps = new Map<string, PlanState>();
  const missing: Diagnostic[] = [];
  for (let turn = walk.next(); turn !== undefined; turn = walk.next()) {
    const state = await stateOf(walk, turn, missing);
    steps.set(turn.node.step.name, state);
    if (state.state === "hit") await walk.take(turn.node.step.name, state.outcome);
  }
  const found = walk.graph.diagnostics.filter(({ severity }) => severity === "error");
  return {
    graph: walk.graph,
    steps: walk.graph.nodes.map((node) => ({ node, ...steps.get(node.step.name)! })),
    diagnostics: [...missing, ...found],
  };
}

/** What a run would do with a step; a source that cannot be read is `missing`. */
async function stateOf(
  walk: Walk,
  { node, lacks }: Turn,
  missing: Diagnostic[],
): Promise<PlanState> {
  const waits = lacks ?? node.waits;
  if (waits !== undefined) return { state: "unknown", waits };
  try {
    const { outcome, key, preimage, sources } = await walk.locate(node);
    return outcome === undefined
      ? { state: "run", key, preimage }
      : { state: "hit", key, preimage, sources, outcome };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { message, help } = error;
    missing.push(stepProblem(walk.graph.recipe, node.step, "", { code: "source", message, help }));
    return { state: "unknown", waits: error.source };
  }
}

/** Whose manifest is gone is known again when a run makes it anew. */
function ifBytesAreGone(error: unknown): undefined {
  if (!(error instanceof CorruptBlobError)) throw error;
}
