/** A queue as a run uses it: reached, listened to, and looked at for workers. */
import type { Graph } from "../../graph/graph.ts";
import type { OpSet } from "../../op.ts";
import type { Store } from "../../store/store.ts";
import type { Executor } from "../executor.ts";
import { inThisThread } from "../executor.ts";
import { type QueueAddress, queueName } from "./address.ts";
import { connect, type Connection } from "./connect.ts";
import { offeredBy } from "./offered.ts";
import { assertQueueable, onQueue } from "./on_queue.ts";
import { watchQueue } from "./watch.ts";
import { workersOf } from "./workers_of.ts";

/** Ms between two looks for jobs that are waited for. */
const LOOK = 2000;

/** What a run on a queue needs. */
export interface OpenQueueOptions {
  readonly address: QueueAddress;
  /** The graph of the recipe, for what can be found wrong with it before anything runs. */
  readonly graph: Graph;
  readonly ops: OpSet;
  readonly store: Store;
  /** This machine's name. */
  readonly host: string;
  readonly notice: (sentence: string) => void;
  /** See `LOOK`; for tests. */
  readonly look?: number;
}

/** A run's queue. */
interface RunQueue extends AsyncDisposable {
  readonly executor: Executor;
  /** The store of the run, with which it knows what workers can have. */
  readonly store: Store;
}

/** Reaches a queue. Throws a `usage` or a `queue` error. */
export async function openQueue(options: OpenQueueOptions): Promise<RunQueue> {
  const { address, graph, ops, host, notice, look = LOOK } = options;
  assertQueueable(graph, options.store.sharing !== undefined);
  const sharing = offeredBy(options.store.sharing!);
  const store = { ...options.store, sharing };
  const connection = await connect(address, queueName(ops), notice);
  const watch = await watchQueue(connection, { look });
  await sayWorkers(connection, notice);
  const executor = onQueue({
    connection,
    watch,
    store,
    sharing,
    here: inThisThread(graph, store),
    run: crypto.randomUUID(),
    recipe: graph.recipe.about.name,
    from: host,
  });
  return {
    executor,
    store,
    async [Symbol.asyncDispose]() {
      await watch[Symbol.asyncDispose]();
      await connection[Symbol.asyncDispose]();
    },
  };
}

/** Says so where nobody takes jobs. */
async function sayWorkers(
  connection: Connection,
  notice: (sentence: string) => void,
): Promise<void> {
  const workers = await workersOf(connection);
  if (workers === undefined || workers.here.length > 0) return;
  const { others } = workers;
  const elsewhere = others === 0
    ? ""
    : `, and ${others === 1 ? "one of another version" : `${others} of other versions`}`;
  notice(
    `no worker of this version listens at ${connection.shown}${elsewhere}: steps wait for one; ` +
      "decant worker --queue URL --store URL starts one",
  );
}
