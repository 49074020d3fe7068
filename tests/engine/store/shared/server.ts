/** A server of the cache protocol in memory, which can be told to answer wrongly. */

/** What a server does with a request instead of answering it. */
export type Fault = (
  request: Request,
  right: () => Promise<Response>,
) => Response | Promise<Response>;

/** A server on this machine, stopped when it is disposed of. */
export function cacheServer(
  options: {
    readonly authorization?: string;
    /** What it has from before, and where it was. */
    readonly entries?: Map<string, Uint8Array<ArrayBuffer>>;
    readonly port?: number;
    /** The address of this machine that it listens on; default 127.0.0.1. */
    readonly hostname?: string;
  } = {},
) {
  const { entries = new Map<string, Uint8Array<ArrayBuffer>>(), port = 0 } = options;
  const { hostname = "127.0.0.1" } = options;
  const asked: { method: string; path: string; authorization: string | null }[] = [];
  const state: { fault: Fault } = { fault: (_request, right) => right() };
  const ended = new AbortController();
  const answer = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    if (!/^\/(ac|cas)\/[0-9a-f]{64}$/.test(path)) return new Response(null, { status: 400 });
    if (request.method === "PUT") {
      entries.set(path, new Uint8Array(await request.arrayBuffer()));
      return new Response(null, { status: 201 });
    }
    const bytes = entries.get(path);
    if (bytes === undefined) return new Response(null, { status: 404 });
    return new Response(request.method === "HEAD" ? null : bytes);
  };
  const server = Deno.serve(
    { port, hostname, onListen: () => {}, signal: ended.signal },
    (request) => {
      const authorization = request.headers.get("authorization");
      asked.push({ method: request.method, path: new URL(request.url).pathname, authorization });
      if (options.authorization !== undefined && authorization !== options.authorization) {
        return new Response(null, { status: 401 });
      }
      return state.fault(request, () => answer(request));
    },
  );
  return {
    address: `http://${hostname}:${server.addr.port}`,
    entries,
    asked,
    state,
    /** An answer that never begins, as long as the server runs. */
    hanging: (): Promise<Response> =>
      new Promise((resolve) =>
        ended.signal.addEventListener("abort", () => resolve(new Response()))
      ),
    async [Symbol.asyncDispose]() {
      ended.abort();
      await server.finished;
    },
  };
}

/** A body without an end. */
export const endless = (): Response =>
  new Response(
    new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1 << 16).fill(65)),
    }),
  );

/** A body that ends before it was said to. */
export const cutOff = (bytes: Uint8Array<ArrayBuffer>): Response =>
  new Response(ReadableStream.from([bytes.slice(0, bytes.byteLength >> 1)]), {
    headers: { "content-length": `${bytes.byteLength}` },
  });
