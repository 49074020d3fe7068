/** A plan as a table, and in one sentence. */
import type { ModelFacts } from "../facts.ts";
import { estimate } from "../graph/estimate.ts";
import { explain } from "../graph/explain.ts";
import type { Plan, PlannedStep } from "../graph/plan.ts";
import type { Store } from "../store/store.ts";
import type { Environment } from "../run/host.ts";
import { bytesText, countText, durationText } from "../quantity.ts";
import { firstOfEach } from "./folded/first_of_each.ts";
import type { Table } from "./table.ts";

/** Seconds by step name: recorded, or estimated from the nearest record of this machine. */
export async function planSeconds(
  plan: Plan,
  store: Store,
  machine: Environment,
): Promise<ReadonlyMap<string, number>> {
  const seconds = new Map<string, number>();
  for (const explanation of await explain(plan, store)) {
    const expected = explanation.state === "hit"
      ? explanation.nearest?.provenance.seconds
      : estimate(explanation, machine);
    if (expected !== undefined) seconds.set(explanation.node.step.name, expected);
  }
  return seconds;
}

/** One row a step, of many the first of each kind: what a run would do with it, what is known of the model it makes. */
export function planTable({ steps }: Plan, seconds: ReadonlyMap<string, number>): Table {
  const { shown, left } = firstOfEach(
    steps,
    ({ node, state }) => `\`${node.op.name}\` ${doing[state]}`,
  );
  return {
    head: ["step", "op", "", "parameters", "MACs", "bytes", "seconds"],
    rows: shown.map((planned) => {
      const facts = modelFacts(planned);
      const recorded = planned.state === "hit" ? planned.outcome : undefined;
      const time = seconds.get(planned.node.step.name);
      return [
        planned.node.step.name,
        planned.node.op.name,
        stateText(planned),
        facts?.parameters === undefined ? "" : countText(facts.parameters),
        facts?.macs === undefined ? "" : countText(facts.macs),
        recorded === undefined ? "" : bytesText(recorded.artifact.bytes),
        time === undefined ? "" : `${recorded === undefined ? "~" : ""}${durationText(time)}`,
      ];
    }),
    notes: [...left].map(([kind, count]) => `and ${count} more of ${kind}`),
    left: 3,
  };
}

const doing = { hit: "that are recorded", run: "that would run", unknown: "that wait" } as const;

/** `11 steps: 4 recorded, 2 would run, 5 unknown until then. About 6 min 00 s.` */
export function planSummary({ steps }: Plan, seconds: ReadonlyMap<string, number>): string {
  const count = (state: PlannedStep["state"]) =>
    steps.filter((planned) => planned.state === state).length;
  const open = steps.filter(({ state }) => state !== "hit");
  const known = open.flatMap(({ node }) => seconds.get(node.step.name) ?? []);
  const time = known.length < open.length || open.length === 0
    ? ""
    : ` About ${durationText(known.reduce((sum, each) => sum + each, 0))}.`;
  return `${steps.length} steps: ${count("hit")} recorded, ${count("run")} would run, ` +
    `${count("unknown")} unknown until then.${time}`;
}

function stateText(planned: PlannedStep): string {
  switch (planned.state) {
    case "hit":
      return "= recorded";
    case "run":
      return "▸ run";
    case "unknown":
      return `? waits for ${planned.waits}`;
    default:
      return planned satisfies never;
  }
}

/** What is known of the model that a step makes. */
export function modelFacts({ node }: PlannedStep): ModelFacts | undefined {
  return node.facts?.kind === "model" ? node.facts : undefined;
}
