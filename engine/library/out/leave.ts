/** What a run leaves in a folder for people: exports, reports and lock; and when none of it is written. */
import { exportFolder } from "../../files.ts";
import { given } from "../../given.ts";
import type { Ending } from "../../error.ts";
import type { Execution } from "../../run/execute.ts";
import type { ExecuteOptions } from "../../run/run_state.ts";
import { subjectOf } from "../../graph/graph.ts";
import { sweepPoints } from "../../report/sweep/points.ts";
import type { Subject } from "../../report/subject.ts";
import type { StepStates } from "../../run/step_state.ts";
import { exportDocument } from "./export_document.ts";
import { tryPageOf } from "./try_page.ts";
import { type Exported, exportSteps, writeOut, type Written } from "../write_out.ts";
import type { ExportDocument } from "../../report/document.ts";

/** Who is told, and who may interrupt. */
export interface LeaveOptions extends Pick<ExecuteOptions, "signal"> {
  /** Where the bytes are that documents and a page for a browser are made of; without it there are none. */
  readonly store?: ExecuteOptions["store"];
  readonly onEvent?: ExecuteOptions["onEvent"] | undefined;
}

/** What is left in a folder for people. */
interface Leaving {
  readonly execution: Execution;
  readonly states: StepStates;
  readonly ended: Ending;
  readonly whole: boolean;
  /** The reports by name, in order, given the exports that lie beside them and what this run made of them. */
  reports(
    exports: readonly ExportDocument[],
    files: Subject["files"],
  ): Promise<Readonly<Record<string, string>>>;
}

/** Leaves a run in a folder for people. Undefined where it was interrupted while it did: the folder is as it was. */
export async function leave(
  out: string | undefined,
  { execution, states, ended, whole, reports }: Leaving,
  { signal, onEvent, store }: LeaveOptions,
): Promise<Written[] | undefined> {
  if (out === undefined) return [];
  const notice = (sentence: string): void =>
    onEvent?.({ type: "noticed", sentence }, execution.graph);
  try {
    const made = await exportsOf(execution, states);
    const page = store && await tryPageOf(out, execution, made, store);
    const exported: Exported[] = [];
    for (const each of made) {
      const document = store && await exportDocument(execution, each, store);
      exported.push({
        ...each,
        ...given({ document, page: each.step === page?.step ? page : undefined }),
      });
    }
    // A run that was interrupted before leaves its reports, and waits for nobody.
    if (ended !== "interrupted" && ended !== "terminated") signal?.throwIfAborted();
    const files = Object.fromEntries(exported.map(({ folder, files }) => [folder, files]));
    return await writeOut(out, exported, (exports) => reports(exports, files), {
      whole,
      ...given({ signal }),
      waiting: (holder) => notice(`${holder} is writing to ${out}; waiting for it`),
    });
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    notice(`${out} is not written: the run was interrupted`);
    return undefined;
  }
}

/** What export steps made, for the folder; of a run that was interrupted nothing is read, so that it ends at once. */
async function exportsOf(execution: Execution, states: StepStates): Promise<Exported[]> {
  const { graph, ending } = execution;
  if (ending === "interrupted" || ending === "terminated") return [];
  const exported = new Map<string, Exported>();
  const best = bestResults(graph, states);
  for (const step of exportSteps(graph)) {
    if (!execution.outcomes.has(step)) continue;
    const model = subjectOf(graph.node(step)!)?.step.name;
    if (best !== undefined && model !== undefined && !best.has(model)) continue;
    const folder = exportFolder(step);
    exported.set(folder, { step, folder, files: await execution.value(step) as Exported["files"] });
  }
  return [...exported.values()];
}

/** The results of a sweep that are worth writing: its Pareto points; undefined where none are asked for. */
function bestResults(
  graph: Execution["graph"],
  states: StepStates,
): ReadonlySet<string> | undefined {
  if ((graph.recipe.sweep?.pareto.length ?? 0) === 0) return undefined;
  const best = sweepPoints(graph, states).filter(({ pareto }) => pareto);
  return new Set(best.flatMap(({ points }) => points.flatMap(({ result }) => result ?? [])));
}
