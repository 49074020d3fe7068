/**
 * What a run publishes in shared stores, beside its steps: one outcome after another, the blobs of each at once; files
 * that others shall read; and states of steps on their way, of each the last alone.
 */
import { pathOfUrl } from "../../deps/node.ts";
import type { Key } from "../../digest.ts";
import { DecantError } from "../../error.ts";
import { excerpt } from "../../quote.ts";
import { withBehind } from "../behind.ts";
import { digestOfFile } from "../disk_file.ts";
import {
  type Behind,
  type BlobSize,
  CorruptBlobError,
  type LocalFile,
  type Sharing,
  type Store,
} from "../store.ts";
import type { SharedOptions } from "./address.ts";
import type { Remote } from "./remote.ts";
import { statesTo } from "./states.ts";
import type { Transfers } from "./transfers.ts";

/** What publication needs. */
interface OffersOptions {
  /** Where the bytes are, */
  readonly local: Store;
  /** and how those are had that are not there. */
  readonly take: (blob: BlobSize) => Promise<boolean>;
  readonly remotes: readonly Remote[];
  readonly exclude: NonNullable<SharedOptions["exclude"]>;
  readonly notice: (sentence: string) => void;
  readonly transfers: Transfers;
  /** Ms between two states of a step. */
  readonly states: number;
}

/** The kind of value that `data` stands for. */
const DATA = "dataset";

/** Publication that has not begun. */
export function offersTo(options: OffersOptions): Sharing & Pick<Behind, "saved"> {
  const { local, take, remotes, exclude, transfers } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  const from = withBehind(local, {
    fetch: (digest, bytes) => take({ digest, bytes }),
    state: () => Promise.resolve(undefined),
    saved: () => {},
  });
  const isLeftOut = (kind: string): boolean => exclude.includes("data") && kind === DATA;
  const say = announcing(options);
  const everywhere = publishing(options, signal);
  const states = statesTo({
    local,
    every: options.states,
    publish: (key: Key, state) => everywhere((remote) => remote.save(key, state, signal)),
  });
  let last: Promise<unknown> = Promise.resolve();
  return {
    saved: states.saved,
    offer(recorded, sources, again) {
      const { outcome: { artifact } } = recorded;
      if (isLeftOut(artifact.kind)) return Promise.resolve(false);
      say("what is made of local files", sources[0], artifact.kind);
      const offered = last.then(async () => {
        using _transfer = transfers.begun("publishing", artifact.bytes);
        return await everywhere((remote) => remote.publish(recorded, from, signal, again));
      });
      last = offered;
      offered.catch(() => {});
      return offered;
    },
    async provide(files, kind) {
      if (files.length === 0) return true;
      if (isLeftOut(kind)) return false;
      say("what steps read of local files", pathOfUrl(files[0]!.url), kind);
      for (const file of files) {
        const blob = { digest: file.digest, bytes: await sizeOf(file) };
        using _transfer = transfers.begun("publishing", blob.bytes);
        const open = () => openFile(file);
        if (!await everywhere((remote) => remote.put(blob, open, signal))) return false;
      }
      return true;
    },
    answers: (signal) => allAnswer(remotes, signal),
    async settled(outer) {
      const stop = () => stopped.abort(outer.reason);
      if (outer.aborted) stop();
      outer.addEventListener("abort", stop);
      try {
        await last;
        await states.settled();
      } finally {
        outer.removeEventListener("abort", stop);
      }
    },
  };
}

async function allAnswer(remotes: readonly Remote[], signal: AbortSignal): Promise<boolean> {
  const all = await Promise.all(remotes.map((remote) => remote.answers(signal)));
  return !all.includes(false);
}

/** Says what is published that lies on this machine: the first of it, before it goes. */
function announcing({ remotes, notice }: OffersOptions) {
  let said = false;
  return (what: string, first: string | undefined, kind: string): void => {
    if (first === undefined || said) return;
    said = true;
    const stores = remotes.map(({ address }) => address).join(", ");
    const more = kind === DATA ? "; --store-exclude data leaves data out" : "";
    notice(`${what} (${excerpt(first)}) is published to ${stores}${more}`);
  };
}

/** Publishes in every store; whether it is in each of them then. What cannot be read here is said. */
function publishing({ remotes, notice }: OffersOptions, signal: AbortSignal) {
  return async (publish: (remote: Remote) => Promise<boolean>): Promise<boolean> => {
    let all = true;
    for (const remote of remotes) {
      try {
        all = !signal.aborted && await publish(remote) && all;
      } catch (error) {
        // A stop is said by who stopped.
        if (signal.aborted) return false;
        if (!(error instanceof DecantError)) throw error;
        notice(`not everything is published in ${remote.address}: ${error.message}`);
        all = false;
      }
    }
    return all;
  };
}

const sizeOf = ({ url }: LocalFile): Promise<number> =>
  Deno.stat(new URL(url)).then(({ size }) => size, () => 0);

/** A file whose bytes are those that it should have, to be read. */
async function openFile(
  { url, digest }: LocalFile,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const path = pathOfUrl(url);
  try {
    if (await digestOfFile(path) === digest) return (await Deno.open(path)).readable;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new CorruptBlobError(digest, "missing");
  }
  throw new CorruptBlobError(digest, "changed");
}
