/** The queue of a run, where one is named: what it asks of the run's stores, and how it is opened. */
import { DecantError } from "../error.ts";
import { given } from "../given.ts";
import { queueAddress } from "../run/queue/address.ts";
import type { OpenQueueOptions } from "../run/queue/open_queue.ts";
import type { QueueOutlook, QueueOutlookOptions } from "../run/queue/outlook.ts";
import type { OpenSharedOptions } from "../store/shared/open_shared.ts";
import type { SharedOptions } from "../store/shared/address.ts";

/** Steps that are asked for at once: so many workers are kept busy. */
const JOBS = 256;

/** Ms after which a store is asked again that did not answer: while it is gone workers and run wait for it. */
const REST = 2000;

/** What a queue means for a run. */
interface QueueBehind {
  /** Steps that run side by side where nobody says how many. */
  readonly jobs: number;
  /** How the stores are opened that its workers share. */
  readonly shared: Pick<OpenSharedOptions, "write" | "rest">;
  open(options: Omit<OpenQueueOptions, "address">): ReturnType<
    typeof import("../run/queue/open_queue.ts").openQueue
  >;
  /** What a run of a plan would ask of it. Throws a `usage` error where the run would. */
  outlook(options: Omit<QueueOutlookOptions, "address">): Promise<QueueOutlook>;
}

/** The queue at a URL, by default that of `DECANT_QUEUE`; undefined where none is named. Throws a `usage` error. */
export function queueBehind(
  url: string | undefined,
  shared: SharedOptions = {},
): QueueBehind | undefined {
  const address = queueAddress(url);
  if (address === undefined) return undefined;
  if (shared.exclude !== undefined && shared.exclude.length > 0) {
    throw new DecantError(
      "usage",
      "what workers read travels through the store, so --store-exclude leaves nothing out on a queue",
      "run it without --queue",
    );
  }
  return {
    jobs: JOBS,
    shared: { write: true, rest: REST },
    async open(options) {
      const [{ openQueue }, { assertReadable, permissionsFor }] = await Promise.all([
        import("../run/queue/open_queue.ts"),
        import("./permissions.ts"),
      ]);
      // A store that may not be asked would be waited for like one that is gone.
      const needed = permissionsFor(undefined, {
        documents: [],
        cache: "",
        shared,
        ...given({ queue: url }),
      });
      const way = "decant plan RECIPE --queue URL prints the flags that it needs";
      assertReadable({ ...needed, read: new Set() }, "a run on a queue", way);
      return await openQueue({ ...options, address });
    },
    async outlook(options) {
      const { queueOutlook } = await import("../run/queue/outlook.ts");
      return await queueOutlook({ ...options, address });
    },
  };
}
