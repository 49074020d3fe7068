/**
 * The HTTP cache protocol that Bazel and its servers speak: `/ac/<sha256>` holds records, `/cas/<sha256>` blobs; GET,
 * HEAD and PUT. Each request is bounded in bytes and in time, and follows no redirect: secrets go to the named host alone.
 */
import { digestOf } from "../../digest.ts";
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

/** A request that is about to be made. */
interface OutgoingRequest {
  readonly method: "GET" | "HEAD" | "PUT";
  readonly url: string;
  /** Of the body, if there is one. */
  readonly digest?: string | undefined;
}

/** Headers that say who makes a request. */
export type Authorize = (asked: OutgoingRequest) => Promise<Readonly<Record<string, string>>>;

/** What is said with each request, and how long an answer is waited for. */
interface HttpOptions {
  /** Default: nobody says who asks. */
  readonly authorize?: Authorize | undefined;
  /** Most milliseconds until an answer begins, and between two pieces of it. */
  readonly idle: number;
}

/** The store at an address that `storeAddress` has given. */
export function httpCache(address: string, { authorize, idle }: HttpOptions): HttpCache {
  const urlOf = ({ kind, name }: CacheEntry): string => `${address}/${kind}/${name}`;
  const headersFor = async (asked: OutgoingRequest): Promise<Record<string, string>> => ({
    // Unasked, Deno would let hosts compress what they send, however much it becomes.
    "accept-encoding": "identity",
    ...await authorize?.(asked),
  });
  const ask = async (method: "GET" | "HEAD", url: string, signal: AbortSignal) => {
    try {
      const headers = await headersFor({ method, url });
      return await fetch(url, { method, redirect: "manual", headers, signal });
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
      const response = await ask("GET", url, patience.signal);
      try {
        assertAnswered(url, response, [200]);
        yield* bounded(url, response, { limit, touched: patience.begin });
      } finally {
        await response.body?.cancel().catch(() => {});
      }
    },
    async has(entry, signal) {
      using patience = within(idle, signal);
      const url = urlOf(entry);
      const response = await ask("HEAD", url, patience.signal);
      if (response.status === 404 || response.status === 410) return false;
      assertAnswered(url, response, [200, 204]);
      return true;
    },
    async put(entry, body, signal) {
      const { content, bytes } = body;
      using whole = within(idle + bytes / SLOWEST, signal);
      const url = urlOf(entry);
      const digest = content instanceof Uint8Array && entry.kind === "ac"
        ? digestOf(content)
        : entry.name;
      try {
        const headers = {
          ...await headersFor({ method: "PUT", url, digest }),
          "content-type": "application/octet-stream",
        };
        assertAnswered(url, await answerTo(url, body, headers, whole.signal), PUT);
      } catch (error) {
        throw error instanceof RemoteError ? error : failed(url, error);
      }
    },
  };
}

/** Answers to what was put. */
const PUT = [200, 201, 202, 204];

/** What a server says of what it is given. */
type PutResponse = Pick<Response, "status" | "statusText">;

async function answerTo(
  url: string,
  { content, bytes }: Body,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<PutResponse> {
  if (content instanceof ReadableStream) {
    const { sizedPut } = await import("./sized_put.ts");
    return await sizedPut(url, { headers, content, bytes, signal });
  }
  const init = { method: "PUT", redirect: "manual", body: content, headers, signal } as const;
  const response = await fetch(url, init);
  await response.body?.cancel().catch(() => {});
  return response;
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

function assertAnswered(url: string, response: PutResponse, well: readonly number[]): void {
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
