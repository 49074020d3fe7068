/** Files by URL as sources: known by a pin, by the lock, or once they are fetched. */
import { type Digest, digestOf } from "../../digest.ts";
import { MEMORY } from "../../size.ts";
import { CorruptBlobError, type Store } from "../../store/store.ts";
import type { Fetching, Reach } from "./hosts.ts";
import { fetchBytes, FetchError, pinOf } from "./remote.ts";
import type { ResolvedSource, SourceFile } from "./resolved_source.ts";
import { SourceError } from "./source_error.ts";
import { extensionOf } from "./source_url.ts";

/** What is known of a source without asking for it. */
export interface SourceKnowledge {
  /** The digest that the lock holds for it. */
  readonly pin?: Digest | undefined;
  /** Fetches nothing. */
  readonly offline: boolean;
  /** What the document may reach. */
  readonly reach: Omit<Reach, "trustHosts">;
  /** How anything is fetched. */
  readonly fetching: Fetching;
}

/** A file by URL. Throws a SourceError where it cannot be had, a TrustError where it may not be. */
export async function resolveRemote(
  written: string,
  url: URL,
  store: Store,
  { pin, offline, ...how }: SourceKnowledge,
): Promise<ResolvedSource> {
  if (url.pathname.endsWith("/")) {
    throw new SourceError(
      written,
      `\`${written}\` is a folder, and a URL cannot be asked what lies in it`,
      "name a file: model.json of a model, { train: { inputs, labels } } of data",
    );
  }
  const memo = `url ${url.href}`;
  let digest = pinOf(url) ?? pin;
  if (digest === undefined && offline) {
    digest = await store.recall(memo) as Digest | undefined;
    if (digest === undefined) throw notFetched(written);
  }
  if (digest === undefined) {
    digest = await kept(store, await fetched(written, url, how));
    await store.remember(memo, digest).catch(() => {});
  }
  return {
    written,
    digest,
    extension: extensionOf(url),
    files: [{ path: "", url: url.href, digest }],
  };
}

/** The bytes of a source by URL: those kept, else fetched anew and held to the digest. */
export async function readRemote(
  written: string,
  { url, digest }: SourceFile,
  store: Store,
  { offline, ...how }: SourceKnowledge,
): Promise<Uint8Array> {
  return await keptBytes(store, digest, async () => {
    if (offline) throw notFetched(written);
    return await fetched(written, new URL(url), { ...how, pin: digest });
  });
}

/** Bytes that are kept, else made and kept. */
export async function keptBytes(
  store: Store,
  digest: Digest,
  make: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  try {
    return await store.read(digest);
  } catch (error) {
    if (!(error instanceof CorruptBlobError)) throw error;
    const bytes = await make();
    await kept(store, bytes);
    return bytes;
  }
}

/** Keeps what was fetched; where nothing can be written it is fetched again next time. */
export async function kept(store: Store, bytes: Uint8Array): Promise<Digest> {
  const digest = digestOf(bytes);
  await store.keep(bytes).catch(() => {});
  return digest;
}

/** What is not at hand and may not be fetched. */
export function notFetched(written: string): SourceError {
  return new SourceError(
    written,
    `\`${written}\` has not been fetched yet, and this run is offline`,
    "run once without --offline",
  );
}

/** Bytes by URL; what the network refuses is a SourceError. */
async function fetched(
  written: string,
  url: URL,
  { pin, reach, fetching }: Omit<SourceKnowledge, "offline">,
): Promise<Uint8Array> {
  try {
    const limit = fetching.memory ?? MEMORY;
    return await fetchBytes(url, { limit, ...reach, ...fetching, pin });
  } catch (error) {
    if (error instanceof FetchError) throw new SourceError(written, error.message);
    throw error;
  }
}
