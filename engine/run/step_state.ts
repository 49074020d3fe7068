/** What became of each step: a fold over the events of a run. */
import type { Key } from "../digest.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { inOrder } from "../graph/walk.ts";
import type { Outcome } from "../store/store.ts";
import type { Cause, RunEvent, RunListener } from "./event.ts";

/** How a step ended. */
export type Status = "hit" | "ran" | "failed" | "skipped";

/** A step that ended. */
export interface StepState {
  readonly node: Node;
  readonly status: Status;
  /** Why it ran, failed or was skipped. */
  readonly cause?: string;
  readonly key?: Key;
  /** Of the run that made it: this one, or for a hit an earlier one. */
  readonly seconds?: number;
  readonly outcome?: Outcome;
}

/** The steps that ended so far, by name, in the order in which they are begun. */
export type StepStates = ReadonlyMap<string, StepState>;

/** A collector of events. Steps that ran side by side end in any order; the states do not show it. */
export function stepStates(): { readonly states: StepStates; readonly take: RunListener } {
  const states = new Map<string, StepState>();
  let places: ReadonlyMap<string, number> | undefined;
  let last = 0;
  return {
    states,
    take(event, graph) {
      // The order is that of the first graph: what is learned on the way moves no step.
      places ??= new Map(inOrder(graph).map((name, place) => [name, place]));
      const state = stateOf(event, graph);
      if (state === undefined) return;
      const { name } = state.node.step;
      const place = places.get(name)!;
      states.set(name, state);
      if (place < last) sort(states, places);
      last = Math.max(last, place);
    },
  };
}

function sort(states: Map<string, StepState>, places: ReadonlyMap<string, number>): void {
  const sorted = [...states].sort(([a], [b]) => places.get(a)! - places.get(b)!);
  states.clear();
  for (const [name, state] of sorted) states.set(name, state);
}

/** A cause in words. */
function causeText(cause: Cause): string {
  switch (cause.why) {
    case "new":
      return "nothing recorded";
    case "forced":
      return "forced";
    case "damaged":
      return `damaged: ${cause.detail}`;
    default:
      return cause satisfies never;
  }
}

function stateOf(event: RunEvent, graph: Graph): StepState | undefined {
  const node = "step" in event ? graph.node(event.step) : undefined;
  if (node === undefined) return undefined;
  switch (event.type) {
    case "hit":
      return {
        node,
        status: "hit",
        key: event.key,
        seconds: event.outcome.provenance.seconds,
        outcome: event.outcome,
      };
    case "ran":
      return {
        node,
        status: "ran",
        cause: causeText(event.cause),
        key: event.key,
        seconds: event.outcome.provenance.seconds,
        outcome: event.outcome,
      };
    case "failed":
      return {
        node,
        status: "failed",
        cause: event.problem.message,
        seconds: event.seconds,
        ...(event.key === undefined ? {} : { key: event.key }),
        ...(event.outcome === undefined ? {} : { outcome: event.outcome }),
      };
    case "skipped":
      return { node, status: "skipped", cause: event.because };
    default:
      return undefined;
  }
}
