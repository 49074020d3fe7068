/**
 * What a run would do, found by reading records alone: nothing is run, and of what was made only the manifests are read
 * on which others wait. Behind a step that would run no key is known, because inputs enter by content.
 */
import type { Facts } from "../facts.ts";
import type { Key } from "../digest.ts";
import type { Diagnostic } from "../error.ts";
import { CorruptBlobError, type Outcome, type Store } from "../store/store.ts";
import { learnFacts } from "./facts_of.ts";
import { type Graph, type Node, readBy } from "./graph.ts";
import { type Preimage } from "./key.ts";
import { locate } from "./locate.ts";
import type { ResolvedSource } from "./sources/resolved_source.ts";
import { type SourceOptions, sourcesAt } from "./sources/source.ts";
import { SourceError } from "./sources/source_error.ts";

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
export interface PlanOptions extends SourceOptions {
  readonly store: Store;
  /** Fingerprint of this machine. */
  readonly host: string;
  /** Compiles again with facts found in records. */
  readonly recompile?: (known: ReadonlyMap<string, Facts>) => Graph;
}

/** Plans a run. */
export async function plan(graph: Graph, options: PlanOptions): Promise<Plan> {
  const { store, host, recompile } = options;
  const sources = sourcesAt(graph.recipe.base, store, options);
  const outcomes = new Map<string, Outcome>();
  const facts = new Map<string, Facts>();
  const steps = new Map<string, PlanState>();
  const missing: Diagnostic[] = [];
  const outcome = (node: Node): Outcome => outcomes.get(node.step.name)!;
  for (let at = 0; at < graph.nodes.length; at++) {
    const node = graph.nodes[at]!;
    const { name } = node.step;
    const state = await stateOf(node);
    steps.set(name, state);
    if (state.state !== "hit") continue;
    outcomes.set(name, state.outcome);
    if (recompile === undefined) continue;
    const learning = { facts, outcomes, store, recompile };
    graph = await learnFacts(graph, learning, ifBytesAreGone) ?? graph;
  }
  const found = graph.diagnostics.filter(({ severity }) => severity === "error");
  return {
    graph,
    steps: graph.nodes.map((node) => ({ node, ...steps.get(node.step.name)! })),
    diagnostics: [...missing, ...found],
  };

  async function stateOf(node: Node): Promise<PlanState> {
    const waits = readBy(node).find(({ step }) => !outcomes.has(step.name))?.step.name ??
      node.waits;
    if (waits !== undefined) return { state: "unknown", waits };
    try {
      const { outcome: recorded, key, preimage, sources: read } = await locate(node, {
        store,
        host,
        sources,
        outcome,
      });
      return recorded === undefined
        ? { state: "run", key, preimage }
        : { state: "hit", key, preimage, sources: read, outcome: recorded };
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      missing.push(sourceDiagnostic(graph, node, error));
      return { state: "unknown", waits: error.source };
    }
  }
}

/** Whose manifest is gone is known again when a run makes it anew. */
function ifBytesAreGone(error: unknown): undefined {
  if (!(error instanceof CorruptBlobError)) throw error;
}

function sourceDiagnostic(graph: Graph, { step }: Node, error: SourceError): Diagnostic {
  const place = graph.recipe.place(step.path);
  return {
    code: "source",
    severity: "error",
    message: error.message,
    path: step.path,
    ...(place === undefined ? {} : { place }),
    ...(error.help === undefined ? {} : { help: error.help }),
  };
}
