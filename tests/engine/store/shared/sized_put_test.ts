import assert from "node:assert/strict";
import { sizedPut } from "../../../../engine/store/shared/sized_put.ts";

const { signal } = new AbortController();

/** A server that says what came, and answers some paths before it has read anything, or never. */
function server() {
  const hanging = Promise.withResolvers<void>();
  const came: { length: string | null; chunked: string | null; bytes: number }[] = [];
  const serving = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async ({ url, headers, body }) => {
      const { pathname } = new URL(url);
      if (pathname === "/no") return new Response("sorry", { status: 403 });
      if (pathname === "/hang") await hanging.promise;
      let bytes = 0;
      for await (const piece of body ?? []) bytes += piece.byteLength;
      came.push({
        length: headers.get("content-length"),
        chunked: headers.get("transfer-encoding"),
        bytes,
      });
      return new Response(headers.get("x-said"), { status: 201 });
    },
  );
  return {
    url: `http://127.0.0.1:${serving.addr.port}`,
    came,
    async [Symbol.asyncDispose]() {
      hanging.resolve();
      await serving.shutdown();
    },
  };
}

/** So many pieces of 64 KiB, and how many were taken. */
function pieces(count: number) {
  const state = { taken: 0, cancelled: false };
  const content = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (state.taken++ === count) controller.close();
      else controller.enqueue(new Uint8Array(1 << 16));
    },
    cancel: () => void (state.cancelled = true),
  });
  return { content, state, bytes: count * (1 << 16) };
}

Deno.test("a stream goes with its length, not in chunks", async () => {
  await using to = server();
  const { content, bytes } = pieces(100);
  const answer = await sizedPut(`${to.url}/a`, {
    headers: { "x-said": "a" },
    content,
    bytes,
    signal,
  });
  assert.equal(answer.status, 201);
  assert.deepEqual(to.came, [{ length: `${bytes}`, chunked: null, bytes }]);
});

Deno.test("who answers before the body has gone is given no more of it", async () => {
  await using to = server();
  const { content, bytes, state } = pieces(100_000);
  const answer = await sizedPut(`${to.url}/no`, { headers: {}, content, bytes, signal });
  assert.equal(answer.status, 403);
  assert.ok(state.cancelled && state.taken < 50_000, `${state.taken}`);
});

Deno.test("the signal ends the wait, what fails is thrown, and the stream is let go", async () => {
  await using to = server();
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("stopped")), 30);
  const { content, bytes, state } = pieces(100_000);
  const put = sizedPut(`${to.url}/hang`, { headers: {}, content, bytes, signal: stop.signal });
  await assert.rejects(put, { message: "stopped" });
  assert.ok(state.cancelled && state.taken < 50_000, "no more is read than can go");
  const aborted = sizedPut(`${to.url}/a`, { headers: {}, ...pieces(1), signal: stop.signal });
  await assert.rejects(aborted, { message: "stopped" });
  const nobody = sizedPut("http://127.0.0.1:1/a", { headers: {}, ...pieces(1), signal });
  await assert.rejects(nobody, /ECONNREFUSED|refused/i);
  const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: () => Promise.reject(new Error("a broken disk")),
  });
  const read = sizedPut(`${to.url}/a`, { headers: {}, content: broken, bytes: 5, signal });
  await assert.rejects(read, { message: "a broken disk" });
});

/** Deno's process that puts a stream of three bytes at a URL, and prints what is answered or thrown. */
async function putBy(env: Readonly<Record<string, string>>, url: string): Promise<string> {
  const source = new URL("../../../../engine/store/shared/sized_put.ts", import.meta.url);
  const code = `const { sizedPut } = await import("${source}");
    const content = new Blob(["abc"]).stream();
    const { signal } = new AbortController();
    const put = sizedPut("${url}", { headers: {}, content, bytes: 3, signal });
    console.log(await put.then(({ status }) => status, ({ message }) => message));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code], env })
    .output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("by TLS, certificates are trusted that fetch trusts, and others are not", async () => {
  const text = (name: string) =>
    Deno.readTextFile(new URL(`../../../fixtures/tls/${name}`, import.meta.url));
  const [cert, key] = await Promise.all([text("server.crt"), text("server.key")]);
  const came: (string | null)[] = [];
  await using serving = Deno.serve(
    { port: 0, hostname: "127.0.0.1", cert, key, onListen: () => {} },
    async (request) => {
      came.push(await request.text(), request.headers.get("host"));
      return new Response(null, { status: 201 });
    },
  );
  const host = `127.0.0.1:${serving.addr.port}`;
  const authority = new URL("../../../fixtures/tls/authority.crt", import.meta.url);
  assert.equal(await putBy({ DENO_CERT: authority.pathname }, `https://${host}/a`), "201");
  assert.deepEqual(came, ["abc", host]);
  assert.match(await putBy({}, `https://${host}/a`), /certificate/);
  assert.equal(came.length, 2);
});

/** Has connections asked of `connect` in the place of Deno's for as long as `body` runs. */
async function connecting(
  connect: (there: Deno.ConnectOptions, secure: boolean) => Promise<Deno.TcpConn>,
  body: () => Promise<void>,
): Promise<void> {
  const own = { connect: Deno.connect, connectTls: Deno.connectTls };
  const stands = {
    connect: (there: Deno.ConnectOptions) => connect(there, false),
    connectTls: (there: Deno.ConnectOptions) => connect(there, true),
  };
  Object.assign(Deno, stands);
  try {
    await body();
  } finally {
    Object.assign(Deno, own);
  }
}

Deno.test("a connection goes where the URL says, at its port or the one of its scheme", async () => {
  const asked: unknown[] = [];
  const refuses = ({ hostname, port }: Deno.ConnectOptions, secure: boolean) => {
    asked.push([hostname, port, secure]);
    return Promise.reject(new Error("refused"));
  };
  await connecting(refuses, async () => {
    for (const to of ["http://there", "https://there", "http://[::1]:9", "https://there:80"]) {
      const { content, state } = pieces(1);
      const put = sizedPut(`${to}/a`, { headers: {}, content, bytes: 1, signal });
      await assert.rejects(put, { message: "refused" });
      assert.ok(state.cancelled);
    }
  });
  assert.deepEqual(asked, [
    ["there", 80, false],
    ["there", 443, true],
    ["::1", 9, false],
    ["there", 80, true],
  ]);
});

Deno.test("a connection that comes after the wait is over is closed", async () => {
  const stop = new AbortController();
  const coming = Promise.withResolvers<Deno.TcpConn>();
  const closed = Promise.withResolvers<void>();
  await connecting(() => coming.promise, async () => {
    const { content, state } = pieces(1);
    const put = sizedPut("http://there/a", { headers: {}, content, bytes: 1, signal: stop.signal });
    stop.abort(new Error("stopped"));
    await assert.rejects(put, { message: "stopped" });
    assert.ok(state.cancelled);
    coming.resolve({ close: () => closed.resolve() } as Deno.TcpConn);
    await closed.promise;
  });
});
