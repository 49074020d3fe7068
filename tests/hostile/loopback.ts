/** A server on this machine that writes HTTP by hand, so that it can write it wrongly. */

/** What a connection does once it has been asked: `say` writes, and resolves to false where the connection is closed. */
export type Answer = (
  say: (text: string | Uint8Array) => Promise<boolean>,
  asked: number,
) => Promise<void> | void;

/** The head of an answer. */
export const head = (status: string, ...lines: readonly string[]): string =>
  `HTTP/1.1 ${[status, "Connection: close", ...lines].join("\r\n")}\r\n\r\n`;

/** Keeps a connection open without a word. */
export const silence = (): Promise<void> => new Promise(() => {});

/** A whole answer. */
export const whole = (text: string | Uint8Array): Answer => async (say) => {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  await say(head("200 OK", `Content-Length: ${bytes.byteLength}`));
  await say(bytes);
};

/** A server that answers each path as it is told. */
export function loopback(answers: Readonly<Record<string, Answer>>) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const asked = new Map<string, number>();
  const open = new Set<Deno.Conn>();
  const serve = async (connection: Deno.Conn): Promise<void> => {
    open.add(connection);
    const say = async (text: string | Uint8Array): Promise<boolean> => {
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
      try {
        for (let at = 0; at < bytes.byteLength;) at += await connection.write(bytes.subarray(at));
        return true;
      } catch {
        return false;
      }
    };
    const request = new Uint8Array(1 << 14);
    const n = await connection.read(request).catch(() => null) ?? 0;
    const path = new TextDecoder().decode(request.subarray(0, n)).split(" ")[1] ?? "";
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const answer = answers[path] ?? ((say) => void say(head("404 Not Found")));
    await answer(say, asked.get(path)!);
    if (open.delete(connection)) connection.close();
  };
  const accepting = (async () => {
    for await (const connection of listener) void serve(connection);
  })();
  return {
    root: `http://127.0.0.1:${port}`,
    /** How often a path was asked for. */
    asked: (path: string) => asked.get(path) ?? 0,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) connection.close();
      open.clear();
      await accepting;
    },
  };
}
