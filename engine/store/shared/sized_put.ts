/**
 * A request with a body that streams and whose length is said: `fetch` sends a stream in chunks of its own, which S3 and
 * some other servers refuse.
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
  const { request } = url.startsWith("https:")
    ? await import("node:https")
    : await import("node:http");
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asking: ClientRequest = request(url, {
    method: "PUT",
    headers: { ...headers, "content-length": `${bytes}` },
  });
  asking.on("response", resolve);
  asking.on("error", reject);
  const stop = () => {
    reject(signal.reason);
    asking.destroy();
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  const sending = sent(content, asking).catch(reject);
  try {
    const answer = await promise;
    answer.resume();
    return { status: answer.statusCode ?? 0, statusText: answer.statusMessage ?? "" };
  } finally {
    signal.removeEventListener("abort", stop);
    asking.destroy();
    await sending;
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
