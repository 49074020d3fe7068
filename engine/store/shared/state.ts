/**
 * Checkpoints in a shared store: under `/ac/` of a name that follows from the key lies who saved which bytes when, under
 * `/cas/` the bytes. The protocol knows no locks and deletes nothing, so a checkpoint is a hint: whoever loads one goes on
 * from there to the same bits, the last that was saved wins, and one is too old after a week.
 */
import { canonicalBytes, digestAsync, digestOf, type Json, type Key } from "../../digest.ts";
import { given } from "../../given.ts";
import { gathered } from "../../unpack.ts";
import { seal } from "../seal.ts";
import type { SavedState, Signature } from "../store.ts";
import { decodeActionResult, encodeActionResult } from "./action_result.ts";
import { RemoteError } from "./http_cache.ts";
import { receivedState, stateName } from "./received.ts";
import { type Asking, put, written } from "./asking.ts";

/** Most bytes of what is said of a state. */
const LARGEST = 1 << 16;

/** A state is used for so long, ms; and one that was saved as much later than now, by a clock that is wrong, is not. */
const EXPIRES = 7 * 24 * 3600 * 1000;
const AHEAD = 24 * 3600 * 1000;

/** Where the state of a key lies. */
function entryOf(key: Key): { readonly kind: "ac"; readonly name: string } {
  return { kind: "ac", name: digestOf(new TextEncoder().encode(stateName(key))) };
}

/** See `Remote.state`. */
export async function stateAt(
  { cache, tries, memory, trusts }: Asking,
  key: Key,
  { after, signal }: { readonly after: number; readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array | undefined> {
  const entry = entryOf(key);
  const lied = (kind: string, name: string, what: string) =>
    new RemoteError("lied", `\`${cache.address}/${kind}/${name}\` ${what}`);
  const said = await tries.tried("reading", signal, async () => {
    const bytes = await gathered(cache.get(entry, LARGEST, signal), { limit: LARGEST });
    const sealed = decodeActionResult(bytes);
    const found = sealed && receivedState(key, sealed, memory);
    if (found !== undefined) return found;
    throw lied("ac", entry.name, "is no checkpoint of its key");
  });
  if (said === undefined || !isInTime(said, after) || !await trusts(said)) return undefined;
  const { digest, bytes } = said.state;
  return await tries.tried("reading", signal, async () => {
    const state = await gathered(cache.get({ kind: "cas", name: digest }, bytes, signal), {
      limit: bytes,
    });
    if (await digestAsync(state) === digest) return state;
    throw lied("cas", digest, "is not the bytes of its name");
  });
}

function isInTime({ saved }: SavedState, after: number): boolean {
  const [at, now] = [Date.parse(saved), Date.now()];
  return at > after && at > now - EXPIRES && at < now + AHEAD;
}

/** See `Remote.save`. */
export async function savedAt(
  asking: Asking,
  key: Key,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  const { cache, tries, signer } = asking;
  const state = { digest: digestOf(bytes), bytes: bytes.byteLength };
  const open = () => Promise.resolve(bytes as Uint8Array<ArrayBuffer>);
  if (!await put(asking, state, open, signal)) return false;
  const said: SavedState = { key, saved: new Date().toISOString(), state };
  const content = encodeActionResult(sealed(said, await signer?.sign(said)), [state]);
  const body = { content, bytes: content.byteLength };
  return await written(tries, signal, () => cache.put(entryOf(key), body, signal));
}

function sealed(said: SavedState, signed: Signature | undefined): Uint8Array {
  const whole = { ...said, ...given({ signed }) } as unknown as Json;
  return seal(stateName(said.key), canonicalBytes(whole));
}
