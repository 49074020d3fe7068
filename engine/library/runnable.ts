/** A recipe as a library user holds it: a document that can be expanded, compiled, planned and run. */
import { compile } from "../graph/compile.ts";
import type { Graph } from "../graph/graph.ts";
import { given } from "../given.ts";
import type { Reach } from "../graph/sources/hosts.ts";
import type { SourceOptions } from "../graph/sources/source.ts";
import type { OpSet } from "../op.ts";
import type { Facts } from "../facts.ts";
import { type Diagnostic, RecipeError } from "../error.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import { byPlace } from "../recipe/parse/problems.ts";
import { STORE_VARIABLE, variable } from "../permission.ts";
import type { SharedOptions } from "../store/shared/address.ts";
import type { OpenSharedOptions } from "../store/shared/open_shared.ts";
import type { Store, Trust } from "../store/store.ts";
import { defaultCache } from "../store/store_folder.ts";
import { displayedPlan, displayedRecipe } from "../notebook/displayed.ts";
import { kernel } from "../notebook/kernel.ts";
import { environment, fingerprint } from "../run/host.ts";
import type { Changes, Origin } from "../run/origin.ts";
import { type KernelChoice, kernelsHere } from "./kernels.ts";
import { queueBehind } from "./queue_behind.ts";
import { hostsOf, mayReachHere } from "./read_document.ts";
import type { Run, RunSettings } from "./run.ts";
import type { BoundGraph } from "./search/attempts.ts";
import type { RecipePlan } from "../report/search/search_document.ts";

export type { Changes };

/** Options of `plan` and `run`. */
export interface RecipeOptions extends SourceOptions {
  /** Fields to change, as with `--set`. */
  readonly set?: Changes;
  /** Folder of the cache, or a store; default `DECANT_CACHE`, else `.decant` in the working directory. */
  readonly cache?: string | Store;
  /**
   * Stores shared with others, behind a cache that is a folder; changes no result. Default: those of `DECANT_STORE`, read
   * only. None is asked where a run is offline.
   */
  readonly shared?: SharedOptions;
  /** Threads that kernels of a step may use; changes no result. Default: those of the machine, shared among the jobs. */
  readonly threads?: number;
  /**
   * Kernels that compute; changes no result. `auto`, the default: native ones where Deno allows foreign functions and a C
   * compiler already, which ends its sandbox, else those of WebAssembly. Others that cannot be had are an error.
   */
  readonly kernels?: KernelChoice;
  /**
   * Bytes that may be held of what is read and made of it; changes no result. What a recipe asks for beyond it is refused.
   * Default: 4 GiB, whatever the machine has.
   */
  readonly memory?: number;
  /** Of a search as many trials as this, whatever its budget and the clock say. */
  readonly trials?: number;
}

/** Options of `run`. */
export interface RunOptions extends RecipeOptions, RunSettings {}

/** A recipe. */
export interface Recipe {
  /** Names the report and the output folder. */
  readonly name: string;
  /** What the recipe is about. */
  readonly description?: string;
  /** Path or URL of the document, or of the module that wrote it; its lock stands beside it. */
  readonly source?: string;
  /** The same recipe with some fields changed. */
  with(set: Changes): Recipe;
  /** The steps with everything implied written out. */
  expand(set?: Changes): ExpandedRecipe;
  /** The steps bound to ops and to one another. Throws a RecipeError with everything that is wrong. */
  compile(set?: Changes, options?: Pick<RecipeOptions, "memory">): Promise<Graph>;
  /** What a run would do and why; runs nothing. */
  plan(options?: RecipeOptions): Promise<RecipePlan>;
  /** Runs. Failures of steps are in the result; a recipe that cannot work throws a RecipeError. */
  run(options?: RunOptions): Promise<Run>;
}

const origins = new WeakMap<Recipe, Origin>();

/** Where a recipe came from; undefined for what is no recipe. */
export function originOf(recipe: unknown): Origin | undefined {
  return origins.get(recipe as Recipe);
}

/** A document that has been read, and what stands behind it. */
interface Readable {
  readonly ops: OpSet;
  readonly origin: Origin;
  expand(set?: Changes): ExpandedRecipe;
}

/** A recipe from the function that reads its document with some fields changed. Throws a RecipeError. */
export function runnable(
  read: (set: Changes) => ExpandedRecipe,
  ops: OpSet,
  origin: Origin,
): Recipe {
  // Recipes are values: what was read once is read.
  const written = sound(read({}), ops);
  const expand = (set: Changes = {}): ExpandedRecipe =>
    Object.keys(set).length === 0 ? written : sound(read(set), ops);
  const readable: Readable = { ops, origin, expand };
  const { name, description } = written.about;
  const recipe: Recipe = {
    name,
    ...given({ description, source: origin.source }),
    with: (changed) => {
      const changes = { ...origin.set, ...changed };
      return runnable((set) => read({ ...changed, ...set }), ops, { ...origin, set: changes });
    },
    expand,
    // deno-lint-ignore require-await -- a failure is a rejection
    compile: async (set, { memory } = {}) => bind(expand(set), ops, memory).graph,
    plan: (options) => planned(readable, options),
    run: (options) => ran(readable, options),
  };
  origins.set(recipe, origin);
  return displayedRecipe(recipe, () => recipe.compile());
}

/** The recipe itself. What the graph finds wrong is said together with what the document has wrong. */
function sound(recipe: ExpandedRecipe, ops: OpSet): ExpandedRecipe {
  if (isWrong(recipe)) throw new RecipeError(compile(recipe, ops).diagnostics);
  return recipe;
}

function bind(recipe: ExpandedRecipe, ops: OpSet, memory: number | undefined): BoundGraph {
  const recompile = (known: ReadonlyMap<string, Facts>): Graph =>
    compile(recipe, ops, ({ name }) => known.get(name), memory);
  const graph = recompile(new Map());
  // A value that cannot be is found before the first trial, not at its own.
  const probes = recipe.search?.probes ?? [];
  const probed = probes.map((probe) => compile(probe, ops, undefined, memory).diagnostics);
  const diagnostics = [graph.diagnostics, ...probed].flat();
  if (isWrong({ diagnostics })) throw new RecipeError(byPlace(diagnostics));
  return { graph, recompile };
}

/** What one document from elsewhere wrote may stand in any place of what extends it. */
function reachOf({ documents = [] }: Origin): Reach {
  const sources = documents.map(({ source }) => source);
  return { local: sources.every(mayReachHere), hosts: hostsOf(sources) };
}

async function planned(
  { ops, origin, expand }: Readable,
  { set, cache, shared, threads = processors(), kernels, memory, trials, ...sources }:
    RecipeOptions = {},
): Promise<RecipePlan> {
  const whole = expand(set);
  const bound = bind(whole, ops, memory);
  const behind = sources.offline ? undefined : { ...shared, memory, looks: true };
  const store = await openStore(cache, undefined, behind);
  const machine = await environment(threads, await kernelsHere(kernels));
  const options = {
    ...sources,
    ...reachOf(origin),
    // What is fetched to be looked at has a bound even where what would be run has none.
    ...given({ memory: memory === Infinity ? undefined : memory }),
    store,
    host: fingerprint(machine),
  };
  const { plan } = await import("../graph/plan.ts");
  const planOf = ({ graph, recompile }: BoundGraph) => plan(graph, { ...options, recompile });
  if (whole.search === undefined) return displayedPlan(await planOf(bound), store, machine);
  const { recallSearch } = await import("./search/recall_search.ts");
  const bindTrial = (trial: ExpandedRecipe) => planOf(bind(trial, ops, memory));
  return displayedPlan(await recallSearch(whole.search, bindTrial, trials), store, machine);
}

async function ran(
  { ops, origin, expand }: Readable,
  { set, cache, shared, threads, kernels, ...settings }: RunOptions = {},
): Promise<Run> {
  const whole = expand(set);
  const { memory, until } = settings;
  const behind = queueBehind(settings.queue, shared);
  const jobs = settings.jobs ?? behind?.jobs ?? 1;
  const { graph, recompile } = bind(whole, ops, memory);
  const progress = settings.onEvent === undefined ? await progressHere() : undefined;
  const onEvent = settings.onEvent ?? progress?.listen;
  const notice = (sentence: string) => onEvent?.({ type: "noticed", sentence }, graph);
  const transferring = (text: string) => onEvent?.({ type: "transferring", text }, graph);
  // A compiler answers while the store is opened.
  const [found, store] = await Promise.all([
    kernelsHere(kernels, notice),
    openStore(
      cache,
      notice,
      settings.offline ? undefined : {
        ...shared,
        ...behind?.shared,
        memory,
        transferring,
        signal: settings.signal,
      },
    ),
  ]);
  const machine = await environment(threads ?? processors(), found);
  const { host } = machine;
  await using queue = await behind?.open({ graph, ops, store, host, notice });
  const queued = queue && { executor: queue.executor, store: queue.store };
  const options = {
    ...settings,
    ...reachOf(origin),
    ...given({ onEvent }),
    jobs,
    store,
    ...queued,
    ops,
    environment: machine,
    ...given({ kernels: found.library }),
    threads: threads ?? Math.max(1, Math.floor(processors() / jobs)),
    origin: { ...origin, set: { ...origin.set, ...set } },
  };
  try {
    if (whole.search === undefined || until !== undefined) {
      const { runGraph } = await import("./run_graph.ts");
      return await runGraph(graph, { ...options, recompile });
    }
    const { runSearch } = await import("./search/run_search.ts");
    const bindTrial = (trial: ExpandedRecipe) => bind(trial, ops, memory);
    return await runSearch(whole.search, { ...options, graph, bind: bindTrial });
  } finally {
    await progress?.settled();
  }
}

/** In a notebook a run shows itself going; elsewhere somebody else does. */
async function progressHere() {
  const jupyter = kernel();
  if (jupyter === undefined) return undefined;
  const { notebookProgress } = await import("../notebook/progress.ts");
  return notebookProgress(jupyter);
}

function isWrong({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

/** What stands behind a cache, and whether it is only looked at. */
type SharedStoreAccess =
  & SharedOptions
  & Pick<OpenSharedOptions, "looks" | "memory" | "rest" | "signal" | "signer" | "transferring">;

/**
 * The store in a folder, by default that of `defaultCache`, with the shared ones behind it where `shared` is given; a
 * store is itself. `notice` is told what is not as it should be there and stops nothing.
 */
export async function openStore(
  cache: string | Store = defaultCache(),
  notice: (sentence: string) => void = () => {},
  shared?: SharedStoreAccess,
): Promise<Store> {
  if (typeof cache !== "string") return cache;
  const { diskStore } = await import("../store/disk_store.ts");
  let keys: Promise<Trust> | undefined;
  // Few caches hold records of others.
  const trusts: Trust = async (recorded) => await (await (keys ??= trustOf(shared)))(recorded);
  if (shared?.trust !== undefined) await (keys = trustOf(shared));
  const store = await diskStore(cache, { notice, trusts });
  const named = shared?.stores ?? (variable(STORE_VARIABLE) === undefined ? [] : undefined);
  if (shared === undefined || named?.length === 0) return store;
  const { openShared } = await import("../store/shared/open_shared.ts");
  return await openShared(store, { ...shared, notice, trusts });
}

async function trustOf(shared: SharedOptions | undefined): Promise<Trust> {
  const { trustIn } = await import("../store/shared/keys.ts");
  return trustIn(shared?.trust);
}

const processors = (): number => navigator.hardwareConcurrency;
