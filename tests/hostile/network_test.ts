/** What a host may answer, and where a name may lead: everything ends, with a sentence or with the right bytes. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { commandLine } from "../../engine/cli/command_line.ts";
import type { Terminal } from "../../engine/cli/terminal.ts";
import { digestOf } from "../../engine/digest.ts";
import { assertReachable, isSpecial } from "../../engine/graph/sources/addresses.ts";
import type { Patience } from "../../engine/graph/sources/hosts.ts";
import { loadRecipe } from "../../engine/library/open_recipe.ts";
import { opSet } from "../../engine/op.ts";
import { type AnyOp, memoryStore, TrustError, withOps } from "../../mod.ts";
import { fakeOps } from "../engine/run/support/fake.ts";
import { type Answer, head, loopback, silence, whole } from "./loopback.ts";

const ops: readonly AnyOp[] = Object.values(fakeOps());
const { recipe } = withOps(ops);

/** Short waits for what never comes: what takes a person half a minute takes a test a tenth of a second. */
const impatient = { idle: 100, attempts: 3, pause: 1 };
const patient = { ...impatient, idle: 10_000 };

/** Runs a recipe that reads a URL, and says how it ended. */
async function read(
  url: string,
  patience: Patience,
  memory?: number,
): Promise<{ ending: string; said: string }> {
  const steps = [{ op: "file", as: "n", from: url }, { op: "evaluate", model: "n" }];
  const run = await recipe({ name: "far", steps }).run({
    cache: memoryStore(),
    patience,
    ...(memory !== undefined && { memory }),
  });
  const said = run.problems.map(({ message }) => message).join("\n");
  assert.doesNotMatch(said, /internal|undefined|\bat .*\.ts:/);
  assert.ok(said.length < 2000, `${said.length} characters are said`);
  return { ending: run.ending, said };
}

const ok = (...lines: string[]): string => head("200 OK", ...lines);

const redirect = (location: string): Answer => async (say) => {
  await say(head("302 Found", `Location: ${location}`, "Content-Length: 0"));
};

const encoded = (encoding: string, bytes: Uint8Array): Answer => async (say) => {
  await say(ok(`Content-Encoding: ${encoding}`, `Content-Length: ${bytes.byteLength}`));
  await say(bytes);
};

/** Says a piece again and again, for as long as the other end reads. */
const endless = (before: string, piece: string, pause: number): Answer => async (say) => {
  let open = await say(before);
  while (open) {
    open = await say(piece);
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
};

const LIMIT = 32 * 1024 ** 2;
const zeros = gzipSync(new Uint8Array(64 * 1024 ** 2));
const five = gzipSync("5");

/** Path, what the host does, how the run ends, what is said; how often the host is asked, once where it is left out. */
const hostile:
  readonly (readonly [string, Answer, "done" | "recipe" | "refused", RegExp, number?])[] = [
    ["mute", silence, "recipe", /nothing came for 0.1 s/, 3],
    [
      "mute-after-head",
      async (say) => {
        await say(ok("Content-Length: 9"));
        await silence();
      },
      "recipe",
      /nothing came for 0.1 s/,
      3,
    ],
    [
      "mute-in-the-middle",
      async (say) => {
        await say(ok("Content-Length: 9"));
        await say("5");
        await silence();
      },
      "recipe",
      /nothing came for 0.1 s/,
      3,
    ],
    [
      "mute-in-a-chunk",
      async (say) => {
        await say(ok("Transfer-Encoding: chunked"));
        await say("9\r\n5");
        await silence();
      },
      "recipe",
      /nothing came for 0.1 s/,
      3,
    ],
    ["slow-headers", endless("HTTP/1.1 200 OK\r\n", "X-Y: z\r\n", 20), "recipe", /nothing came/, 3],
    [
      "endless-headers",
      endless("HTTP/1.1 200 OK\r\n", `X: ${"y".repeat(999)}\r\n`, 0),
      "recipe",
      /./,
      3,
    ],
    [
      "endless-body",
      endless(ok(), "5".repeat(1 << 16), 0),
      "refused",
      /larger than 33554432 bytes/,
    ],
    [
      "endless-chunks",
      endless(ok("Transfer-Encoding: chunked"), `10000\r\n${"5".repeat(1 << 16)}\r\n`, 0),
      "refused",
      /larger than 33554432 bytes/,
    ],
    [
      "longer-than-sent",
      async (say) => {
        await say(ok("Content-Length: 9"));
        await say("5");
      },
      "recipe",
      /cannot be fetched|ended after/,
      3,
    ],
    [
      "shorter-than-sent",
      async (say) => {
        await say(ok("Content-Length: 1"));
        await say("5678");
      },
      "done",
      /^$/,
    ],
    [
      "negative-length",
      (say) => void say(ok("Content-Length: -1")),
      "recipe",
      /cannot be fetched/,
      3,
    ],
    [
      "two-lengths",
      (say) => void say(ok("Content-Length: 1", "Content-Length: 2")),
      "recipe",
      /cannot be fetched/,
      3,
    ],
    [
      "length-of-20-digits",
      (say) => void say(ok("Content-Length: 99999999999999999999")),
      "recipe",
      /cannot be fetched/,
      3,
    ],
    [
      "huge-length",
      async (say) => {
        await say(ok("Content-Length: 9999999999999"));
        await silence();
      },
      "refused",
      /larger than/,
    ],
    [
      "cut-chunks",
      async (say) => {
        await say(ok("Transfer-Encoding: chunked"));
        await say("1\r\n5\r\n");
      },
      "recipe",
      /cannot be fetched/,
      3,
    ],
    [
      "bad-chunks",
      async (say) => {
        await say(ok("Transfer-Encoding: chunked"));
        await say("zz\r\n5\r\n");
      },
      "recipe",
      /cannot be fetched/,
      3,
    ],
    [
      "part",
      async (say) => {
        await say(head("206 Partial Content", "Content-Range: bytes 0-0/9", "Content-Length: 1"));
        await say("5");
      },
      "recipe",
      /answered 206 Partial Content, a part of the file/,
    ],
    ["nothing", (say) => void say(head("204 No Content")), "recipe", /answered 204/],
    ["gone", (say) => void say(head("410 Gone", "Content-Length: 0")), "recipe", /answered 410/],
    ["other-protocol", (say) => void say("SSH-2.0-OpenSSH_9.9\r\n\r\n"), "recipe", /cannot be/, 3],
    ["closed", () => {}, "recipe", /cannot be fetched/, 3],
    [
      "continue",
      endless("", "HTTP/1.1 100 Continue\r\n\r\n", 20),
      "recipe",
      /nothing came|cannot be fetched/,
      3,
    ],
    ["bomb", encoded("gzip", zeros), "refused", /too large: its \d+ bytes unpack to more than/],
    ["encoded", encoded("gzip", five), "done", /^$/],
    ["encoded-and-cut", encoded("gzip", five.subarray(0, 9)), "recipe", /damaged or cut off/],
    ["encoded-twice", encoded("gzip, gzip", gzipSync(five)), "recipe", /compressed as gzip, gzip/],
    ["encoded-otherwise", encoded("br", five), "recipe", /compressed as br/],
    ["loop", redirect("/loop"), "recipe", /leads on more than 5 times/, 6],
    ["to-no-url", redirect("http://[::1"), "recipe", /leads to `http:\/\/\[::1`, which is no URL/],
    ["to-a-file", redirect("file:///etc/passwd"), "refused", /leads to `file:.*not on the web/],
    ["to-a-script", redirect("data:text/plain,5"), "refused", /which is not on the web/],
    ["to-a-router", redirect("http://192.168.0.1/"), "refused", /leads elsewhere/],
    ["to-nowhere", (say) => void say(head("302 Found")), "recipe", /answered 302/],
    [
      "down-and-up",
      async (say, asked) => {
        if (asked < 3) await say(head("503 Service Unavailable", "Content-Length: 0"));
        else await whole("5")(say, asked);
      },
      "done",
      /^$/,
      3,
    ],
    ["down", (say) => void say(head("500 Oops", "Content-Length: 0")), "recipe", /answered 500/, 3],
  ];

for (const [name, answer, ending, said, asked = 1] of hostile) {
  Deno.test(`a host that answers so: ${name}`, async () => {
    await using host = loopback({ [`/${name}`]: answer });
    const patience = said.source.includes("nothing came") ? impatient : patient;
    const found = await read(`${host.root}/${name}`, patience, LIMIT);
    assert.equal(found.ending, ending, found.said);
    assert.match(found.said, said);
    assert.equal(host.asked(`/${name}`), asked);
  });
}

Deno.test("there is no limit on the whole: what goes on coming is read", async () => {
  await using host = loopback({
    "/n": async (say) => {
      await say(ok("Content-Length: 12"));
      for (const piece of ["5", ...Array(11).fill(" ")]) {
        await say(piece);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  });
  const found = await read(`${host.root}/n`, { ...patient, idle: 1000 });
  assert.deepEqual(found, { ending: "done", said: "" });
});

Deno.test("a decision is not asked for again: other bytes than the pin says", async () => {
  await using host = loopback({ "/n": whole("5") });
  const { ending, said } = await read(
    `${host.root}/n#sha256=${digestOf(new Uint8Array(1))}`,
    patient,
  );
  assert.deepEqual([ending, host.asked("/n")], ["refused", 1]);
  assert.match(said, /is not what its pin says/);
});

Deno.test("a document that a mute host holds back is given up, or when its reader asks", async () => {
  await using host = loopback({ "/r.yaml": silence });
  const set = opSet(ops);
  await assert.rejects(
    loadRecipe(`${host.root}/r.yaml`, set, { patience: impatient }),
    /nothing came for 0.1 s/,
  );
  const why = new Error("enough");
  const signal = AbortSignal.abort(why);
  await assert.rejects(loadRecipe(`${host.root}/r.yaml`, set, { signal }), why);
});

Deno.test("addresses that are not of public hosts are told, from their first to their last", () => {
  const special = `0.0.0.0 0.255.255.255 10.0.0.1 100.64.0.0 100.127.255.255 127.0.0.2 169.254.0.1
    172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255
    198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::a00:1
    ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1 2001:1ff:ffff::1
    2001:db8::1 2002:7f00:1:: 2002:a00:1::1 fc00::1 fdff::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1`;
  for (const address of special.split(/\s+/)) assert.ok(isSpecial(address), address);
  const open = `1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
    169.253.255.255 172.15.255.255 172.32.0.0 192.0.1.1 192.88.98.1 192.167.255.255 198.17.255.255
    198.20.0.0 223.255.255.255 2001:200::1 2001:4860:4860::8888 2002:808:808::1 2606:4700::1111
    2a00:1450::1 example.org`;
  for (const address of open.split(/\s+/)) assert.ok(!isSpecial(address), address);
});

/** Names as the name server gives them; `null`: Deno may not ask. */
async function asking<T>(names: Record<string, string[]> | null, body: () => Promise<T>) {
  const { resolveDns } = Deno;
  const answer = (name: string, type: string): Promise<string[]> => {
    if (names === null) return Promise.reject(new Deno.errors.NotCapable("no"));
    const found = (names[name] ?? []).filter((each) => each.includes(":") === (type === "AAAA"));
    if (found.length > 0) return Promise.resolve(found);
    return Promise.reject(new Deno.errors.NotFound("no"));
  };
  try {
    Object.assign(Deno, { resolveDns: answer });
    return await body();
  } finally {
    Object.assign(Deno, { resolveDns });
  }
}

Deno.test("a name is treated as what it leads to; where that cannot be told, by who names it", async () => {
  const names = {
    "public.example": ["93.184.216.34", "2606:4700::1111"],
    "inside.example": ["93.184.216.34", "10.0.0.1"],
    "six.example": ["2002:7f00:1::"],
  };
  const { signal } = new AbortController();
  const reach = (url: string, more: object, known: typeof names | null = names) =>
    asking(known, () => assertReachable(new URL(url), { local: false, ...more }, signal));
  await reach("https://public.example/x", {});
  for (const host of ["inside", "six"]) {
    await assert.rejects(reach(`https://${host}.example/x`, {}), /is a private address/);
    await assert.rejects(reach(`https://${host}.example/x`, { local: true }), /private address/);
    await reach(`https://${host}.example/x`, { trustHosts: [`${host}.example`] });
  }
  // Where Deno may not ask, and where nobody knows.
  for (const known of [null, { ...names, "public.example": [] }]) {
    const far = () => reach("https://public.example/x", {}, known);
    await assert.rejects(far(), (error) => {
      assert.ok(error instanceof TrustError);
      assert.match(error.message, /named by a document from elsewhere, and where it leads cannot/);
      assert.match(error.help, /--trust-host public\.example/);
      return true;
    });
    await reach("https://public.example/x", { local: true }, known);
    await reach("https://public.example/x", { hosts: ["public.example"] }, known);
    await reach("https://public.example/x", { trustHosts: ["PUBLIC.example"] }, known);
  }
  // Other ports are other services.
  await assert.rejects(reach("https://public.example:8443/x", {}), /asks port 8443/);
  await reach("https://public.example:8443/x", { local: true });
  await reach("https://public.example:8443/x", { hosts: ["public.example:8443"] });
  await reach("https://public.example:8443/x", { trustHosts: ["public.example:8443"] });
  await assert.rejects(
    reach("https://public.example:9/x", { trustHosts: ["public.example:8443"] }),
    /asks port 9/,
  );
  // What the user trusts is a host, not a way of asking it.
  await assert.rejects(reach("http://a.example/", { trustHosts: ["a.example"] }), /is not https/);
});

Deno.test("a document from elsewhere names its own host, and others where the user trusts them", async () => {
  const files: Record<string, string> = {
    "https://far.example/r.yaml": document("./n"),
    "https://far.example/other.yaml": document("https://other.example/n"),
    "https://far.example/n": "5",
    "https://other.example/n": "5",
  };
  const { fetch } = globalThis;
  const asked: string[] = [];
  globalThis.fetch = (url) => {
    asked.push(String(url));
    const found = files[String(url)];
    return Promise.resolve(new Response(found ?? "", { status: found === undefined ? 404 : 200 }));
  };
  const run = async (name: string, ...words: string[]) => {
    let said = "";
    const say = (text: string) => void (said += text);
    const terminal: Terminal = { out: say, err: say, rewrite: say, live: false, columns: 100 };
    const url = `https://far.example/${name}.yaml`;
    const code = await commandLine(["plan", url, "--cache", cache, ...words], {
      ops: set,
      terminal,
    });
    return { code, said };
  };
  const set = opSet(ops);
  const cache = await Deno.makeTempDir();
  try {
    await asking(null, async () => {
      assert.equal((await run("r")).code, 0);
      const { code, said } = await run("other");
      assert.equal(code, 4);
      assert.match(said, /other\.example\/n` is named by a document from elsewhere/);
      assert.ok(!asked.includes("https://other.example/n"));
      assert.equal((await run("other", "--trust-host", "other.example")).code, 0);
      const wrong = await run("other", "--trust-host", "https://other.example/");
      assert.equal(wrong.code, 2);
      assert.match(wrong.said, /--trust-host needs a host; this is "https:\/\/other\.example\/"/);
    });
  } finally {
    Object.assign(globalThis, { fetch });
    await Deno.remove(cache, { recursive: true });
  }
});

const document = (from: string): string =>
  `decant: 1\nname: far\nsteps:\n  - { op: file, as: n, from: "${from}" }\n  - { op: evaluate, model: n }\n`;

const hosts = await Deno.readTextFile("/etc/hosts").catch(() => "");
const near =
  /^127\.0\.0\.1[ \t]+(?:.*[ \t])?(?!localhost)([a-z][a-z0-9-]*)\s*$/m.exec(hosts)?.[1] ?? "";

Deno.test({
  name: "a name in the hosts file leads where that says, whatever the name server says",
  ignore: near === "",
  async fn() {
    const { signal } = new AbortController();
    const names = { [near]: ["93.184.216.34"] };
    const reach = () => assertReachable(new URL(`https://${near}/x`), { local: true }, signal);
    await assert.rejects(asking(names, reach), /is a private address/);
  },
});
