/**
 * A graph, run: each step in its turn, by demand. A step whose record verifies is a hit and nothing of it is read; what
 * is not recorded an executor performs. Steps that do not depend on one another may run side by side.
 */
import { DecantError, type Ending, hasCode, type Problem, RecipeError } from "../error.ts";
import { given } from "../given.ts";
import { type Graph, type Node, readBy, readIn } from "../graph/graph.ts";
import { isLoaded } from "../graph/models_in_use.ts";
import type { ResolvedSource } from "../graph/sources/resolved_source.ts";
import { SourceError, TrustError } from "../graph/sources/source_error.ts";
import type { Located, Turn } from "../graph/walk.ts";
import { type Outcome, StoreError } from "../store/store.ts";
import { guessOf } from "./chance.ts";
import type { Cause } from "./event.ts";
import { openEventLog } from "./event_log.ts";
import { faultOf } from "./fault.ts";
import { assertLocked } from "./lock.ts";
import { performed, valueOf } from "./performed.ts";
import { diagnosticProblem, endingBySignal, placeInDocument, stepProblem } from "./problem.ts";
import { beginRun, type ExecuteOptions, type RunState } from "./run_state.ts";

/** A run, done. */
export interface Execution {
  /** With all facts that became known. */
  readonly graph: Graph;
  /** By step name; steps that failed or were skipped have none. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Where each step that could be begun stands, by name. */
  readonly located: ReadonlyMap<string, Located>;
  readonly ending: Ending;
  readonly problems: readonly Problem[];
  /** The value a step made. Reads, verifies, and where bytes are gone makes them again. */
  value(step: string): Promise<unknown>;
  /** What to throw in place of an error met after the run: see `faultOf`. */
  fault(error: unknown): Promise<unknown>;
}

/** Runs a graph. Failures of steps are in the result; it throws only what is no step's fault. */
export async function execute(graph: Graph, options: ExecuteOptions): Promise<Execution> {
  const log = await openEventLog(options.store, graph, options.onEvent);
  const kept = log.journal;
  const fault = (error: unknown): Promise<unknown> => faultOf(error, kept);
  const run = await beginRun(graph, options, log);
  try {
    await tellGraph(run);
    await checkSources(run);
    if (run.refused.length === 0) await takeSteps(run);
    await options.store.sharing?.settled(run.signal);
    await log.journal?.append({ event: "ended", ending: run.ending });
  } catch (error) {
    throw await fault(error);
  } finally {
    // What is made again later, for somebody who asks for its value, belongs to no run.
    await log.close();
  }
  const { walk, order, ending, refused, failures } = run;
  const { outcomes, located } = walk;
  return {
    graph: walk.graph,
    outcomes,
    located,
    ending,
    problems: [...refused, ...order.flatMap((name) => failures.get(name) ?? [])],
    value: (name) => valueOf(run, walk.graph.node(name)!),
    fault,
  };
}

/** Takes every step in its turn. What reads a clock runs alone: nothing shall disturb it. */
async function takeSteps(run: RunState): Promise<void> {
  const running = new Map<string, Promise<void>>();
  const errors: unknown[] = [];
  const all = () => Promise.all(running.values());
  const one = () => Promise.race(running.values());
  while (run.ending !== "recipe" && errors.length === 0) {
    const turn = run.walk.next(running);
    if (turn === undefined) {
      if (running.size === 0) break;
      await one();
      continue;
    }
    const alone = turn.node.op.volatile;
    if (alone) await all();
    const because = obstacle(run, turn);
    const { name: step } = turn.node.step;
    if (because !== undefined) await run.tell({ type: "skipped", step, because });
    else {
      const taken = takeStep(run, turn.node).catch((error) => {
        errors.push(error);
        run.halt.abort(error);
      });
      running.set(step, taken.finally(() => running.delete(step)));
      if (alone) await all();
      else if (running.size >= run.jobs) await one();
    }
  }
  await all();
  if (errors.length > 0) throw errors[0];
}

async function takeStep(run: RunState, node: Node): Promise<void> {
  const { walk, options: { lock } } = run;
  const { name } = node.step;
  const began = performance.now();
  try {
    const located = await walk.locate(node, { signal: run.signal });
    if (lock !== undefined) assertLocked(lock, node, located);
    const outcome = await made(run, node, located);
    const learned = await walk.take(name, outcome);
    if (lock !== undefined) assertLocked(lock, node, located, outcome);
    void run.store.sharing?.offer({ key: located.key, outcome }, localSources(located));
    if (learned) await tellLearned(run);
    await assertKnowing(run, walk.graph.node(name)!, outcome);
  } catch (error) {
    await fail(run, node, error, (performance.now() - began) / 1000);
  }
}

/** What a step reads that lies on this machine, as the recipe writes it. */
function localSources({ sources }: Located): string[] {
  const lies = ({ files }: ResolvedSource) => files.some(({ url }) => url.startsWith("file:"));
  return sources.filter(lies).map(({ written }) => written);
}

/** What is recorded of a step, or else performed. */
async function made(run: RunState, node: Node, located: Located): Promise<Outcome> {
  const { force, fresh } = run.options;
  const { key, outcome } = located;
  const forced = (force === true || force === node.step.name) && !fresh?.has(key);
  if (outcome === undefined || forced) {
    const cause: Cause = { why: forced ? "forced" : "new" };
    return await performed(run, node, located, cause);
  }
  await run.tell({ type: "hit", step: node.step.name, key, outcome });
  return outcome;
}

/** Facts that were open until a step was done have let the rest be compiled, and checked, further. */
async function tellLearned(run: RunState): Promise<void> {
  const errors = run.walk.graph.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new RecipeError(errors);
  await tellGraph(run);
}

async function tellGraph({ walk: { graph }, tell }: RunState): Promise<void> {
  const { recipe, nodes } = graph;
  await tell({ type: "compiled", recipe: recipe.about.name, steps: nodes.length });
}

/** Nobody goes on with a teacher, or a loaded model, that guesses; of one that is still to learn it is only said. */
async function assertKnowing(run: RunState, node: Node, outcome: Outcome): Promise<void> {
  const guess = guessOf(node, outcome);
  if (guess === undefined) return;
  const { sentence, help, model } = guess;
  const { name, path } = model.step;
  if (run.inUse.has(name)) {
    run.guessing.add(name);
    const place = placeInDocument(run.walk.graph.recipe, path);
    throw new DecantError("at-chance", sentence, help, { place });
  }
  if (isLoaded(model)) await run.tell({ type: "noticed", sentence: `${sentence}; ${help}` });
}

async function fail(run: RunState, node: Node, error: unknown, seconds: number): Promise<void> {
  const { walk, options: { signal } } = run;
  const { name: step } = node.step;
  if (signal?.aborted) {
    run.ending = endingBySignal(signal);
    const because = "interrupted; the next run goes on from there";
    return await run.tell({ type: "skipped", step, because });
  }
  if (error instanceof RecipeError) {
    run.ending = "recipe";
    run.failures.set(step, error.diagnostics.map(diagnosticProblem));
    return;
  }
  const { problem, ending } = stepProblem(walk.graph.recipe, node, error);
  if (run.ending !== "refused") run.ending = ending;
  // A model that guesses and a cache that fails concern more than their step.
  const guesses = hasCode(error, "at-chance");
  if (guesses || error instanceof StoreError || readIn(walk.graph).has(step)) run.stopped = true;
  run.failures.set(step, [problem]);
  const key = walk.located.get(step)?.key;
  const outcome = guesses ? walk.outcomes.get(step) : undefined;
  const stack = error instanceof Error ? error.stack : undefined;
  await run.tell({ type: "failed", step, seconds, problem, ...given({ key, outcome, stack }) });
}

/** Why a step cannot be started; undefined if it can. */
function obstacle(run: RunState, { node, lacks }: Turn): string | undefined {
  const { signal, keepGoing } = run.options;
  if (signal?.aborted) {
    run.ending = endingBySignal(signal);
    return "not started: the run was interrupted";
  }
  if (run.ending === "refused") return "not started: the run was stopped";
  if (run.stopped && !keepGoing) return "not started: an earlier step failed";
  const unfit = readBy(node).find((read) => run.guessing.has(read.step.name));
  if (unfit !== undefined) return `not started: \`${unfit.step.name}\` guesses`;
  return lacks === undefined ? undefined : `not started: \`${lacks}\` is missing`;
}

/** Every source is looked at before anything runs: nobody trains for an hour to learn of a wrong path. */
async function checkSources(run: RunState): Promise<void> {
  const { walk: { graph }, options: { signal } } = run;
  for (const node of graph.nodes) {
    if (signal?.aborted) return;
    try {
      await run.sources.of(node);
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof SourceError || error instanceof TrustError)) throw error;
      const { problem, ending } = stepProblem(graph.recipe, node, error);
      if (run.ending !== "refused") run.ending = ending === "refused" ? ending : "recipe";
      run.refused.push(problem);
    }
  }
}
