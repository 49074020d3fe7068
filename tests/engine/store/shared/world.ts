/** Caches in memory that share a server, with hardly any patience. */
import { canonicalBytes, type Digest, digestOf, type Key } from "../../../../engine/digest.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { openShared } from "../../../../engine/store/shared/open_shared.ts";
import type { Remote } from "../../../../engine/store/shared/remote.ts";
import type { Outcome } from "../../../../engine/store/store.ts";

type OpenSharedOptions = Parameters<typeof openShared>[1];

/** Everybody is trusted, and what is signed says so. */
const trusts = () => Promise.resolve(true);
export const signer = {
  by: "test:key",
  sign: () => Promise.resolve({ by: "test:key", signature: "signed" }),
};

/** A shared store in which nothing is, and which takes nothing. */
export const emptyRemote: Remote = {
  address: "nowhere",
  record: () => Promise.resolve(undefined),
  take: () => Promise.resolve(false),
  publish: () => Promise.resolve(false),
  put: () => Promise.resolve(false),
  state: () => Promise.resolve(undefined),
  answers: () => Promise.resolve(true),
  save: () => Promise.resolve(false),
};

/** A cache with a store at `address` behind it, and what was said. */
export async function cacheBehind(
  address: string,
  options: Partial<OpenSharedOptions> = {},
) {
  const local = memoryStore({ trusts });
  const said: string[] = [];
  const store = await openShared(local, {
    stores: [address],
    notice: (sentence) => void said.push(sentence),
    trusts,
    signer,
    ...options,
    patience: { attempts: 2, pause: 1, idle: 5000, ...options.patience },
  });
  return { store, local, said };
}

/** An outcome of a manifest and blobs of these sizes, in bytes that depend on the word. */
export function outcomeOf(word: string, sizes: readonly number[], kind = "model") {
  const parts = sizes.map((size, index) => {
    const bytes = new Uint8Array(size);
    const seed = digestOf(new TextEncoder().encode(`${word} ${index}`));
    for (let i = 0; i < size; i++) bytes[i] = seed.charCodeAt(i % seed.length) + i;
    return bytes;
  });
  const manifest = canonicalBytes({ word, blobs: parts.map(digestOf) });
  const all = [manifest, ...parts];
  const blobs = new Map<Digest, Uint8Array>(all.map((bytes) => [digestOf(bytes), bytes]));
  const preimage = { op: "make", params: { word } };
  const outcome: Outcome = {
    artifact: {
      digest: digestOf(manifest),
      kind,
      bytes: all.reduce((sum, { byteLength }) => sum + byteLength, 0),
      parts: {},
    },
    blobs: [...blobs].map(([digest, bytes]) => ({ digest, bytes: bytes.byteLength })),
    notes: {},
    warnings: [],
    provenance: { seconds: 1, host: "there", date: "2026-01-01T00:00:00Z", threads: 1 },
    preimage,
  };
  return { key: digestOf(canonicalBytes(preimage)) as unknown as Key, outcome, blobs };
}

/** Publishes an outcome at an address, as a run does. */
export async function publishAt(
  address: string,
  ...made: readonly ReturnType<typeof outcomeOf>[]
): Promise<string[]> {
  const { store, said } = await cacheBehind(address, { write: true, patience: { idle: 5000 } });
  for (const { key, outcome, blobs } of made) {
    await store.publish(key, outcome, blobs);
    store.sharing!.offer({ key, outcome }, []);
  }
  await store.sharing!.settled(new AbortController().signal);
  return said;
}
