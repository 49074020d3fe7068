/** What became of each step: a fold over the events of a run. */
import type { Key } from "../digest.ts";
import { given } from "../given.ts";
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

/**
 * A collector of events, and the states so far. Steps that ran side by side end in any order; the states do not show it.
 * They are put in order when they are asked for, not as each step ends.
 */
export function stepStates(): { states(): StepStates; readonly take: RunListener } {
  const states = new Map<string, StepState>();
  let order: readonly string[] = [];
  return {
    states: () => new Map(order.flatMap((name) => entryOf(states, name))),
    take(event, graph) {
      // The order is that of the first graph: what is learned on the way moves no step.
      if (order.length === 0) order = inOrder(graph);
      const state = stateOf(event, graph);
      if (state !== undefined) states.set(state.node.step.name, state);
    },
  };
}

function entryOf(states: StepStates, name: string): (readonly [string, StepState])[] {
  const state = states.get(name);
  return state === undefined ? [] : [[name, state]];
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
        ...given({ key: event.key, outcome: event.outcome }),
      };
    case "skipped":
      return { node, status: "skipped", cause: event.because };
    default:
      return undefined;
  }
}
