/** What became of each step: a fold over the events of a run. */
import type { Key } from "../digest.ts";
import type { Node } from "../graph/graph.ts";
import type { Outcome } from "../store/store.ts";
import type { Cause, RunEvent } from "./event.ts";

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

/** The steps that ended so far, by name, in the order of the recipe's steps. */
export type StepStates = ReadonlyMap<string, StepState>;

/** A collector of events. */
export function stepStates(): { readonly states: StepStates; take(event: RunEvent): void } {
  const states = new Map<string, StepState>();
  return {
    states,
    take(event) {
      const state = stateOf(event);
      if (state !== undefined) states.set(state.node.step.name, state);
    },
  };
}

/** A cause in words. */
export function causeText(cause: Cause): string {
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

function stateOf(event: RunEvent): StepState | undefined {
  switch (event.type) {
    case "hit":
      return {
        node: event.node,
        status: "hit",
        key: event.key,
        seconds: event.outcome.provenance.seconds,
        outcome: event.outcome,
      };
    case "ran":
      return {
        node: event.node,
        status: "ran",
        cause: causeText(event.cause),
        key: event.key,
        seconds: event.outcome.provenance.seconds,
        outcome: event.outcome,
      };
    case "failed":
      return {
        node: event.node,
        status: "failed",
        cause: event.problem.message,
        seconds: event.seconds,
        ...(event.key === undefined ? {} : { key: event.key }),
        ...(event.outcome === undefined ? {} : { outcome: event.outcome }),
      };
    case "skipped":
      return { node: event.node, status: "skipped", cause: event.because };
    default:
      return undefined;
  }
}
