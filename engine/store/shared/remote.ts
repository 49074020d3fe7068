/**
 * One shared store as a run uses it, with limited patience: what fails is tried again a few times, what cannot be had is
 * done without, and a store that does not answer or lies again and again is asked no more.
 */
import { digestOf, type Key } from "../../digest.ts";
import { gathered } from "../../unpack.ts";
import {
  type BlobSize,
  CorruptBlobError,
  type Intake,
  type Recorded,
  type Store,
} from "../store.ts";
import { encodeRecord } from "../record.ts";
import { decodeActionResult, encodeActionResult } from "./action_result.ts";
import {
  type Asking,
  type OpenBlob,
  put,
  type RemoteOptions,
  replaced,
  written,
} from "./asking.ts";
import { type HttpCache, RemoteError } from "./http_cache.ts";
import { receivedRecord } from "./received.ts";
import { savedAt, stateAt } from "./state.ts";
import { triesOf } from "./tries.ts";

/** Most bytes of a record. */
const LARGEST_RECORD = 1 << 24;

/** A blob of more bytes is put as a stream, which some servers take less gladly than a body of known length. */
const STREAMED = 4 << 20;

/** An entry that is asked for to see whether a store answers: that of no bytes. */
const ANY = { kind: "cas", name: digestOf(new Uint8Array()) } as const;

/** A shared store. Nothing here throws but what the disk, or the signal, has to say. */
export interface Remote {
  readonly address: string;
  /** The record under a key by somebody who is trusted; undefined where none can be had. */
  record(key: Key, signal?: AbortSignal): Promise<Recorded | undefined>;
  /** Takes a blob into an intake; false where it cannot be had. `came` is told of bytes as they come. */
  take(blob: BlobSize, intake: Intake, how: TakeBlobOptions): Promise<boolean>;
  /**
   * Publishes an outcome with its blobs, unless it is there; whether it is there then. `again` puts its blobs there in
   * any case: they were missed, or were not what they should be.
   */
  publish(recorded: Recorded, from: Store, signal: AbortSignal, again?: boolean): Promise<boolean>;
  /** Publishes bytes under their digest, unless they are there; whether they are there then. */
  put(blob: BlobSize, open: OpenBlob, signal: AbortSignal): Promise<boolean>;
  /** The state under a key that somebody who is trusted saved after an instant, not too long ago. */
  state(key: Key, after: number, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Publishes a state in the place of the one that is there; whether it is there then. */
  save(key: Key, state: Uint8Array, signal: AbortSignal): Promise<boolean>;
  /** Whether it answers, asked once. */
  answers(signal: AbortSignal): Promise<boolean>;
}

/** How a blob is taken. */
interface TakeBlobOptions {
  readonly signal?: AbortSignal | undefined;
  came?(bytes: number): void;
}

/** A store behind HTTP, used with patience. */
export function remoteOf(cache: HttpCache, options: RemoteOptions): Remote {
  const asking: Asking = { ...options, cache, tries: triesOf(options) };
  return {
    address: cache.address,
    record: (key, signal) => recordAt(asking, key, signal),
    take: (blob, intake, how) => taken(asking, blob, intake, how),
    publish: (recorded, from, signal, again = false) =>
      published({ ...asking, again }, recorded, from, signal),
    put: (blob, open, signal) => put(asking, blob, open, signal),
    state: (key, after, signal) => stateAt(asking, key, { after, signal }),
    save: (key, state, signal) => savedAt(asking, key, state, signal),
    answers: (signal) =>
      cache.has(ANY, signal).then(() => true, (error) => {
        if (error instanceof RemoteError) return false;
        throw error;
      }),
  };
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
  { signal, came = () => {} }: TakeBlobOptions,
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
  asking: Asking & { readonly again: boolean },
  { key, outcome }: Recorded,
  from: Store,
  signal: AbortSignal,
): Promise<boolean> {
  const { cache, tries, signer, again } = asking;
  if (tries.left("writing")) return false;
  const isThere = await recordAt(asking, key, signal) !== undefined;
  if (isThere && !again) return true;
  const sent = await Promise.all(outcome.blobs.map((blob) => {
    const { digest, bytes } = blob;
    const open = async () =>
      bytes > STREAMED
        ? await from.stream(digest, bytes)
        : (await from.read(digest, bytes)) as Uint8Array<ArrayBuffer>;
    return again ? replaced(asking, blob, open, signal) : put(asking, blob, open, signal);
  }));
  if (sent.includes(false)) return false;
  if (isThere) return true;
  // Who made it elsewhere has signed it.
  const signed = await from.signature(key) ?? await signer?.sign({ key, outcome });
  const content = encodeActionResult(encodeRecord(key, outcome, signed), outcome.blobs);
  const entry = { kind: "ac", name: key } as const;
  const body = { content, bytes: content.byteLength };
  return await written(tries, signal, () => cache.put(entry, body, signal));
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
