import assert from "node:assert/strict";
import {
  askedForNames,
  assertReachable,
  isNamed,
  isSpecial,
} from "../../../../engine/graph/sources/addresses.ts";
import { TrustError } from "../../../../engine/graph/sources/source_error.ts";

const { signal } = new AbortController();

/** Why a URL may not be asked, with the way out; empty where it may. */
async function refusal(url: string, more: Partial<Parameters<typeof assertReachable>[1]> = {}) {
  try {
    await assertReachable(new URL(url), { local: false, ...more }, signal);
    return "";
  } catch (error) {
    assert.ok(error instanceof TrustError, String(error));
    return `${error.message.replace(/^`[^`]*` /, "")} (${error.help})`;
  }
}

Deno.test("a URL with a name or password in it is refused, whoever names it", async () => {
  for (const secret of ["me@", "me:x@", ":x@"]) {
    assert.equal(
      await refusal(`https://${secret}93.184.216.34/a`, { local: true }),
      "holds a name or password (a recipe is no place for secrets)",
    );
  }
});

Deno.test("this machine may be asked by a document on it, or where it is trusted", async () => {
  const refused = "is on this machine (a document from elsewhere may not reach it)";
  for (const host of ["localhost", "a.localhost", "localhost.", "127.0.0.1", "[::1]"]) {
    assert.equal(await refusal(`http://${host}/a`), refused, host);
    assert.equal(await refusal(`http://${host}/a`, { local: true }), "");
  }
  assert.equal(await refusal("http://localhost:8/a", { trustHosts: ["localhost:8"] }), "");
  assert.equal(await refusal("http://localhost/a", { trustHosts: ["localhost:80"] }), "");
  assert.equal(await refusal("http://localhost:9/a", { trustHosts: ["localhost:8"] }), refused);
});

Deno.test("elsewhere only https is asked, and only public addresses", async () => {
  const plain = "is not https (name it with https:)";
  assert.equal(await refusal("http://93.184.216.34/a"), plain);
  assert.equal(await refusal("http://93.184.216.34/a", { trustHosts: ["93.184.216.34"] }), plain);
  assert.equal(await refusal("https://93.184.216.34/a"), "");
  assert.equal(await refusal("https://[2606:4700::1111]/a"), "");
  const inside = "is a private address (a recipe may name public hosts)";
  assert.equal(await refusal("https://10.0.0.1/a"), inside);
  assert.equal(await refusal("https://[fe80::1]/a", { local: true }), inside);
  assert.equal(await refusal("https://10.0.0.1/a", { trustHosts: ["10.0.0.1:443"] }), "");
});

Deno.test("another port is another service: a document from elsewhere may not name it", async () => {
  assert.equal(
    await refusal("https://93.184.216.34:8443/a"),
    "asks port 8443, and a document from elsewhere names it (--trust-host 93.184.216.34:8443 if you know it)",
  );
  for (
    const more of [
      { local: true },
      { hosts: ["93.184.216.34:8443"] },
      { trustHosts: ["93.184.216.34"] },
      { trustHosts: ["93.184.216.34:8443"] },
    ]
  ) assert.equal(await refusal("https://93.184.216.34:8443/a", more), "");
});

Deno.test("special addresses are told from public ones at the ends of their ranges", () => {
  assert.deepEqual(
    ["172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0", "2001:db8::", "2001:db9::"]
      .map(isSpecial),
    [false, true, true, false, true, false],
  );
  assert.deepEqual(["2002:a00:1::", "2002:808:808::", "fe80::1%eth0", "name"].map(isSpecial), [
    true,
    false,
    true,
    false,
  ]);
});

Deno.test("names are asked for, addresses and this machine are not", () => {
  assert.deepEqual(["example.org", "example.org:1", "1.2.3.4", "[::2]", "localhost"].map(isNamed), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("what is read and whom is asked is told as flags take it", () => {
  const { files, servers } = askedForNames();
  assert.ok(files.every((file) => file.endsWith("hosts")));
  assert.ok(servers.every((server) => /^(\d+(\.\d+){3}|\[[0-9a-f:]+\]):53$/.test(server)));
});

Deno.test("name servers of either version of the protocol are named with their port", () => {
  const { readTextFileSync } = Deno;
  const resolver =
    "# by hand\nnameserver 192.0.2.1;near\nnameserver 2001:db8::1\nnameserver host\nsearch a\n";
  Deno.readTextFileSync = (path) => path === "/etc/resolv.conf" ? resolver : "";
  try {
    const { files, servers } = askedForNames();
    assert.deepEqual(servers, ["192.0.2.1:53", "[2001:db8::1]:53"]);
    assert.equal(files.length, 1, "an empty one is read all the same");
  } finally {
    Deno.readTextFileSync = readTextFileSync;
  }
});

Deno.test("a name is what the hosts file says, without its comments", async () => {
  const { readTextFileSync, resolveDns } = Deno;
  const hosts = "10.0.0.1\tInside.Example#mine\n93.184.216.34 outside.example also.example\n" +
    "# 10.0.0.2 noted.example\n";
  Object.assign(Deno, { readTextFileSync: (path: string) => path === "/etc/hosts" ? hosts : "" });
  const unheard = () => Promise.reject(new Deno.errors.NotFound("no"));
  Object.assign(Deno, { resolveDns: unheard });
  try {
    const inside = "is a private address (a recipe may name public hosts)";
    assert.equal(await refusal("https://inside.example/a"), inside);
    assert.equal(await refusal("https://inside.example./a"), inside);
    assert.equal(await refusal("https://also.example/a"), "");
    assert.match(await refusal("https://noted.example/a"), /where it leads cannot be told/);
  } finally {
    Object.assign(Deno, { readTextFileSync, resolveDns });
  }
});

Deno.test({
  name: "where the system's files may not be read, none is named",
  permissions: { read: false },
  fn: () => assert.deepEqual(askedForNames(), { files: [], servers: [] }),
});

const unknown = "is named by a document from elsewhere, and where it leads cannot be told";
const trust = "--trust-host example.org if you know it";

Deno.test({
  name: "a name that nobody may be asked for is refused to a document from elsewhere",
  permissions: { net: false, read: false },
  async fn() {
    assert.equal(await refusal("https://example.org/a"), `${unknown} (${trust})`);
    assert.equal(await refusal("https://example.org/a", { local: true }), "");
    assert.equal(await refusal("https://example.org/a", { hosts: ["example.org"] }), "");
    assert.equal(await refusal("https://example.org/a", { trustHosts: ["example.org"] }), "");
  },
});

Deno.test({
  name: "where the name servers are known, the way out names them",
  permissions: { net: false, read: true },
  async fn() {
    const { servers } = askedForNames();
    const help = servers.length === 0
      ? trust
      : `--allow-net=${servers.join(",")} lets the name server be asked; or ${trust}`;
    assert.equal(await refusal("https://example.org/a"), `${unknown} (${help})`);
  },
});

Deno.test({
  name: "a name of the hosts file leads where that says, and nobody else is asked",
  ignore: Deno.build.os === "windows",
  permissions: { net: false, read: true },
  async fn() {
    const lines = (await Deno.readTextFile("/etc/hosts")).split("\n")
      .map((line) => line.replace(/#.*/, "").trim().split(/\s+/));
    for (const [address = "", name] of lines) {
      if (name === undefined || !isSpecial(address) || !isNamed(name)) continue;
      const inside = "is a private address (a recipe may name public hosts)";
      assert.equal(await refusal(`https://${name}/a`), inside, name);
      assert.equal(await refusal(`https://${name.toUpperCase()}./a`), inside, name);
    }
  },
});

Deno.test("every special range is known at its first address, and the one before it is not its own", () => {
  const first = [
    ...["0.0.0.0", "10.0.0.0", "100.64.0.0", "127.0.0.0", "169.254.0.0", "172.16.0.0"],
    ...["192.0.0.0", "192.0.2.0", "192.88.99.0", "192.168.0.0", "198.18.0.0", "198.51.100.0"],
    ...["203.0.113.0", "224.0.0.0", "240.0.0.0", "255.255.255.255", "::", "::ffff:1.2.3.4"],
    ...["::ffff:0:1.2.3.4", "64:ff9b::1", "64:ff9b:1::", "100::", "2001::", "2001:db8::"],
    ...["3fff::", "5f00::", "fc00::", "fdff::", "fe80::", "fec0::", "ff00::"],
  ];
  assert.deepEqual(first.filter((address) => !isSpecial(address)), []);
  const near = [
    ...["1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"],
    ...["128.0.0.0", "169.253.255.255", "169.255.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255"],
    ...["198.17.255.255", "198.20.0.0", "198.51.99.255", "203.0.112.255", "223.255.255.255"],
    ...["1::", "64:ff9a::", "64:ff9b:2::", "100:0:0:1::", "2001:200::", "2003::", "3ffe::"],
    ...["5f01::", "fbff::", "32.2.10.0"],
  ];
  assert.deepEqual(near.filter(isSpecial), []);
});
