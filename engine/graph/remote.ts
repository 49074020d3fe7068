/**
 * Bytes from a URL, under the rules for what a recipe may reach: https, no private addresses, a limit while
 * streaming, redirects within the origin or to a pinned target, and a pin that the bytes must have.
 */
import { excerpt } from "../quote.ts";
import { type Digest, digestOf } from "../digest.ts";

/** Thrown where a URL may not be fetched, or is not what its pin says: the run is refused. */
export class TrustError extends Error {
  /** Tells this error from others. */
  override readonly name = "TrustError";
  /** `source` as written; `help` is a way out. */
  constructor(readonly source: string, message: string, readonly help: string) {
    super(message);
  }
}

/** Thrown where the network fails; a sentence. */
export class FetchError extends Error {
  override readonly name = "FetchError";
  /** `status` is what the host answered, where it did. */
  constructor(message: string, readonly status?: number) {
    super(message);
  }
}

/** How to fetch. */
export interface FetchOptions {
  /** Most bytes; more are not read. */
  readonly limit: number;
  /** What the bytes must be; `#sha256=` in the URL says the same. */
  readonly pin?: Digest;
  /** Whether this machine may be asked: for documents that lie on it. */
  readonly local: boolean;
}

const MOST_REDIRECTS = 5;

/** Whether a source is a URL of the web. */
export const isWeb = (source: string): boolean => /^https?:/i.test(source);

/** Whether a URL names this machine (RFC 6761 §6.3: every name below `localhost` does). */
export const isLocalHost = (url: URL): boolean =>
  /^(.+\.)?localhost\.?$|^127\.0\.0\.1$|^\[::1\]$/.test(url.hostname);

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
  const pin = options.pin ?? pinOf(source);
  let url = withoutHash(source);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    await assertReachable(url, options.local);
    const response = await request(url);
    const target = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && target !== null) {
      await response.body?.cancel();
      const next = withoutHash(new URL(target, url));
      if (next.origin !== url.origin && pin === undefined) {
        throw new TrustError(
          source.href,
          `\`${source.href}\` leads elsewhere, to ${next.origin}`,
          "name that URL, or pin this one with #sha256=",
        );
      }
      url = next;
      continue;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new FetchError(
        `\`${source.href}\` answered ${response.status} ${excerpt(response.statusText)}`,
        response.status,
      );
    }
    const bytes = await bodyOf(response, source, options.limit);
    const digest = digestOf(bytes);
    if (pin === undefined || digest === pin) return bytes;
    throw new TrustError(
      source.href,
      `\`${source.href}\` is not what its pin says: it has the digest ${digest}`,
      "somebody changed it, or the pin is of another version",
    );
  }
  throw new FetchError(`\`${source.href}\` leads on more than ${MOST_REDIRECTS} times`);
}

async function request(url: URL): Promise<Response> {
  try {
    return await fetch(url, { redirect: "manual" });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new FetchError(`\`${url.href}\` may not be fetched; add --allow-net=${url.host}`);
    }
    throw new FetchError(
      `\`${url.href}\` cannot be fetched: ${error instanceof Error ? error.message : error}`,
    );
  }
}

async function bodyOf(response: Response, source: URL, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) {
      throw new TrustError(
        source.href,
        `\`${source.href}\` is larger than ${limit} bytes`,
        "this is more than such a document may have",
      );
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

async function assertReachable(url: URL, local: boolean): Promise<void> {
  const refuse = (why: string, help: string) =>
    new TrustError(url.href, `\`${url.href}\` ${why}`, help);
  if (url.username !== "" || url.password !== "") {
    throw refuse("holds a name or password", "a recipe is no place for secrets");
  }
  if (isLocalHost(url)) {
    if (local) return;
    throw refuse("is on this machine", "a document from elsewhere may not reach it");
  }
  if (url.protocol !== "https:") throw refuse("is not https", "name it with https:");
  for (const address of [bare(url.hostname), ...await addressesOf(url.hostname)]) {
    if (isPrivate(address)) throw refuse("is a private address", "a recipe may name public hosts");
  }
}

/** What a name resolves to, where Deno may look: a name that leads inside is refused like its address. */
async function addressesOf(host: string): Promise<string[]> {
  const found = await Promise.allSettled([
    Deno.resolveDns(host, "A"),
    Deno.resolveDns(host, "AAAA"),
  ]);
  return found.flatMap((each) => each.status === "fulfilled" ? each.value : []);
}

/** Loopback, private, link-local, shared and unspecified ranges (RFC 6890). */
function isPrivate(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(mapped)?.slice(1).map(Number);
  if (parts !== undefined) {
    const [a, b] = parts as [number, number];
    return a === 0 || a === 10 || a === 127 || a >= 224 || (a === 100 && b >= 64 && b < 128) ||
      (a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
  }
  return address.includes(":") &&
    /^(::|::1|::ffff:.*|64:ff9b:.*|f[cd].*|fe[89ab].*|ff.*)$/i.test(address);
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, "");

function withoutHash(url: URL): URL {
  const plain = new URL(url);
  plain.hash = "";
  return plain;
}
