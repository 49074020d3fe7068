/**
 * One shared store as a run uses it, with limited patience: what fails is tried again a few times, what cannot be had is
 * done without, and a store that does not answer or lies again and again is asked no more.
 */
import type { Key } from "../../digest.ts";
import { gathered } from "../../unpack.ts";
import {
  type BlobSize,
  CorruptBlobError,
  type Intake,
  type Recorded,
  type Store,
  type Trust,
} from "../store.ts";
import { encodeRecord } from "../record.ts";
import { decodeActionResult, encodeActionResult } from "./action_result.ts";
import { type HttpCache, RemoteError } from "./http_cache.ts";
import type { Signer } from "./keys.ts";
import { receivedRecord } from "./received.ts";
import { type Tries, triesOf, type TriesOptions } from "./tries.ts";

/** Most bytes of a record. */
const LARGEST_RECORD = 1 << 24;

/** A blob of more bytes is put as a stream, which some servers take less gladly than a body of known length. */
const STREAMED = 4 << 20;

/** A shared store. Nothing here throws but what the disk, or the signal, has to say. */
export interface Remote {
  readonly address: string;
  /** The record under a key by somebody who is trusted; undefined where none can be had. */
  record(key: Key, signal?: AbortSignal): Promise<Recorded | undefined>;
  /** Takes a blob into an intake; false where it cannot be had. `came` is told of bytes as they come. */
  take(blob: BlobSize, intake: Intake, how: TakeOptions): Promise<boolean>;
  /** Publishes an outcome with its blobs, unless it is there. */
  publish(recorded: Recorded, from: Store, signal: AbortSignal): Promise<void>;
}

/** How a blob is taken. */
interface TakeOptions {
  readonly signal?: AbortSignal | undefined;
  came?(bytes: number): void;
}

/** How a store is used. */
interface RemoteOptions extends TriesOptions {
  /** Most bytes of the blobs of a record. */
  readonly memory: number;
  /** Whose records are hits. */
  readonly trusts: Trust;
  /** Told of a record that is none. */
  readonly untrusted: (recorded: Recorded) => void;
  /** Signs what is published and was made here; absent where nothing is. */
  readonly signer?: Signer | undefined;
}

/** A store behind HTTP, used with patience. */
export function remoteOf(cache: HttpCache, options: RemoteOptions): Remote {
  const asking: Asking = { ...options, cache, tries: triesOf(options) };
  return {
    address: cache.address,
    record: (key, signal) => recordAt(asking, key, signal),
    take: (blob, intake, how) => taken(asking, blob, intake, how),
    publish: (recorded, from, signal) => published(asking, recorded, from, signal),
  };
}

/** A store, and the patience with it that is left. */
interface Asking extends RemoteOptions {
  readonly cache: HttpCache;
  readonly tries: Tries;
}

async function recordAt(
  { cache, memory, tries, trusts, untrusted }: Asking,
  key: Key,
  signal: AbortSignal | undefined,
): Promise<Recorded | undefined> {
  const recorded = await tries.tried("reading", signal, async () => {
    const bytes = await gathered(
      cache.get({ kind: "ac", name: key }, LARGEST_RECORD, signal),
      { limit: LARGEST_RECORD },
    );
    const sealed = decodeActionResult(bytes);
    const found = sealed && receivedRecord(key, sealed, memory);
    if (found !== undefined) return found;
    throw new RemoteError("lied", `\`${cache.address}/ac/${key}\` is no record of its key`);
  });
  if (recorded === undefined || await trusts(recorded)) return recorded;
  untrusted(recorded);
  return undefined;
}

async function taken(
  { cache, tries }: Asking,
  blob: BlobSize,
  intake: Intake,
  { signal, came = () => {} }: TakeOptions,
): Promise<boolean> {
  const { digest, bytes } = blob;
  return await tries.tried("reading", signal, async () => {
    try {
      const pieces = cache.get({ kind: "cas", name: digest }, bytes, signal);
      await intake.take(blob, counted(pieces, came));
      return true;
    } catch (error) {
      if (!(error instanceof CorruptBlobError)) throw error;
      const address = `${cache.address}/cas/${digest}`;
      throw new RemoteError("lied", `\`${address}\` is not the bytes of its name`);
    }
  }) ?? false;
}

async function published(
  asking: Asking,
  { key, outcome }: Recorded,
  from: Store,
  signal: AbortSignal,
): Promise<void> {
  const { cache, tries, signer } = asking;
  if (tries.left("writing") || await recordAt(asking, key, signal) !== undefined) return;
  const sent = await Promise.all(outcome.blobs.map((blob) => put(asking, blob, from, signal)));
  if (sent.includes(false)) return;
  // Who made it elsewhere has signed it.
  const signed = await from.signature(key) ?? await signer?.sign({ key, outcome });
  const content = encodeActionResult(encodeRecord(key, outcome, signed), outcome.blobs);
  const entry = { kind: "ac", name: key } as const;
  const body = { content, bytes: content.byteLength };
  await tries.tried("writing", signal, () => cache.put(entry, body, signal));
}

/** Puts a blob, unless it is there; false where that cannot be. */
async function put(
  { cache, tries }: Asking,
  { digest, bytes }: BlobSize,
  from: Store,
  signal: AbortSignal,
): Promise<boolean> {
  const entry = { kind: "cas", name: digest } as const;
  return await tries.tried("writing", signal, async () => {
    if (await cache.has(entry, signal)) return true;
    const content = bytes > STREAMED
      ? await from.stream(digest)
      : (await from.read(digest)) as Uint8Array<ArrayBuffer>;
    await cache.put(entry, { content, bytes }, signal);
    return true;
  }) ?? false;
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  came: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    came(piece.byteLength);
    yield piece;
  }
}
