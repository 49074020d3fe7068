/**
 * Bytes from a URL, under the rules for what a recipe may reach: https, no private addresses, a limit while
 * streaming, redirects within the origin or to a pinned target, and a pin that the bytes must have.
 */
import { excerpt, reasonOf } from "../../quote.ts";
import { type Digest, digestOf } from "../../digest.ts";
import { Late, within } from "../../store/shared/within.ts";
import { gathered, TooLargeError, unpacked } from "../../unpack.ts";
import { assertReachable } from "./addresses.ts";
import { type Fetching, isWeb, type Patience, type Reach } from "./hosts.ts";
import { FetchError, TrustError } from "./source_error.ts";

export { FetchError, TrustError };

/** Where nothing else is said. */
const PATIENCE: Patience = { idle: 30_000, attempts: 3, pause: 500 };

/** How to fetch. */
interface FetchOptions extends Fetching, Reach {
  /** Most bytes; more are not read. */
  readonly limit: number;
  /** What the bytes must be; `#sha256=` in the URL says the same. */
  readonly pin?: Digest | undefined;
}

const MOST_REDIRECTS = 5;

/** The digest that a URL's `#sha256=` demands. Throws a TrustError where it is written wrongly. */
export function pinOf(url: URL): Digest | undefined {
  if (url.hash === "") return undefined;
  const digest = /^#sha256=([0-9a-f]{64})$/.exec(url.hash)?.[1];
  if (digest !== undefined) return digest as Digest;
  throw new TrustError(
    url.href,
    `\`${url.href}\` ends in ${url.hash.slice(0, 20)}, which is no pin`,
    "a pin is #sha256= and 64 hexadecimal digits",
  );
}

/** Fetches a URL. Throws a TrustError where a rule forbids it, a FetchError where it fails. */
export async function fetchBytes(source: URL, options: FetchOptions): Promise<Uint8Array> {
  const { attempts, pause } = { ...PATIENCE, ...options.patience };
  for (let attempt = 1;; attempt++) {
    try {
      return await fetchOnce(source, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof FetchError && error.passing) || attempt >= attempts) throw error;
    }
    using wait = within(pause * attempt, options.signal);
    await wait.over;
    options.signal?.throwIfAborted();
  }
}

async function fetchOnce(source: URL, options: FetchOptions): Promise<Uint8Array> {
  const pin = options.pin ?? pinOf(source);
  const { idle } = { ...PATIENCE, ...options.patience };
  let url = withoutHash(source);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    await reachable(url, options, idle);
    using patience = within(idle, options.signal);
    const response = await request(url, patience.signal);
    try {
      const target = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && target !== null) {
        url = next(source, url, target, pin !== undefined);
        continue;
      }
      assertWhole(source, response);
      const bytes = await bodyOf(response, source, { ...options, touched: patience.begin });
      const digest = digestOf(bytes);
      if (pin === undefined || digest === pin) return bytes;
      throw new TrustError(
        source.href,
        `\`${source.href}\` is not what its pin says: it has the digest ${digest}`,
        "somebody changed it, or the pin is of another version",
      );
    } finally {
      // What is left of an answer that is no use keeps its connection open.
      await response.body?.cancel().catch(() => {});
    }
  }
  throw new FetchError(`\`${source.href}\` leads on more than ${MOST_REDIRECTS} times`);
}

/** Where a redirect leads. */
function next(source: URL, from: URL, target: string, pinned: boolean): URL {
  const url = URL.parse(target, from);
  const shown = excerpt(target);
  if (url === null) {
    throw new FetchError(`\`${source.href}\` leads to \`${shown}\`, which is no URL`);
  }
  if (!isWeb(url.href)) {
    throw new TrustError(
      source.href,
      `\`${source.href}\` leads to \`${shown}\`, which is not on the web`,
      "name the file itself if it is yours",
    );
  }
  if (url.origin === from.origin || pinned) return withoutHash(url);
  throw new TrustError(
    source.href,
    `\`${source.href}\` leads elsewhere, to ${excerpt(url.origin)}`,
    "name that URL, or pin this one with #sha256=",
  );
}

/** Nobody asked for a part of anything: every other answer than 200 is none. */
function assertWhole({ href }: URL, { status, statusText }: Response): void {
  if (status === 200) return;
  const what = `${status} ${excerpt(statusText)}`.trim();
  const why = status === 206 ? ", a part of the file" : "";
  throw new FetchError(`\`${href}\` answered ${what}${why}`, { status, passing: status >= 500 });
}

async function request(url: URL, signal: AbortSignal): Promise<Response> {
  try {
    // Unasked, Deno would let hosts compress and unpack what they send, however much it becomes.
    const headers = { "accept-encoding": "identity" };
    return await fetch(url, { redirect: "manual", headers, signal });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new FetchError(`\`${url.href}\` may not be fetched; add --allow-net=${url.host}`);
    }
    throw failed(url, error);
  }
}

function failed({ href }: URL, error: unknown): FetchError {
  if (error instanceof Late) {
    const message = `\`${href}\` cannot be fetched: nothing came for ${error.ms / 1000} s`;
    return new FetchError(message, { passing: true });
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  // What fetch throws is a TypeError that says why: nothing here has read a content that could be damaged.
  const why = cause instanceof TypeError ? excerpt(cause.message) : reasonOf(cause);
  const message = `\`${href}\` cannot be fetched: ${why}`;
  return new FetchError(message, { passing: true });
}

async function bodyOf(
  response: Response,
  source: URL,
  { limit, signal, touched }: FetchOptions & { touched(): void },
): Promise<Uint8Array> {
  const { href } = source;
  const tooLarge = (why: string) =>
    new TrustError(href, `\`${href}\` ${why}`, "this is more than such a document may have");
  const promised = Number(response.headers.get("content-length") ?? NaN);
  if (promised > limit) throw tooLarge(`is larger than ${limit} bytes`);
  const encoding = response.headers.get("content-encoding")?.toLowerCase() ?? "identity";
  let bytes: Uint8Array;
  try {
    bytes = await gathered(pieces(response.body, touched), {
      limit,
      expected: promised >= 0 ? promised : undefined,
    });
  } catch (error) {
    if (error instanceof TooLargeError) throw tooLarge(`is larger than ${limit} bytes`);
    throw failed(source, error);
  }
  if (promised >= 0 && bytes.byteLength !== promised) {
    const message = `\`${href}\` ended after ${bytes.byteLength} of ${promised} bytes`;
    throw new FetchError(message, { passing: true });
  }
  if (encoding === "identity") return bytes;
  if (encoding !== "gzip" && encoding !== "x-gzip") {
    const how = excerpt(encoding);
    throw new FetchError(`\`${href}\` comes compressed as ${how}, which was not asked for`);
  }
  try {
    return await unpacked(bytes, { memory: limit, signal });
  } catch (error) {
    if (error instanceof TooLargeError) throw tooLarge(`is too large: ${error.message}`);
    if (error instanceof RangeError) throw new FetchError(`\`${href}\`: ${error.message}`);
    throw error;
  }
}

async function* pieces(body: Response["body"], touched: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body ?? []) {
    touched();
    yield chunk;
  }
}

async function reachable(url: URL, options: FetchOptions, idle: number): Promise<void> {
  using wait = within(idle, options.signal);
  try {
    await assertReachable(url, options, wait.signal);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  }
}

function withoutHash(url: URL): URL {
  const plain = new URL(url);
  plain.hash = "";
  return plain;
}
