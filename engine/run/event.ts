/**
 * Everything that can happen in a run, as plain data. Progress, journal, report and exit code are folds over these;
 * whoever needs more of a step than its name finds it in the graph that comes with each event.
 */
import type { Digest, Json, Key } from "../digest.ts";
import type { Graph } from "../graph/graph.ts";
import type { SearchPlan } from "../recipe/recipe.ts";
import type { Outcome } from "../store/store.ts";
import type { Problem } from "../error.ts";

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
  /** Of a search `trial` is the number of the trial whose step it is; absent where its winner is finished. */
  | StepEvent & { readonly trial?: number }
  /** A trial of a search begins: its number, from 1, and the values that its variables take. */
  | {
    readonly type: "trial";
    readonly search: SearchPlan;
    readonly recipe: string;
    readonly number: number;
    readonly values: Readonly<Record<string, Json>>;
  }
  /** It has ended; how good it was, as a sentence; `best` where none before it was better. */
  | {
    readonly type: "scored";
    readonly number: number;
    readonly sentence: string;
    readonly best: boolean;
  }
  /** The search has ended, and the best of its trials is measured on test samples; as a sentence. */
  | { readonly type: "decided"; readonly sentence: string };

/** Who is told what happens, and in which graph: of a search the one of the trial, else that of the recipe as written. */
export type RunListener = (event: RunEvent, graph: Graph) => void;

/** What happens to the steps of one graph; `step` is a name in it. */
type StepEvent =
  /** There is a graph, of so many steps; another one when facts that were open have become known. */
  | { readonly type: "compiled"; readonly recipe: string; readonly steps: number }
  /** Another process is computing this very step, or collects the cache; `holder` says which. */
  | { readonly type: "waiting"; readonly step: string; readonly holder: string }
  | { readonly type: "started"; readonly step: string; readonly key: Key; readonly cause: Cause }
  | {
    readonly type: "progress";
    readonly step: string;
    /** 0…1. */
    readonly fraction: number;
    readonly message: string;
    /** Samples that the step takes from beginning to end, each as often as it does. */
    readonly samples?: number;
    /** The machine it runs on, where that is another. */
    readonly host?: string;
  }
  /** It has run for a while; the seconds that the record nearest to it took on this machine. */
  | { readonly type: "expected"; readonly step: string; readonly seconds: number }
  | {
    readonly type: "hit";
    readonly step: string;
    readonly key: Key;
    readonly outcome: Outcome;
  }
  | {
    readonly type: "ran";
    readonly step: string;
    readonly key: Key;
    readonly cause: Cause;
    readonly outcome: Outcome;
  }
  | {
    readonly type: "failed";
    readonly step: string;
    readonly key?: Key;
    readonly seconds: number;
    readonly problem: Problem;
    /** What it made all the same, where not the making failed but what was made is of no use. */
    readonly outcome?: Outcome;
    /** For the journal alone; a person reads the problem. */
    readonly stack?: string;
  }
  | { readonly type: "skipped"; readonly step: string; readonly because: string }
  /** What is on its way to and from shared stores, in a few words; `""` when nothing is any more. */
  | { readonly type: "transferring"; readonly text: string }
  /** Something that is not the recipe's fault and does not stop the run, as a sentence. */
  | { readonly type: "noticed"; readonly sentence: string };
