/** What a run would ask of a queue, told before it runs: which steps are recalled, which go to workers, and who is there. */
import { hasCode } from "../../error.ts";
import { given } from "../../given.ts";
import type { Plan, PlannedStep } from "../../graph/plan.ts";
import type { OpSet } from "../../op.ts";
import type { Store } from "../../store/store.ts";
import { type QueueAddress, queueName } from "./address.ts";
import { connect } from "./connect.ts";
import { assertQueueable } from "./on_queue.ts";
import { workersOf } from "./workers_of.ts";

/** What a run of a plan would ask of a queue; its JSON is a part of what `decant plan --json` prints. */
export interface QueueOutlook {
  /** Without who asks. */
  readonly address: string;
  readonly name: string;
  /** How many steps become what. */
  readonly steps: {
    /** Recalled from the cache of this machine, */
    readonly cached: number;
    /** or from stores behind it. */
    readonly fetched: number;
    /** Asked for at once, */
    readonly asked: number;
    /** or when what they wait for is done, unless they are recorded then. */
    readonly later: number;
    /** Steps that read a clock run where the run does. */
    readonly here: number;
  };
  /** How many workers of this version are there; absent where nobody knows. */
  readonly workers?: number;
  /** How many there are of other versions. */
  readonly others?: number;
  /** Why the queue cannot be asked who is there: a sentence. */
  readonly unreachable?: string;
}

/** What it takes to look. */
export interface QueueOutlookOptions {
  readonly address: QueueAddress;
  readonly plan: Plan;
  readonly ops: OpSet;
  /** That of the plan. */
  readonly store: Store;
}

/** What a run of a plan would ask of a queue. Throws a `usage` error where the run would. */
export async function queueOutlook(
  { address, plan, ops, store }: QueueOutlookOptions,
): Promise<QueueOutlook> {
  assertQueueable(plan.graph, store.behind !== undefined);
  const counts = { cached: 0, fetched: 0, asked: 0, later: 0, here: 0 };
  for (const planned of plan.steps) counts[whatBecomesOf(planned, store)]++;
  const name = queueName(ops);
  return { address: address.shown, name, steps: counts, ...await whoIsThere(address, name) };
}

function whatBecomesOf(planned: PlannedStep, { theirs }: Store): keyof QueueOutlook["steps"] {
  if (planned.state === "hit") return theirs?.has(planned.key) ? "fetched" : "cached";
  if (planned.node.op.volatile) return "here";
  return planned.state === "run" ? "asked" : "later";
}

async function whoIsThere(
  address: QueueAddress,
  name: string,
): Promise<Pick<QueueOutlook, "workers" | "others" | "unreachable">> {
  try {
    await using connection = await connect(address, name, () => {});
    const workers = await workersOf(connection);
    return given({ workers: workers?.here.length, others: workers?.others });
  } catch (error) {
    if (hasCode(error, "queue")) return { unreachable: (error as Error).message };
    throw error;
  }
}
