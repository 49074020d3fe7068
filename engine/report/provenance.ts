/** Whether a number was made in this run, or from which one it is recalled. */
import { type Graph, subjectOf } from "../graph/graph.ts";
import { durationText } from "../quantity.ts";
import type { RunDocument, StepDocument } from "./document.ts";

/** `2026-11-24 14:05 UTC`. */
export function whenText(date: string): string {
  return `${date.slice(0, 16).replace("T", " ")} UTC`;
}

/** `now`, or `2026-11-24 14:05, vm`; times are UTC. */
export function measuredText({ recalled }: Pick<StepDocument, "recalled">): string {
  return recalled === undefined
    ? "now"
    : `${whenText(recalled.date).replace(" UTC", "")}, ${recalled.host}`;
}

/** `made now in 13 s`, on which machine where that is another, or from which run it is recalled. */
export function madeText(step: StepDocument): string {
  const { status, cause, host, seconds = 0 } = step;
  switch (status) {
    case "ran":
      return `made now ${host === undefined ? "" : `on ${host} `}in ${durationText(seconds)}${
        cause === undefined || cause === "nothing recorded" ? "" : `: ${cause}`
      }`;
    case "hit":
      return `recalled from ${measuredText(step)}; it took ${durationText(seconds)}`;
    case "failed":
      return `failed after ${durationText(seconds)}`;
    case "skipped":
      return cause ?? "not done";
    default:
      return status satisfies never;
  }
}

/** When the figures of each model were measured; each sentence once. */
export function measuredWhen(graph: Graph, { steps }: RunDocument): Map<string, string> {
  const documents = new Map(steps.map((step) => [step.name, step]));
  const found = new Map<string, Set<string>>();
  for (const node of graph.nodes) {
    const document = documents.get(node.step.name);
    const model = subjectOf(node)?.step.name;
    if (node.op.output.name !== "metrics" || model === undefined) continue;
    if (document?.metrics === undefined) continue;
    const known = found.get(model) ?? new Set<string>();
    found.set(model, known.add(measuredText(document)));
  }
  return new Map([...found].map(([model, words]) => [model, [...words].join("; ")]));
}
