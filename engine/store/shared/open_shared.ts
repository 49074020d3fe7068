/** Shared stores as a user names them, opened behind a cache. */
import type { Key } from "../../digest.ts";
import { DecantError } from "../../error.ts";
import { configFolder, HOME_VARIABLE, isGranted } from "../../permission.ts";
import { MEMORY } from "../../size.ts";
import type { Recorded, Store, Trust } from "../store.ts";
import { type SharedOptions, storeAddress, storesOfEnvironment } from "./address.ts";
import { credentialsOf } from "./credentials.ts";
import { httpCache } from "./http_cache.ts";
import { ownKey, type Signer, signerText } from "./keys.ts";
import { offersTo } from "./offers.ts";
import { remoteOf } from "./remote.ts";
import { sharedStore } from "./shared_store.ts";
import { slotsOf } from "./slots.ts";
import { takingFrom } from "./taking.ts";
import { transfersTold } from "./transfers.ts";

/**
 * How often an entry is asked for, ms between, ms that an answer is waited for, how many are under way at once, and ms
 * between two states of a step.
 */
const PATIENCE = { attempts: 3, pause: 250, idle: 15_000, parallel: 8, states: 30_000 } as const;

/** How stores are opened. */
export interface OpenSharedOptions extends SharedOptions {
  /** Only looks: takes no blobs, publishes nothing. */
  readonly looks?: boolean;
  /** Most bytes of the blobs of a record; default 4 GiB. */
  readonly memory?: number | undefined;
  /** Whose records are hits. */
  readonly trusts: Trust;
  /** Signs what is published; default the user's own key. */
  readonly signer?: Signer;
  /** Told what could not be had, and what is published. */
  readonly notice: (sentence: string) => void;
  /** Told, in a few words, what is on its way; `""` when nothing is. */
  readonly transferring?: (text: string) => void;
  /** Ms after which a store that did not answer is asked again; default: never. */
  readonly rest?: number | undefined;
  /** Gives up what is fetched. */
  readonly signal?: AbortSignal | undefined;
  /** See `PATIENCE`; for tests. */
  readonly patience?: Partial<Record<keyof typeof PATIENCE, number>>;
}

/** The cache with the stores behind it; itself where none is named. Throws a `usage` error. */
export async function openShared(local: Store, options: OpenSharedOptions): Promise<Store> {
  const { stores = storesOfEnvironment(), write = false, exclude = [], looks = false } = options;
  const addresses = [...new Map(stores.map(storeAddress).map((each) => [each.url, each])).values()];
  if (addresses.length === 0) return local;
  const { notice, rest, signal, transferring = () => {} } = options;
  const memory = Number.isFinite(options.memory ?? NaN) ? options.memory! : MEMORY;
  const { attempts, pause, idle, parallel, states } = { ...PATIENCE, ...options.patience };
  const authorizing = await credentialsOf(options.credentials, addresses);
  const signer = write && !looks ? options.signer ?? await ownSigner() : undefined;
  const hints = new Map<Key, string>();
  const slots = slotsOf(parallel);
  const remotes = addresses.map((address) =>
    remoteOf(httpCache(address.url, { authorize: authorizing(address), idle }), {
      attempts,
      pause,
      rest,
      memory,
      slots,
      notice,
      signer,
      trusts: options.trusts,
      untrusted: strangersOf(address.url, hints, notice),
    })
  );
  const transfers = transfersTold(transferring);
  const take = takingFrom({ local, remotes, transfers, signal });
  const offering = { local, remotes, take, exclude, notice, transfers, states };
  const sharing = signer && offersTo(offering);
  return sharedStore(local, { remotes, take, memory, looks, sharing, hints, signal });
}

/** Notes records of a store that nobody who is trusted has signed; the first is said, all are hints. */
function strangersOf(
  address: string,
  hints: Map<Key, string>,
  notice: (sentence: string) => void,
): (recorded: Recorded) => void {
  let said = false;
  return (recorded) => {
    const what = `${address} has a record signed by ${signerText(recorded)}, which is not trusted`;
    hints.set(recorded.key, what);
    if (!said) notice(`${what}: it is no hit; --trust KEY makes such records hits`);
    said = true;
  };
}

async function ownSigner(): Promise<Signer> {
  const own = await ownKey();
  if (own !== undefined) return own;
  const message = "what is published is signed, and there is no key to sign it with";
  throw new DecantError("usage", message, `decant key new NAME makes one${lookedFor()}`);
}

/** What lets a key be looked for that nobody was allowed to see, as the rest of a sentence. */
function lookedFor(): string {
  const folder = configFolder();
  if (folder === undefined) return `; it is looked for with --allow-env=${HOME_VARIABLE}`;
  return isGranted({ name: "read", path: folder })
    ? ""
    : `; it is looked for with --allow-read=${folder}`;
}
