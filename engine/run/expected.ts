/** What a step on its way is expected to take, told to those who watch it. */
import type { RecordsByOp } from "../graph/explain.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Located } from "../graph/walk.ts";
import type { Store } from "../store/store.ts";
import type { RunEvent } from "./event.ts";

/** A step that runs for less is not looked for among records: nobody asks how long it takes. */
const PATIENCE_MS = 1000;

/** What looking needs of a run. */
interface Looking {
  readonly walk: { readonly graph: Graph };
  readonly store: Store;
  /** The machine's name: what others took says nothing of it. */
  readonly host: string;
  tell(event: RunEvent): Promise<void>;
}

/** A telling on its way. */
export interface Telling {
  /** Nothing is told after it. */
  stop(): Promise<void>;
}

/** The records as they were read last for a run, how many steps have asked for them, and from how many on they are old. */
interface KnownRecords {
  readonly records: Promise<RecordsByOp>;
  asked: number;
  readonly most: number;
}

const knownRecords = new WeakMap<object, KnownRecords>();

/** The records of a store, read again when twice as many steps of a run have asked: a run of many reads them a few times. */
function recordsIn(walk: object, read: () => Promise<RecordsByOp>): Promise<RecordsByOp> {
  const known = knownRecords.get(walk);
  const asked = (known?.asked ?? 0) + 1;
  if (known !== undefined && asked < known.most) {
    known.asked = asked;
    return known.records;
  }
  const records = read();
  knownRecords.set(walk, { records, asked, most: 2 * asked });
  return records;
}

/**
 * Tells, once a step has run for a while, the seconds of the record nearest to it. `stop` waits for what has begun;
 * after it nothing is told. A store that cannot be read says nothing.
 */
export function tellExpected(
  { walk, store, host, tell }: Looking,
  node: Node,
  located: Located,
  after = PATIENCE_MS,
): Telling {
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const [{ explain, recordsByOp }, { estimate }] = await Promise.all([
      import("../graph/explain.ts"),
      import("../graph/estimate.ts"),
    ]);
    const { key, preimage } = located;
    const step = { node, state: "run", key, preimage } as const;
    const read = () => recordsByOp(walk.graph, store);
    const [explained] = await explain(
      { graph: walk.graph, steps: [step] },
      store,
      await recordsIn(walk, read),
    );
    const seconds = estimate(explained!, { host });
    if (stopped || seconds === undefined) return;
    await tell({ type: "expected", step: node.step.name, seconds });
  };
  const timer = setTimeout(() => looking = look().catch(() => {}), after);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
