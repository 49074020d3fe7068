/** What a run is told, and how far it has come. */
import type { Key } from "../digest.ts";
import type { Ending, Problem } from "../error.ts";
import type { Facts } from "../facts.ts";
import { given } from "../given.ts";
import type { Graph } from "../graph/graph.ts";
import { modelsInUse } from "../graph/models_in_use.ts";
import { type SourceOptions, type Sources, sourcesAt } from "../graph/sources/source.ts";
import { inOrder, neededBy, walkOver } from "../graph/walk.ts";
import type { NativeLibrary } from "../run_context.ts";
import { MEMORY } from "../size.ts";
import type { Store } from "../store/store.ts";
import type { RunListener } from "./event.ts";
import type { EventLog } from "./event_log.ts";
import { type Executor, inThisThread, type WithOps } from "./executor.ts";
import { type Environment, fingerprint } from "./host.ts";
import type { Lock } from "./lock.ts";
import type { Performing } from "./performed.ts";

/** What a run is told. */
export interface ExecuteOptions extends SourceOptions {
  /** Where outcomes and bytes are kept. */
  readonly store: Store;
  /** The machine, for provenance and for keys of volatile ops. */
  readonly environment: Environment;
  /** Bytes that may be held of what is read; default 4 GiB, whatever the machine has. */
  readonly memory?: number;
  /** Told everything that happens, as it happens. */
  readonly onEvent?: RunListener;
  /** Whether a person watches, who is told what a step is expected to take. */
  readonly watched?: boolean;
  /** Aborting ends the run in order; a reason that is an Interruption names the signal. */
  readonly signal?: AbortSignal | undefined;
  /** Runs steps that are recorded too, and compares: one by name, or all. */
  readonly force?: string | true;
  /** What was computed a moment ago, and is not forced again. */
  readonly fresh?: { has(key: Key): boolean };
  /** Runs this step and what it needs, no more. */
  readonly until?: string;
  /**
   * After any failure, goes on with what does not depend on it. Without it so after the failure of a step that no other
   * reads, an export or a measurement: the others are not lost with it.
   */
  readonly keepGoing?: boolean;
  /** What steps must be and make; anything else is refused. */
  readonly lock?: Lock;
  /** Most steps that run side by side; changes no result. Default 1. */
  readonly jobs?: number;
  /** Threads that kernels of a step may use that runs beside others; default those of the environment. */
  readonly threads?: number;
  /** Native kernels that are used where there is one. */
  readonly kernels?: NativeLibrary | undefined;
  /** Performs the steps; default in this thread, and with several jobs each in a thread of its own. */
  readonly executor?: Executor;
  /** Compiles again, with facts that have become known. Absent where no fact can be open. */
  readonly recompile?: (known: ReadonlyMap<string, Facts>) => Graph;
}

/** A run on its way. */
export interface RunState extends Performing {
  readonly options: ExecuteOptions;
  /** The names of the steps of the graph in the order in which they are begun. */
  readonly order: readonly string[];
  readonly sources: Sources;
  readonly jobs: number;
  /** The names of models in use, see `modelsInUse`. */
  readonly inUse: ReadonlySet<string>;
  /** Models that were found to guess. */
  readonly guessing: Set<string>;
  /** What is wrong with sources, before anything runs. */
  readonly refused: Problem[];
  /** What went wrong, by step. */
  readonly failures: Map<string, readonly Problem[]>;
  /** Ends what is performed for a fault of no step. */
  readonly halt: AbortController;
  ending: Ending;
  /** No further step is begun that is not told to keep going. */
  stopped: boolean;
}

/** A run of which nothing is done yet. */
export async function beginRun(
  graph: Graph,
  options: ExecuteOptions,
  log: EventLog,
): Promise<RunState> {
  const { store, environment, until, recompile, jobs = 1 } = options;
  const { host, threads } = environment;
  const sources = sourcesAt(graph.recipe.base, store, options);
  const order = inOrder(graph);
  const wanted = until === undefined ? undefined : neededBy(graph, until);
  const walk = walkOver(graph, {
    store,
    host: fingerprint(environment),
    sources,
    order: order.filter((name) => wanted?.has(name) ?? true),
    ...given({ recompile }),
  });
  const each = options.threads ?? threads;
  const notice = (sentence: string) => void log.tell({ type: "noticed", sentence }, graph);
  const memory = options.memory ?? MEMORY;
  const halt = new AbortController();
  return {
    options,
    order,
    halt,
    sources,
    walk,
    store,
    jobs,
    watched: options.watched ?? false,
    executor: options.executor ?? await executorFor(graph, { store, jobs, threads }, notice),
    trust: sources.trust,
    signal: options.signal === undefined
      ? halt.signal
      : AbortSignal.any([options.signal, halt.signal]),
    settings: ({ op }) => ({
      threads: op.volatile ? threads : each,
      ...given({ kernels: options.kernels }),
      memory,
      host,
    }),
    tell: (event) => log.tell(event, walk.graph),
    inUse: modelsInUse(graph),
    guessing: new Set(),
    refused: [],
    failures: new Map(),
    ending: "done",
    stopped: false,
  };
}

/** What performs the steps of a run: this thread, or threads of their own where several may run at once. */
export async function executorFor(
  graph: WithOps,
  { store, jobs, threads }: {
    readonly store: Store;
    readonly jobs: number;
    /** Threads of kernels where steps run one after another. */
    readonly threads: number;
  },
  notice: (sentence: string) => void,
): Promise<Executor> {
  const executor = inThisThread(graph, store);
  if (jobs === 1) return executor;
  const { inThreads } = await import("./thread_executor.ts");
  return inThreads({ store, here: { executor, threads }, notice });
}
