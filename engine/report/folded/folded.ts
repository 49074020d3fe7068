/** What the document of a large run does not list, and how that is said. */
import type { Status } from "../../run/step_state.ts";

/** Steps of one op that ended alike and are not listed. */
interface FoldedSteps {
  readonly op: string;
  readonly version: number;
  readonly status: Status;
  readonly count: number;
  /** Of all of them together. */
  readonly seconds: number;
  readonly bytes: number;
}

/** What a document does not list. */
export interface Folded {
  readonly steps: readonly FoldedSteps[];
  readonly models: number;
  readonly expect: { readonly met: number; readonly missed: number };
  readonly problems: number;
}

/** How many steps of a document ended so; without a status all, those that are not listed among them. */
export function stepCount(
  { steps, folded }: {
    readonly steps: readonly { readonly status: Status }[];
    readonly folded?: Folded;
  },
  status?: Status,
): number {
  const ended = (each: { readonly status: Status }) =>
    status === undefined || each.status === status;
  const left = folded?.steps.filter(ended) ?? [];
  return left.reduce((sum, { count }) => sum + count, steps.filter(ended).length);
}

/** Steps that are not listed in words: "499 more of `grow` ran". */
export function foldedText({ count, op, status }: FoldedSteps): string {
  const words = { ran: "ran", hit: "were recalled", failed: "failed", skipped: "were not done" };
  return `${count} more of \`${op}\` ${words[status]}`;
}
