import assert from "node:assert/strict";
import { httpCache, RemoteError } from "../../../../engine/store/shared/http_cache.ts";
import { head, loopback, silence } from "../../../hostile/loopback.ts";
import { cacheServer, cutOff, endless } from "./server.ts";

const name = "ab".repeat(32);
const blob = { kind: "cas", name } as const;
const text = new TextEncoder();

async function all(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let found = "";
  for await (const piece of pieces) found += new TextDecoder().decode(piece);
  return found;
}

const failing = (what: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof RemoteError, `${error}`);
  assert.deepEqual([error.what, message.test(error.message)], [what, true], error.message);
  return true;
};

Deno.test("entries are put, found and got; what is not there is absent", async () => {
  await using server = cacheServer();
  const cache = httpCache(server.address, { idle: 1000 });
  assert.equal(await cache.has(blob), false);
  await assert.rejects(all(cache.get(blob, 100)), failing("absent", /is not there$/));
  await cache.put(blob, { content: text.encode("bytes"), bytes: 5 });
  assert.equal(await cache.has(blob), true);
  assert.equal(await all(cache.get(blob, 5)), "bytes");
  const record = { kind: "ac", name } as const;
  const stream = ReadableStream.from([text.encode("a "), text.encode("stream")]);
  await cache.put(record, { content: stream, bytes: 8 });
  assert.equal(await all(cache.get(record, 8)), "a stream");
  assert.deepEqual([...server.entries.keys()], [`/cas/${name}`, `/ac/${name}`]);
});

Deno.test("who asks is said to the store, and nobody is sent on with it", async () => {
  await using server = cacheServer({ authorization: "Bearer geheim" });
  await using elsewhere = cacheServer();
  const authorize = () => Promise.resolve({ authorization: "Bearer geheim" });
  const known = httpCache(server.address, { idle: 1000, authorize });
  assert.equal(await known.has(blob), false);
  const unknown = httpCache(server.address, { idle: 1000 });
  const denied = failing("refused", /answered 401 .*; --store-credentials says who asks$/);
  await assert.rejects(unknown.has(blob), denied);
  server.state.fault = () =>
    new Response(null, { status: 307, headers: { location: `${elsewhere.address}/cas/${name}` } });
  const away = failing("refused", /answered 307 .*, which leads elsewhere and is not followed$/);
  await assert.rejects(all(known.get(blob, 5)), away);
  await assert.rejects(known.put(blob, { content: text.encode("bytes"), bytes: 5 }), away);
  assert.equal(elsewhere.asked.length, 0);
});

Deno.test("what has more bytes than it may is given up at once, promised or not", async () => {
  await using server = cacheServer();
  const cache = httpCache(server.address, { idle: 1000 });
  const long = failing("lied", /has more than the 4 bytes that it may have$/);
  await cache.put(blob, { content: text.encode("bytes"), bytes: 5 });
  await assert.rejects(all(cache.get(blob, 4)), long);
  server.state.fault = endless;
  await assert.rejects(all(cache.get(blob, 4)), long);
});

Deno.test("servers that fail, hang or cut off may do better the next time", async () => {
  await using server = cacheServer();
  const cache = httpCache(server.address, { idle: 60 });
  for (const status of [500, 503, 408, 425, 429]) {
    server.state.fault = () => new Response(null, { status });
    await assert.rejects(cache.has(blob), failing("passing", new RegExp(`answered ${status}`)));
  }
  server.state.fault = server.hanging;
  const late = failing("passing", /cannot be reached: nothing came for 0.06 s, or too slowly$/);
  await assert.rejects(all(cache.get(blob, 4)), late);
  await assert.rejects(cache.has(blob), late);
  await assert.rejects(cache.put(blob, { content: text.encode("a"), bytes: 1 }), late);
  server.state.fault = () => cutOff(text.encode("four"));
  await assert.rejects(all(cache.get(blob, 4)), failing("passing", /cannot be reached/));
  for (const status of [400, 403, 405, 206, 204]) {
    server.state.fault = () => new Response(null, { status });
    await assert.rejects(all(cache.get(blob, 4)), failing("refused", /answered/), `${status}`);
  }
});

Deno.test("a server that sends too slowly on the whole is given up, however often it sends", async () => {
  let sent = 0;
  await using server = loopback({
    [`/cas/${name}`]: async (say) => {
      await say(head("200 OK", "Content-Length: 4"));
      while (await say("")) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    [`/ac/${name}`]: async (say) => {
      await say(head("200 OK"));
      for (; sent < 100 && await say("x"); sent++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await silence();
    },
  });
  const cache = httpCache(server.root, { idle: 100 });
  const late = failing("passing", /nothing came for 0\.1/);
  await assert.rejects(all(cache.get(blob, 4)), late);
  await assert.rejects(all(cache.get({ kind: "ac", name }, 64)), late);
  assert.ok(sent < 100, "the whole takes no longer than it may");
});

Deno.test("nobody there is a failure that says so, and a signal ends the wait", async () => {
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr;
  closed.close();
  const cache = httpCache(`http://127.0.0.1:${port}`, { idle: 1000 });
  await assert.rejects(cache.has(blob), failing("passing", /cannot be reached: .*connect/i));
  await using server = cacheServer();
  server.state.fault = server.hanging;
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("stopped")), 20);
  const slow = httpCache(server.address, { idle: 60_000 });
  await assert.rejects(all(slow.get(blob, 4, stop.signal)), /stopped/);
});

Deno.test("the body of an answer that is not read is cancelled", async () => {
  await using server = cacheServer();
  const cache = httpCache(server.address, { idle: 1000 });
  const left = async (ask: () => Promise<unknown>, status: number): Promise<void> => {
    const gone = Promise.withResolvers<void>();
    server.state.fault = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(1 << 16)),
          cancel: () => gone.resolve(),
        }),
        { status },
      );
    await ask().catch(() => {});
    await gone.promise;
  };
  await left(() => cache.put(blob, { content: text.encode("bytes"), bytes: 5 }), 200);
  await left(() => all(cache.get(blob, 5)), 200);
  await left(() => all(cache.get(blob, 5)), 500);
});

Deno.test("why a store cannot be reached is said shortly, without its address a second time", async () => {
  const { fetch } = globalThis;
  const says = async (error: unknown) => {
    globalThis.fetch = () => Promise.reject(error);
    try {
      await httpCache("http://store.test", { idle: 1000 }).has(blob);
    } catch (error) {
      assert.ok(error instanceof RemoteError && error.what === "passing");
      return error.message.replace(`\`http://store.test/cas/${name}\` cannot be reached: `, "");
    } finally {
      globalThis.fetch = fetch;
    }
  };
  assert.equal(await says(new TypeError("no way for url (http://a/b): why")), "no way: why");
  assert.equal(await says("x".repeat(120)), "x".repeat(120));
  assert.equal(await says("x".repeat(121)), `${"x".repeat(120)}…`);
  assert.equal(await says(new TypeError("outer", { cause: new Error("inner") })), "inner");
  assert.equal(await says(new TypeError("outer", { cause: "a text" })), "outer");
});

Deno.test("an answer that ends before the bytes that it promised may be whole the next time", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = () =>
    Promise.resolve(new Response(text.encode("fo"), { headers: { "content-length": "4" } }));
  try {
    await assert.rejects(
      all(httpCache("http://store.test", { idle: 1000 }).get(blob, 4)),
      failing("passing", /^`http:\/\/store\.test\/cas\/\w+` ended after 2 of 4 bytes$/),
    );
  } finally {
    globalThis.fetch = fetch;
  }
});
