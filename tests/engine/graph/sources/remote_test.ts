import assert from "node:assert/strict";
import { digestOf } from "../../../../engine/digest.ts";
import {
  fetchBytes,
  FetchError,
  pinOf,
  TrustError,
} from "../../../../engine/graph/sources/remote.ts";

const text = new TextEncoder().encode("the bytes");
const digest = digestOf(text);

/** A server on this machine, and another of another origin. */
function servers() {
  const asked: string[] = [];
  const open = () =>
    Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      const { pathname, searchParams } = new URL(request.url);
      asked.push(pathname);
      if (pathname === "/bytes") return new Response(text);
      if (pathname === "/to") {
        return new Response(null, { status: 302, headers: { location: searchParams.get("url")! } });
      }
      if (pathname === "/loop") return Response.redirect(new URL("/loop", request.url), 302);
      if (pathname === "/endless") {
        const chunk = new Uint8Array(1 << 16);
        return new Response(new ReadableStream({ pull: (stream) => stream.enqueue(chunk) }));
      }
      return new Response("no", { status: 404 });
    });
  const [one, two] = [open(), open()];
  const base = ({ addr }: typeof one) => `http://127.0.0.1:${(addr as Deno.NetAddr).port}`;
  return {
    asked,
    here: base(one),
    there: base(two),
    async [Symbol.asyncDispose]() {
      await one.shutdown();
      await two.shutdown();
    },
  };
}

const options = { limit: 1 << 20, local: true };

Deno.test("bytes come from a URL; a pin, in the URL or beside it, must be theirs", async () => {
  await using web = servers();
  const url = `${web.here}/bytes`;
  assert.deepEqual(await fetchBytes(new URL(url), options), text);
  assert.deepEqual(await fetchBytes(new URL(`${url}#sha256=${digest}`), options), text);
  assert.deepEqual(await fetchBytes(new URL(url), { ...options, pin: digest }), text);
  const other = digestOf(new Uint8Array(1));
  await assert.rejects(
    fetchBytes(new URL(`${url}#sha256=${other}`), options),
    (error) => error instanceof TrustError && /is not what its pin says/.test(error.message),
  );
  await assert.rejects(fetchBytes(new URL(url), { ...options, pin: other }), TrustError);
});

Deno.test("a fragment that is no pin is refused", () => {
  assert.equal(pinOf(new URL("https://example.org/a")), undefined);
  assert.equal(pinOf(new URL(`https://example.org/a#sha256=${digest}`)), digest);
  for (const hash of ["#top", "#sha256=", "#sha256=ABC", `#sha256=${digest}0`, `#md5=${digest}`]) {
    assert.throws(() => pinOf(new URL(`https://example.org/a${hash}`)), TrustError, hash);
  }
});

Deno.test("redirects stay within the origin, unless the bytes are pinned", async () => {
  await using web = servers();
  const within = new URL(`${web.here}/to?url=/bytes`);
  assert.deepEqual(await fetchBytes(within, options), text);
  const away = new URL(`${web.here}/to?url=${encodeURIComponent(`${web.there}/bytes`)}`);
  await assert.rejects(
    fetchBytes(away, options),
    (error) => error instanceof TrustError && /leads elsewhere/.test(error.message),
  );
  assert.deepEqual(await fetchBytes(away, { ...options, pin: digest }), text);
  await assert.rejects(
    fetchBytes(new URL(`${web.here}/loop`), options),
    /leads on more than 5 times/,
  );
  const inside = new URL(`${web.here}/to?url=${encodeURIComponent("http://10.0.0.1/")}`);
  await assert.rejects(fetchBytes(inside, { ...options, pin: digest }), TrustError);
});

Deno.test("no more is read than the limit, of an endless answer too", async () => {
  await using web = servers();
  await assert.rejects(
    fetchBytes(new URL(`${web.here}/endless`), options),
    (error) => error instanceof TrustError && /larger than 1048576 bytes/.test(error.message),
  );
  assert.deepEqual(await fetchBytes(new URL(`${web.here}/bytes`), { ...options, limit: 9 }), text);
  await assert.rejects(
    fetchBytes(new URL(`${web.here}/bytes`), { ...options, limit: 8 }),
    TrustError,
  );
});

Deno.test("this machine is out of reach for what comes from elsewhere", async () => {
  await using web = servers();
  await assert.rejects(
    fetchBytes(new URL(`${web.here}/bytes`), { ...options, local: false }),
    TrustError,
  );
  assert.deepEqual(web.asked, []);
});

Deno.test("private addresses, plain http and secrets in URLs are refused without a request", async () => {
  for (
    const url of [
      "http://example.org/",
      "https://10.0.0.1/",
      "https://172.16.0.1/",
      "https://172.31.255.255/",
      "https://192.168.1.1/",
      "https://169.254.169.254/latest/meta-data",
      "https://100.64.0.1/",
      "https://0.0.0.0/",
      "https://127.8.8.8/",
      "https://[::]/",
      "https://[fd00::1]/",
      "https://[fe80::1]/",
      "https://[::ffff:10.0.0.1]/",
      // Other spellings of an address: the URL parser writes them as four numbers.
      "https://0x0a000001/",
      "https://167772161/",
      "https://name:password@example.org/",
    ]
  ) await assert.rejects(fetchBytes(new URL(url), options), TrustError, url);
});

Deno.test("what the network refuses is a sentence", async () => {
  await using web = servers();
  await assert.rejects(
    fetchBytes(new URL(`${web.here}/gone`), options),
    (error) => error instanceof FetchError && /answered 404/.test(error.message),
  );
});
