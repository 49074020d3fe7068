/** `decant plan`: what a run would do, and nothing done. */
import { jsonText } from "../quote.ts";
import { given } from "../given.ts";
import type { Graph } from "../graph/graph.ts";
import { ownFolder } from "../permission.ts";
import { isPackage } from "../recipe/parse/sources.ts";
import { type Environment, environment, kernelsText } from "../run/host.ts";
import { kernelsHere } from "../library/kernels.ts";
import {
  assertReadable,
  type Flags,
  permissionFlags,
  permissionsFor,
  toAdd,
  withNative,
} from "../library/permissions.ts";
import { diagnosticProblem } from "../run/problem.ts";
import { exitCodes } from "../error.ts";
import { modelFacts, planSeconds, planSummary, planTable } from "../report/plan_table.ts";
import { lockPath } from "../run/lock.ts";
import { withoutPin } from "../library/read_document.ts";
import type { RecipePlan } from "../report/search/search_document.ts";
import { searchLines } from "../report/search/search_text.ts";
import { lockedSources } from "../library/lock_beside.ts";
import { asking } from "./shared/store_options.ts";
import { outlookText } from "./queue/outlook_text.ts";
import { queue } from "./queue/queue_options.ts";
import type { QueueOutlook } from "../run/queue/outlook.ts";
import { queueBehind } from "../library/queue_behind.ts";
import { openStore, originOf } from "../library/runnable.ts";
import { defaultCache } from "../store/store_folder.ts";
import { tableText } from "../report/table.ts";
import { defaultOut } from "../library/write_out.ts";
import type { Command } from "./command.ts";
import { printProblems } from "./terminal.ts";
import {
  cache,
  json,
  kernels,
  memory,
  offline,
  recipeOptions,
  set,
  threads,
  trustHost,
} from "./recipe_options.ts";

/** A plan with what can be said of it besides. */
interface Outlook {
  readonly plan: RecipePlan;
  /** Seconds by step name; recorded, or estimated from the nearest record of this machine. */
  readonly seconds: ReadonlyMap<string, number>;
  /** Flags with which Deno lets the run do what it must, and no more. */
  readonly flags: Flags;
  /** The same where native kernels are to be used. */
  readonly nativeFlags?: Flags;
  readonly machine: Environment;
  /** What the run would ask of its queue, where it has one. */
  readonly queue?: QueueOutlook;
}

/** The command. */
export const planCommand: Command = {
  name: "plan",
  summary: "Says what a run would do, step by step; runs nothing",
  operands: ["RECIPE"],
  options: {
    set,
    cache,
    threads,
    kernels,
    memory,
    offline,
    "trust-host": trustHost,
    ...asking,
    queue,
    json,
  },
  async run(invocation) {
    const { terminal, options } = invocation;
    const chosen = recipeOptions(invocation);
    const { cache = defaultCache(), offline = false } = chosen;
    const queue = options.queue?.[0];
    const behindRun = queueBehind(queue);
    const reached = {
      cache,
      ...given({ shared: offline ? { stores: [] } : chosen.shared, queue }),
    };
    if (invocation.source !== undefined) assertOpens(withoutPin(invocation.source), reached);
    const recipe = await invocation.recipe();
    const graph = await recipe.compile();
    const pins = await lockedSources(recipe, chosen);
    const where = {
      documents: [
        ...originOf(recipe)?.read ?? [],
        ...(pins.size === 0 ? [] : [lockPath(recipe.source!)]),
      ],
      ...reached,
    };
    const needed = permissionsFor(graph, {
      ...where,
      documents: [...where.documents, ...threadModules(graph)],
      out: defaultOut(recipe.name, originOf(recipe)?.set),
    });
    const flags = permissionFlags(needed);
    const native = chosen.kernels === "wasm" ? undefined : withNative(needed);
    // A package never changes, so what was fetched of it once is not fetched again.
    const known = (source: string) =>
      offline || isPackage(source) || pins.has(source) || source.includes("#sha256=");
    assertReadable(
      permissionsFor(graph, { ...where, known }),
      "this plan",
      toAdd(flags),
    );
    const warn = (sentence: string) => terminal.err(`warning: ${sentence}\n`);
    const behind = offline ? undefined : { ...chosen.shared, looks: true };
    const store = await openStore(cache, warn, behind);
    const note = (sentence: string) => terminal.err(`note: ${sentence}\n`);
    const kernels = await kernelsHere(chosen.kernels, note);
    const plan = await recipe.plan({
      ...chosen,
      pins,
      cache: store,
    });
    const machine = await environment(chosen.threads ?? 1, kernels);
    const seconds = await planSeconds(plan, store, machine);
    const nativeFlags = native && permissionFlags(native);
    const onQueue = await behindRun?.outlook({ plan, ops: invocation.ops, store });
    const outlook = { plan, seconds, flags, machine, ...given({ nativeFlags, queue: onQueue }) };
    const problems = plan.diagnostics.map(diagnosticProblem);
    if (options.json) terminal.out(jsonText(planDocument(outlook)));
    else {
      terminal.out(planText(outlook));
      printProblems(terminal, problems);
    }
    return problems.length === 0 ? exitCodes.done : exitCodes.recipe;
  },
};

/** Throws a `denied` error where not even the recipe and the cache may be read, or stores and queue be reached. */
function assertOpens(
  source: string,
  reached: Omit<Parameters<typeof permissionsFor>[1], "documents">,
): void {
  const needed = permissionsFor(undefined, { ...reached, documents: [source] });
  const flags = toAdd(permissionFlags(needed));
  assertReadable(needed, "a plan", `${flags}; then it says what the run needs besides`);
}

/** What readers import in threads of their own; without a source there is no reader. */
function threadModules(graph: Graph): readonly string[] {
  const folder = ownFolder();
  const reads = graph.nodes.some(({ op, step }) => op.source(step.params).length > 0);
  return reads && folder !== undefined ? [folder] : [];
}

/** A plan as text. */
function planText({ plan, seconds, flags, nativeFlags, machine, queue }: Outlook): string {
  const { about, seed } = plan.graph.recipe;
  return `${about.name}  seed ${seed}\n${searchText(plan)}${
    tableText(planTable(plan, seconds))
  }\n` +
    `${planSummary(plan, seconds)}\n${queue === undefined ? "" : outlookText(queue)}computes with ${
      kernelsText(machine)
    }\n${needs(flags)}\n` +
    (nativeFlags === undefined || nativeFlags.refused !== undefined
      ? ""
      : `with native kernels, which end Deno's sandbox, ${needs(nativeFlags)}\n`);
}

function needs({ words, refused }: Flags): string {
  if (refused === undefined) return `needs ${words.join(" ")}`;
  return `${refused}\n  help: rename what it names, or run with deno run -A`;
}

const searchText = (plan: RecipePlan): string =>
  searchLines(plan).map((line) => `  ${line}\n`).join("");

/** A plan as JSON. */
function planDocument(
  { plan, seconds, flags, nativeFlags, machine, queue }: Outlook,
): Record<string, unknown> {
  const { graph, steps, diagnostics, search } = plan;
  return {
    format: 1,
    recipe: graph.recipe.about.name,
    ok: diagnostics.length === 0,
    steps: steps.map((planned) => {
      const { node, state } = planned;
      const facts = modelFacts(planned);
      const recorded = planned.state === "hit" ? planned.outcome : undefined;
      return {
        name: node.step.name,
        op: node.op.name,
        state,
        ...given({
          waits: planned.state === "unknown" ? planned.waits : undefined,
          key: planned.state === "unknown" ? undefined : planned.key,
          artifact: recorded?.artifact,
          recorded: recorded?.provenance.date,
          seconds: seconds.get(node.step.name),
          parameters: facts?.parameters,
          macs: facts?.macs,
        }),
      };
    }),
    ...given({
      search: search && { budget: search.plan.budget, ...search.document, ahead: search.ahead },
      queue,
    }),
    kernels: machine.kernels,
    flags: flags.words,
    ...given({
      notNative: machine.notNative,
      nativeFlags: nativeFlags?.words,
      noFlags: flags.refused,
    }),
    problems: diagnostics.map(diagnosticProblem),
  };
}
