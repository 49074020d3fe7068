/** What a run publishes in shared stores, beside its steps: one outcome after another, the blobs of each at once. */
import { DecantError } from "../../error.ts";
import { excerpt } from "../../quote.ts";
import type { Sharing, Store } from "../store.ts";
import type { SharedOptions } from "./address.ts";
import type { Remote } from "./remote.ts";

/** What publication needs. */
interface OffersOptions {
  /** Where the bytes are. */
  readonly local: Store;
  readonly remotes: readonly Remote[];
  readonly exclude: NonNullable<SharedOptions["exclude"]>;
  readonly notice: (sentence: string) => void;
}

/** The kind of value that `data` stands for. */
const DATA = "dataset";

/** Publication that has not begun. */
export function offersTo({ local, remotes, exclude, notice }: OffersOptions): Sharing {
  const stopped = new AbortController();
  let said = false;
  let last: Promise<void> = Promise.resolve();
  return {
    offer(recorded, sources) {
      const { outcome: { artifact } } = recorded;
      if (exclude.includes("data") && artifact.kind === DATA) return;
      const [first] = sources;
      if (first !== undefined && !said) {
        said = true;
        const stores = remotes.map(({ address }) => address).join(", ");
        const more = artifact.kind === DATA ? "; --store-exclude data leaves data out" : "";
        notice(`what is made of local files (${excerpt(first)}) is published to ${stores}${more}`);
      }
      last = last.then(async () => {
        for (const remote of remotes) {
          try {
            if (!stopped.signal.aborted) await remote.publish(recorded, local, stopped.signal);
          } catch (error) {
            // A stop is said by who stopped.
            if (stopped.signal.aborted) return;
            if (!(error instanceof DecantError)) throw error;
            notice(`not everything is published in ${remote.address}: ${error.message}`);
          }
        }
      });
      last.catch(() => {});
    },
    async settled(signal) {
      const stop = () => stopped.abort(signal.reason);
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop);
      try {
        await last;
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
  };
}
