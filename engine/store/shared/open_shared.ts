/** Shared stores as a user names them, opened behind a cache. */
import { MEMORY } from "../../size.ts";
import type { Store } from "../store.ts";
import { type SharedOptions, storeAddress, storesOfEnvironment } from "./address.ts";
import { credentialsOf } from "./credentials.ts";
import { httpCache } from "./http_cache.ts";
import { offersTo } from "./offers.ts";
import { remoteOf } from "./remote.ts";
import { sharedStore } from "./shared_store.ts";
import { slotsOf } from "./slots.ts";

/** How often an entry is asked for, ms between, ms that an answer is waited for, and how many are under way at once. */
const PATIENCE = { attempts: 3, pause: 250, idle: 15_000, parallel: 8 } as const;

/** How stores are opened. */
interface OpenSharedOptions extends SharedOptions {
  /** Only looks: takes no blobs, publishes nothing. */
  readonly looks?: boolean;
  /** Most bytes of the blobs of a record; default 4 GiB. */
  readonly memory?: number | undefined;
  /** Told what could not be had, and what is published. */
  readonly notice: (sentence: string) => void;
  /** See `PATIENCE`; for tests. */
  readonly patience?: Partial<Record<keyof typeof PATIENCE, number>>;
}

/** The cache with the stores behind it; itself where none is named. Throws a `usage` error. */
export async function openShared(local: Store, options: OpenSharedOptions): Promise<Store> {
  const { stores = storesOfEnvironment(), write = false, exclude = [], looks = false } = options;
  const addresses = [...new Set(stores.map(storeAddress))];
  if (addresses.length === 0) return local;
  const { notice, memory = MEMORY } = options;
  const { attempts, pause, idle, parallel } = { ...PATIENCE, ...options.patience };
  const authorizationAt = await credentialsOf(options.credentials);
  const slots = slotsOf(parallel);
  const remotes = addresses.map((address) =>
    remoteOf(httpCache(address, { authorization: authorizationAt(address), idle }), {
      attempts,
      pause,
      memory: Number.isFinite(memory) ? memory : MEMORY,
      slots,
      notice,
    })
  );
  const sharing = write && !looks ? offersTo({ local, remotes, exclude, notice }) : undefined;
  return sharedStore(local, { remotes, looks, ...sharing && { sharing } });
}
