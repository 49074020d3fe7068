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
  type Outcome,
  type Recorded,
  type Store,
} from "../store.ts";
import { encodeRecord } from "../record.ts";
import { decodeActionResult, encodeActionResult } from "./action_result.ts";
import { type HttpCache, RemoteError } from "./http_cache.ts";
import { receivedOutcome } from "./received.ts";
import { type Tries, triesOf, type TriesOptions } from "./tries.ts";

/** Most bytes of a record. */
const LARGEST_RECORD = 1 << 24;

/** A blob of more bytes is put as a stream, which some servers take less gladly than a body of known length. */
const STREAMED = 4 << 20;

/** A shared store. Nothing here throws but what the disk, or the signal, has to say. */
export interface Remote {
  readonly address: string;
  /** The outcome recorded under a key; undefined where none can be had. */
  outcome(key: Key, signal?: AbortSignal): Promise<Outcome | undefined>;
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
}

/** A store behind HTTP, used with patience. */
export function remoteOf(cache: HttpCache, options: RemoteOptions): Remote {
  const asking: Asking = { cache, memory: options.memory, tries: triesOf(options) };
  return {
    address: cache.address,
    outcome: (key, signal) => outcomeAt(asking, key, signal),
    take: (blob, intake, how) => taken(asking, blob, intake, how),
    publish: (recorded, from, signal) => published(asking, recorded, from, signal),
  };
}

/** A store, and the patience with it that is left. */
interface Asking {
  readonly cache: HttpCache;
  readonly memory: number;
  readonly tries: Tries;
}

async function outcomeAt(
  { cache, memory, tries }: Asking,
  key: Key,
  signal: AbortSignal | undefined,
): Promise<Outcome | undefined> {
  return await tries.tried("reading", signal, async () => {
    const bytes = await gathered(
      cache.get({ kind: "ac", name: key }, LARGEST_RECORD, signal),
      { limit: LARGEST_RECORD },
    );
    const sealed = decodeActionResult(bytes);
    const found = sealed && receivedOutcome(key, sealed, memory);
    if (found !== undefined) return found;
    throw new RemoteError("lied", `\`${cache.address}/ac/${key}\` is no record of its key`);
  });
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
  const { cache, tries } = asking;
  if (tries.left("writing") || await outcomeAt(asking, key, signal) !== undefined) return;
  const sent = await Promise.all(outcome.blobs.map((blob) => put(asking, blob, from, signal)));
  if (sent.includes(false)) return;
  const content = encodeActionResult(encodeRecord(key, outcome), outcome.blobs);
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
