/**
 * The HTTP cache protocol that Bazel and its servers speak: `/ac/<sha256>` holds records, `/cas/<sha256>` blobs; GET,
 * HEAD and PUT. Each request is bounded in bytes and in time, and follows no redirect: secrets go to the named host alone.
 */
import { excerpt } from "../../quote.ts";
import { Late, within } from "./within.ts";

/** An entry of a store: a record by its key, a blob by its digest. */
interface CacheEntry {
  readonly kind: "ac" | "cas";
  readonly name: string;
}

/** How an entry could not be had: it is not there, it may be the next time, it is another, it is not given. */
type RemoteFailure = "absent" | "passing" | "lied" | "refused";

/** Thrown where a store does not give or take an entry; a sentence that names the entry. */
export class RemoteError extends Error {
  override readonly name = "RemoteError";
  /** `what` says whether it is worth another try. */
  constructor(readonly what: RemoteFailure, message: string) {
    super(message);
  }
}

/** The slowest that a body may come on the whole, bytes a millisecond. */
const SLOWEST = 64;

/** Answers after which the same request may succeed. */
const PASSING: readonly number[] = [408, 425, 429];

/** A store behind HTTP. */
export interface HttpCache {
  /** As the user named it. */
  readonly address: string;
  /** An entry of at most so many bytes in pieces, asked for with the first. Throws a RemoteError. */
  get(entry: CacheEntry, limit: number, signal?: AbortSignal): AsyncGenerator<Uint8Array>;
  /** Whether there is an entry. Throws a RemoteError. */
  has(entry: CacheEntry, signal?: AbortSignal): Promise<boolean>;
  /** Puts an entry of so many bytes. Throws a RemoteError. */
  put(entry: CacheEntry, body: Body, signal?: AbortSignal): Promise<void>;
}

/** Bytes to put, and how many there are. */
export interface Body {
  readonly content: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly bytes: number;
}

/** What is said with each request, and how long an answer is waited for. */
interface HttpOptions {
  /** The value of the `Authorization` header. */
  readonly authorization?: string | undefined;
  /** Most milliseconds until an answer begins, and between two pieces of it. */
  readonly idle: number;
}

/** The store at an address that `storeAddress` has given. */
export function httpCache(address: string, { authorization, idle }: HttpOptions): HttpCache {
  const urlOf = ({ kind, name }: CacheEntry): string => `${address}/${kind}/${name}`;
  const headers = {
    // Unasked, Deno would let hosts compress what they send, however much it becomes.
    "accept-encoding": "identity",
    ...authorization !== undefined && { authorization },
  };
  const ask = async (entry: CacheEntry, init: RequestInit): Promise<Response> => {
    const url = urlOf(entry);
    try {
      return await fetch(url, {
        ...init,
        redirect: "manual",
        headers: { ...headers, ...init.headers },
      });
    } catch (error) {
      throw failed(url, error);
    }
  };
  return {
    address,
    async *get(entry, limit, signal) {
      const url = urlOf(entry);
      using whole = within(idle + limit / SLOWEST, signal);
      using patience = within(idle, whole.signal);
      const response = await ask(entry, { signal: patience.signal });
      try {
        assertAnswered(url, response, [200]);
        yield* bounded(url, response, { limit, touched: patience.begin });
      } finally {
        await response.body?.cancel().catch(() => {});
      }
    },
    async has(entry, signal) {
      using patience = within(idle, signal);
      const response = await ask(entry, { method: "HEAD", signal: patience.signal });
      if (response.status === 404 || response.status === 410) return false;
      assertAnswered(urlOf(entry), response, [200, 204]);
      return true;
    },
    async put(entry, { content, bytes }, signal) {
      using whole = within(idle + bytes / SLOWEST, signal);
      const response = await ask(entry, {
        method: "PUT",
        body: content,
        // A stream has no length; bazel-remote takes it from here.
        headers: { "content-type": "application/octet-stream", "x-digest-sizebytes": `${bytes}` },
        signal: whole.signal,
      });
      await response.body?.cancel().catch(() => {});
      assertAnswered(urlOf(entry), response, [200, 201, 202, 204]);
    },
  };
}

/** The pieces of a body, no more than it may have and no fewer than it promised. */
async function* bounded(
  url: string,
  response: Response,
  { limit, touched }: { readonly limit: number; touched(): void },
): AsyncGenerator<Uint8Array> {
  const tooLong = () =>
    new RemoteError("lied", `\`${url}\` has more than the ${limit} bytes that it may have`);
  const promised = Number(response.headers.get("content-length") ?? NaN);
  if (promised > limit) throw tooLong();
  let size = 0;
  try {
    for await (const piece of response.body ?? []) {
      size += piece.byteLength;
      if (size > limit) throw tooLong();
      touched();
      yield piece;
      // The time that the bytes took to be written is not the server's.
      touched();
    }
  } catch (error) {
    throw error instanceof RemoteError ? error : failed(url, error);
  }
  if (promised >= 0 && size !== promised) {
    throw new RemoteError("passing", `\`${url}\` ended after ${size} of ${promised} bytes`);
  }
}

function assertAnswered(url: string, response: Response, well: readonly number[]): void {
  const { status, statusText } = response;
  if (well.includes(status)) return;
  if (status === 404 || status === 410) throw new RemoteError("absent", `\`${url}\` is not there`);
  const what = `${status} ${excerpt(statusText)}`.trim();
  if (status >= 300 && status < 400) {
    const message = `\`${url}\` answered ${what}, which leads elsewhere and is not followed`;
    throw new RemoteError("refused", message);
  }
  const passing = status >= 500 || PASSING.includes(status);
  const way = status === 401 || status === 403 ? "; --store-credentials says who asks" : "";
  throw new RemoteError(passing ? "passing" : "refused", `\`${url}\` answered ${what}${way}`);
}

function failed(url: string, error: unknown): RemoteError {
  if (error instanceof Late) {
    const why = `nothing came for ${Math.round(error.ms) / 1000} s, or too slowly`;
    return new RemoteError("passing", `\`${url}\` cannot be reached: ${why}`);
  }
  if (error instanceof Deno.errors.NotCapable) {
    const host = new URL(url).host;
    return new RemoteError(
      "refused",
      `\`${url}\` may not be reached: Deno was not allowed to; add --allow-net=${host}`,
    );
  }
  // What fetch throws says why, and of which URL: nothing here has read a content that could be damaged.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const said = cause instanceof Error ? cause.message : String(cause);
  const why = excerpt(said.replace(/ for url \([^)]*\)/, ""), 120);
  return new RemoteError("passing", `\`${url}\` cannot be reached: ${why}`);
}
