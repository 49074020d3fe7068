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
