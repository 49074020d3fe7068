import assert from "node:assert/strict";
import { digestOf } from "../../../../engine/digest.ts";
import { gzipped } from "../tar_bytes.ts";
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
    new TrustError(
      `${url}#sha256=${other}`,
      `\`${url}#sha256=${other}\` is not what its pin says: it has the digest ${digest}`,
      "somebody changed it, or the pin is of another version",
    ),
  );
  await assert.rejects(fetchBytes(new URL(url), { ...options, pin: other }), TrustError);
});

Deno.test("a fragment that is no pin is refused", () => {
  assert.equal(pinOf(new URL("https://example.org/a")), undefined);
  assert.equal(pinOf(new URL(`https://example.org/a#sha256=${digest}`)), digest);
  for (const hash of ["#top", "#sha256=", "#sha256=ABC", `#sha256=${digest}0`, `#md5=${digest}`]) {
    const url = `https://example.org/a${hash}`;
    assert.throws(
      () => pinOf(new URL(url)),
      new TrustError(
        url,
        `\`${url}\` ends in ${hash.slice(0, 20)}, which is no pin`,
        "a pin is #sha256= and 64 hexadecimal digits",
      ),
    );
  }
});

Deno.test("redirects stay within the origin, unless the bytes are pinned", async () => {
  await using web = servers();
  const within = new URL(`${web.here}/to?url=/bytes`);
  assert.deepEqual(await fetchBytes(within, options), text);
  const away = new URL(`${web.here}/to?url=${encodeURIComponent(`${web.there}/bytes`)}`);
  await assert.rejects(
    fetchBytes(away, options),
    new TrustError(
      away.href,
      `\`${away.href}\` leads elsewhere, to ${web.there}`,
      "name that URL, or pin this one with #sha256=",
    ),
  );
  assert.deepEqual(await fetchBytes(away, { ...options, pin: digest }), text);
  await assert.rejects(
    fetchBytes(new URL(`${web.here}/loop`), options),
    new FetchError(`\`${web.here}/loop\` leads on more than 5 times`),
  );
  const inside = new URL(`${web.here}/to?url=${encodeURIComponent("http://10.0.0.1/")}`);
  await assert.rejects(fetchBytes(inside, { ...options, pin: digest }), TrustError);
});

Deno.test("no more is read than the limit, of an endless answer too", async () => {
  await using web = servers();
  await assert.rejects(
    fetchBytes(new URL(`${web.here}/endless`), options),
    new TrustError(
      `${web.here}/endless`,
      `\`${web.here}/endless\` is larger than 1048576 bytes`,
      "this is more than such a document may have",
    ),
  );
  assert.deepEqual(await fetchBytes(new URL(`${web.here}/bytes`), { ...options, limit: 9 }), text);
  await assert.rejects(
    fetchBytes(new URL(`${web.here}/bytes`), { ...options, limit: 8 }),
    new TrustError(
      `${web.here}/bytes`,
      `\`${web.here}/bytes\` is larger than 8 bytes`,
      "this is more than such a document may have",
    ),
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
    new FetchError(`\`${web.here}/gone\` answered 404 Not Found`, { status: 404 }),
  );
});

/** A host that answers as it is told to, and how often it was asked. */
function host(answer: (path: string, asked: number) => Response | Promise<Response>) {
  let asked = 0;
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {}, onError: () => new Response("no") },
    ({ url }) => answer(new URL(url).pathname, ++asked),
  );
  return {
    at: (path: string) => `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}${path}`,
    get asked() {
      return asked;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
const got = (url: string, more: object = {}) => fetchBytes(new URL(url), { ...options, ...more });
const patience = { attempts: 3, pause: 0 };

Deno.test("what a redirect is: a status of 300 to 399 that says where to", async () => {
  await using web = host((path) => {
    if (path === "/bytes") return new Response(text);
    const [, status, ...rest] = path.split("/");
    const headers = rest.length === 0 ? [] : [["location", "/bytes"]];
    return new Response(null, { status: Number(status), headers: headers as [string, string][] });
  });
  for (const status of [300, 301, 302, 307, 308, 399]) {
    assert.deepEqual(await got(web.at(`/${status}/on`)), text, `${status}`);
  }
  for (const path of ["/302", "/400/on", "/299/on"]) {
    await assert.rejects(
      got(web.at(path)),
      (error) =>
        error instanceof FetchError && error.message.includes(` answered ${path.split("/")[1]}`),
      path,
    );
  }
});

Deno.test("a part of a file is none; five redirects are followed, a sixth is not", async () => {
  await using web = host((path) => {
    const left = Number(path.slice(1));
    if (left === 0) return new Response(text);
    if (left > 90) return new Response(text, { status: 206 });
    return new Response(null, { status: 302, headers: { location: `/${left - 1}` } });
  });
  assert.deepEqual(await got(web.at("/5")), text);
  await assert.rejects(got(web.at("/6")), /leads on more than 5 times$/);
  await assert.rejects(
    got(web.at("/99")),
    new FetchError(`\`${web.at("/99")}\` answered 206 Partial Content, a part of the file`, {
      status: 206,
    }),
  );
});

Deno.test("a redirect to nowhere, or off the web, is refused", async () => {
  const targets = ["http://[", "file:///etc/passwd"];
  await using web = host((path) =>
    new Response(null, { status: 302, headers: { location: targets[Number(path.slice(1))]! } })
  );
  const [bad, off] = [web.at("/0"), web.at("/1")];
  await assert.rejects(
    got(bad),
    new FetchError(`\`${bad}\` leads to \`http://[\`, which is no URL`),
  );
  await assert.rejects(
    got(off, { pin: digest }),
    new TrustError(
      off,
      `\`${off}\` leads to \`file:///etc/passwd\`, which is not on the web`,
      "name the file itself if it is yours",
    ),
  );
});

Deno.test("what may pass is asked for again, as often as is said; what will not is not", async () => {
  const statuses: Record<string, readonly number[]> = {
    "/late": [500, 503, 200],
    "/never": [500, 500, 500, 500],
    "/gone": [499, 200],
  };
  const counts: Record<string, number> = {};
  await using web = host((path) => {
    const count = counts[path] = (counts[path] ?? 0) + 1;
    return new Response(text, { status: statuses[path]![count - 1]! });
  });
  assert.deepEqual(await got(web.at("/late"), { patience }), text);
  await assert.rejects(
    got(web.at("/never"), { patience }),
    (error) => error instanceof FetchError && error.status === 500 && error.passing,
  );
  await assert.rejects(
    got(web.at("/gone"), { patience }),
    (error) => error instanceof FetchError && error.status === 499 && !error.passing,
  );
  assert.deepEqual(counts, { "/late": 3, "/never": 3, "/gone": 1 });
});

Deno.test("where nothing is said a host has 30 s, and three attempts half a second and a second apart", async () => {
  const { fetch, setTimeout: later } = globalThis;
  const waits: number[] = [];
  const happened: (number | string)[] = [];
  globalThis.fetch = () => {
    happened.push("asked");
    return Promise.resolve(new Response("no", { status: 503 }));
  };
  globalThis.setTimeout = ((body: () => void, ms: number) => {
    waits.push(ms);
    const ended = () => {
      happened.push(ms);
      body();
    };
    return later(ended, ms < 30_000 ? 0 : ms);
  }) as unknown as typeof setTimeout;
  try {
    await assert.rejects(fetchBytes(new URL("http://localhost/a"), options), FetchError);
  } finally {
    Object.assign(globalThis, { fetch, setTimeout: later });
  }
  assert.deepEqual(happened, ["asked", 500, "asked", 1000, "asked"]);
  assert.deepEqual([...new Set(waits)], [30_000, 500, 1000]);
  assert.deepEqual(waits.filter((ms) => ms < 30_000), [500, 1000]);
});

Deno.test("a signal ends the waiting, and its reason is thrown", async () => {
  const stop = new AbortController();
  await using web = host(() => {
    queueMicrotask(() => stop.abort(new TypeError("enough")));
    return new Response("busy", { status: 503 });
  });
  const patience = { attempts: 3, pause: 3_600_000 };
  await assert.rejects(
    got(web.at("/a"), { signal: stop.signal, patience }),
    new TypeError("enough"),
  );
  assert.equal(web.asked, 1);
  const before = AbortSignal.abort(new TypeError("before"));
  await assert.rejects(got(web.at("/a"), { signal: before }), new TypeError("before"));
});

Deno.test("a host that does not answer, or is not there, may answer the next time", async () => {
  const held: (() => void)[] = [];
  {
    await using web = host(() =>
      new Promise((resolve) => held.push(() => resolve(new Response(text))))
    );
    const patience = { attempts: 2, pause: 0, idle: 15 };
    await assert.rejects(
      got(web.at("/a"), { patience }),
      new FetchError(`\`${web.at("/a")}\` cannot be fetched: nothing came for 0.015 s`, {
        passing: true,
      }),
    );
    assert.equal(web.asked, 2);
    for (const answer of held) answer();
  }
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  await assert.rejects(
    got(`http://127.0.0.1:${port}/a`, { patience: { attempts: 1 } }),
    (error) =>
      error instanceof FetchError && error.passing && error.status === undefined &&
      error.message.startsWith(`\`http://127.0.0.1:${port}/a\` cannot be fetched: `),
  );
});

Deno.test("an answer that breaks off, or a port that is not asked, is said as fetch says it", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const answered = (async () => {
    const connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    await connection.write(
      new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nthe"),
    );
    connection.close();
  })();
  const { port } = listener.addr as Deno.NetAddr;
  const once = { patience: { attempts: 1 } };
  await assert.rejects(
    got(`http://127.0.0.1:${port}/a`, once),
    new FetchError(
      `\`http://127.0.0.1:${port}/a\` cannot be fetched: error reading a body from connection`,
      { passing: true },
    ),
  );
  await answered;
  listener.close();
  await assert.rejects(
    got("http://127.0.0.1:9/a", once),
    new FetchError(
      "`http://127.0.0.1:9/a` cannot be fetched: Fetch failed: Requests to port 9 are blocked",
      { passing: true },
    ),
  );
});

Deno.test("what comes packed by gzip is unpacked within the limit, and by nothing else", async () => {
  const packed = await gzipped(text);
  const many = await gzipped(new Uint8Array(5000));
  await using web = host((path) => {
    const [, encoding, what] = path.split("/");
    const body = what === "many" ? many : what === "bad" ? new Uint8Array(40).fill(3) : packed;
    return new Response(new Uint8Array(body), { headers: { "content-encoding": encoding! } });
  });
  for (const encoding of ["gzip", "x-gzip", "GZIP"]) {
    assert.deepEqual([...await got(web.at(`/${encoding}/a`))], [...text], encoding);
  }
  assert.equal((await got(web.at("/identity/a"))).length, packed.length);
  const odd = web.at("/zip/a");
  await assert.rejects(
    got(odd),
    new FetchError(`\`${odd}\` comes compressed as zip, which was not asked for`),
  );
  const large = web.at("/gzip/many");
  await assert.rejects(
    got(large, { limit: 4999 + many.length }),
    (error) =>
      error instanceof TrustError && error.message.startsWith(`\`${large}\` is too large: `) &&
      error.help === "this is more than such a document may have",
  );
  assert.equal((await got(large, { limit: 5000 + many.length })).length, 5000);
  const bad = web.at("/gzip/bad");
  await assert.rejects(
    got(bad),
    (error) => error instanceof FetchError && error.message.startsWith(`\`${bad}\`: `),
  );
});

Deno.test({
  name: "what Deno may not fetch says which permission is missing",
  permissions: { net: false },
  fn: () =>
    assert.rejects(
      got("http://localhost:8080/a"),
      new FetchError(
        "`http://localhost:8080/a` may not be fetched; add --allow-net=localhost:8080",
      ),
    ),
});

Deno.test("an answer is as long as it says, and is not read where it says too much", async () => {
  const original = globalThis.fetch;
  const url = "http://127.0.0.1:1/a";
  const answered = async (length: string, body = "the") => {
    globalThis.fetch = () =>
      Promise.resolve(new Response(body, { headers: { "content-length": length } }));
    try {
      return await got(url, { patience: { attempts: 1 }, limit: 5 });
    } finally {
      globalThis.fetch = original;
    }
  };
  assert.equal(new TextDecoder().decode(await answered("3")), "the");
  assert.equal((await answered("0", "")).length, 0);
  for (const length of [0, 2, 4, 5]) {
    await assert.rejects(
      answered(`${length}`),
      new FetchError(`\`${url}\` ended after 3 of ${length} bytes`, { passing: true }),
    );
  }
  const larger = { name: "TrustError", message: `\`${url}\` is larger than 5 bytes` };
  await assert.rejects(answered("6"), larger);
});
