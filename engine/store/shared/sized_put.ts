/**
 * A request with a body that streams and whose length is said: `fetch` sends a stream in chunks of its own, which S3 and
 * some other servers refuse. The connection is Deno's, which trusts the certificates that `fetch` trusts: `node:https`
 * knows nothing of `--cert` and `DENO_CERT`.
 */
import type { ClientRequest, IncomingMessage } from "node:http";

/** What is put. */
interface SizedPut {
  readonly headers: Readonly<Record<string, string>>;
  readonly content: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly bytes: number;
  readonly signal: AbortSignal;
}

/** Puts a body; the answer without its body. Throws what the network says, or the signal's reason. */
export async function sizedPut(
  url: string,
  { headers, content, bytes, signal }: SizedPut,
): Promise<Pick<Response, "status" | "statusText">> {
  const { request } = await import("node:http");
  const { Duplex } = await import("node:stream");
  const { host } = new URL(url);
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    const line = await connected(new URL(url), failed).catch(async (error) => {
      await content.cancel(error);
      throw error;
    });
    const asking = request(url.replace(/^https:/, "http:"), {
      method: "PUT",
      headers: { ...headers, host, "content-length": `${bytes}` },
      createConnection: () => Duplex.fromWeb(line),
    });
    const answered = new Promise<IncomingMessage>((resolve) => asking.on("response", resolve));
    asking.on("error", reject);
    const sending = sent(content, asking).catch(reject);
    try {
      const answer = await Promise.race([answered, failed]);
      answer.resume();
      return { status: answer.statusCode ?? 0, statusText: answer.statusMessage ?? "" };
    } finally {
      asking.destroy();
      await sending;
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** A connection to the host of a URL, unless something else fails before it is there. */
async function connected(
  { protocol, hostname, port }: URL,
  failed: Promise<never>,
): Promise<Deno.Conn> {
  const secure = protocol === "https:";
  const there = {
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || (secure ? 443 : 80)),
  };
  const opening: Promise<Deno.Conn> = secure
    ? Deno.connectTls({ ...there, alpnProtocols: ["http/1.1"] })
    : Deno.connect(there);
  try {
    return await Promise.race([opening, failed]);
  } catch (error) {
    // A connection that is there too late is of no use.
    opening.then((line) => line.close(), () => {});
    throw error;
  }
}

/** Writes a stream into a request, no faster than it goes. */
async function sent(
  content: ReadableStream<Uint8Array<ArrayBuffer>>,
  asking: ClientRequest,
): Promise<void> {
  for await (const piece of content) {
    if (asking.destroyed) return;
    if (!asking.write(piece)) await drained(asking);
  }
  asking.end();
}

function drained(asking: ClientRequest): Promise<void> {
  if (asking.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ["drain", "close"]) asking.off(event, done);
      resolve();
    };
    for (const event of ["drain", "close"]) asking.on(event, done);
  });
}
