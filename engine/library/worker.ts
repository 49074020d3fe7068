/** A worker behind a queue, as a program starts one: the store, kernels and queue that it works with. */
import { DecantError } from "../error.ts";
import { given } from "../given.ts";
import type { OpSet } from "../op.ts";
import { namedQueue, queueName } from "../run/queue/address.ts";
import { environment } from "../run/host.ts";
import { connect } from "../run/queue/connect.ts";
import { serve, type Serving } from "../run/queue/serve.ts";
import { ownFolder } from "../permission.ts";
import { MEMORY } from "../size.ts";
import { type SharedOptions, storesOfEnvironment } from "../store/shared/address.ts";
import { keyIn } from "../store/shared/keys.ts";
import { defaultCache } from "../store/store_folder.ts";
import { type KernelChoice, kernelsHere } from "./kernels.ts";
import { assertAllowed, permissionFlags, permissionsFor, toAdd } from "./permissions.ts";
import { openStore } from "./runnable.ts";

/** How long a lock holds that is not renewed, in which a step must get somewhere, and what was made is held; ms. */
const PATIENCE = { lock: 30_000, idle: 3_600_000, hold: 60_000 } as const;

/** What a worker is told. */
export interface WorkerOptions {
  readonly ops: OpSet;
  /** The URL of the queue; default `DECANT_QUEUE`. */
  readonly queue?: string;
  /** The folder of its cache. */
  readonly cache?: string;
  /** The stores that it shares with those who ask. */
  readonly shared?: SharedOptions;
  /** The file of the key that it signs with; default the user's own. */
  readonly key?: string;
  /** Steps at once; default 1. */
  readonly concurrency?: number;
  /** Threads of the kernels of each; default those of the machine, shared among the steps. */
  readonly threads?: number;
  readonly kernels?: KernelChoice;
  readonly memory?: number;
  /** Hosts that it may be led to by what it is asked for, see `SourceOptions`. */
  readonly trustHosts?: readonly string[];
  /** How the machine is called; default its own name. */
  readonly name?: string;
  /** Told what happens, in sentences. */
  say(sentence: string): void;
  /** See `PATIENCE`; for tests. */
  readonly patience?: Partial<Record<keyof typeof PATIENCE, number>>;
}

/** Starts a worker. Throws a `usage` or a `queue` error. */
export async function startWorker(options: WorkerOptions): Promise<Serving & AsyncDisposable> {
  const { ops, cache, shared, key, concurrency = 1, memory = MEMORY, say } = options;
  const address = namedQueue(options.queue, "a worker needs a queue");
  if ((shared?.stores ?? storesOfEnvironment()).length === 0) {
    throw new DecantError(
      "usage",
      "a worker needs a store that it shares with those who ask",
      "--store https://cache.example.org/decant",
    );
  }
  assertMayWork(options);
  const signer = key === undefined
    ? undefined
    : await keyIn(key, (sentence) => say(`warning: ${sentence}`));
  const processors = navigator.hardwareConcurrency;
  const threads = options.threads ?? Math.max(1, Math.floor(processors / concurrency));
  const found = await kernelsHere(options.kernels, say);
  const { host } = await environment(threads, found);
  const name = options.name ?? host;
  // What this worker signed before it was started anew is its own.
  const signing = signer && { signer, trust: [...shared?.trust ?? [], signer.by] };
  const open = () =>
    openStore(cache, say, {
      ...shared,
      write: true,
      memory,
      ...signing,
    });
  // What is wrong with store or key is said before a job is taken.
  await open();
  const connection = await connect(address, queueName(ops), say);
  const serving = await serve({
    connection,
    ops,
    open,
    concurrency,
    say,
    ...PATIENCE,
    ...options.patience,
    ...given({ trustHosts: options.trustHosts }),
    name: `${name}/${Deno.pid}`.replace(/[^\w.@/-]/g, "_"),
    settings: { threads, memory, host: name, ...given({ kernels: found.library }) },
  });
  say(`takes jobs of ${connection.name} at ${connection.shown}, ${concurrency} at once`);
  return { ...serving, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() };
}

/** Throws a `denied` error where Deno does not allow what every job takes; its way out is all of the flags. */
function assertMayWork(
  { cache = defaultCache(), key, shared, queue }: Pick<
    WorkerOptions,
    "cache" | "key" | "shared" | "queue"
  >,
): void {
  const own = ownFolder();
  const files = [
    ...own === undefined ? [] : [own],
    ...key === undefined ? [] : [key, `${key}.pub`],
  ];
  const needed = permissionsFor(undefined, {
    documents: files,
    cache,
    ...given({ shared, queue }),
  });
  // Who signs with the user's own key reads it.
  const spared = key === undefined ? new Set<string>() : needed.spared;
  assertAllowed({ ...needed, spared }, "a worker", toAdd(permissionFlags(needed)));
}
