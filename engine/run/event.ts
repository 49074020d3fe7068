/** Everything that can happen in a run. Progress, journal, report and exit code are folds over these. */
import type { Digest, Json, Key } from "../digest.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { SearchPlan } from "../recipe/search/search.ts";
import type { Outcome } from "../store/store.ts";
import type { Problem } from "./problem.ts";

/** Why a step ran. */
export type Cause =
  /** Nothing is recorded under its key. */
  | { readonly why: "new" }
  /** `--force` asked for it. */
  | { readonly why: "forced" }
  /** Bytes that a later step needs were missing or damaged. */
  | { readonly why: "damaged"; readonly digest: Digest; readonly detail: string };

/** One thing that happened. */
export type RunEvent =
  | StepEvent
  /** A trial of a search begins: its number, from 1, and the values that its variables take. */
  | {
    readonly type: "trial";
    readonly search: SearchPlan;
    readonly recipe: string;
    readonly number: number;
    readonly values: Readonly<Record<string, Json>>;
  }
  /** It is judged, as a sentence; `best` where none before it was better. */
  | {
    readonly type: "judged";
    readonly number: number;
    readonly sentence: string;
    readonly best: boolean;
  }
  /** The search has ended, and the best of its trials is measured on test samples; as a sentence. */
  | { readonly type: "decided"; readonly sentence: string };

/** What happens to the steps of one graph. */
export type StepEvent =
  /** The graph; again when facts that were open have become known. */
  | { readonly type: "compiled"; readonly graph: Graph }
  /** Another process is computing this very step, or collects the cache; `holder` says which. */
  | { readonly type: "waiting"; readonly node: Node; readonly holder: string }
  | { readonly type: "started"; readonly node: Node; readonly key: Key; readonly cause: Cause }
  | {
    readonly type: "progress";
    readonly node: Node;
    /** 0…1. */
    readonly fraction: number;
    readonly message: string;
  }
  | {
    readonly type: "hit";
    readonly node: Node;
    readonly key: Key;
    readonly outcome: Outcome;
  }
  | {
    readonly type: "ran";
    readonly node: Node;
    readonly key: Key;
    readonly cause: Cause;
    readonly outcome: Outcome;
  }
  | {
    readonly type: "failed";
    readonly node: Node;
    readonly key?: Key;
    readonly seconds: number;
    readonly problem: Problem;
    /** What it made all the same, where not the making failed but what was made is of no use. */
    readonly outcome?: Outcome;
    /** For the journal alone; a person reads the problem. */
    readonly stack?: string;
  }
  | { readonly type: "skipped"; readonly node: Node; readonly because: string }
  /** Something that is not the recipe's fault and does not stop the run, as a sentence. */
  | { readonly type: "noticed"; readonly sentence: string };
