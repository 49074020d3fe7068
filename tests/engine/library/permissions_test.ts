import assert from "node:assert/strict";
import { fc } from "../../deps.ts";
import { harmless } from "../../../engine/quote.ts";
import { askedForNames } from "../../../engine/graph/sources/addresses.ts";
import {
  assertReadable,
  permissionFlags,
  permissionsFor,
  shellWord,
  withNative,
} from "../../../engine/library/permissions.ts";
import { isNativePlatform } from "../../../engine/tensor/native/needs.ts";
import { setVariable } from "../../variable.ts";

Deno.test("any text that is shown as it is is one word for a shell, and the same text", async () => {
  const texts = fc.sample(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      .filter((text) => harmless(text) === text && !/[\t\n]/.test(text)),
    { numRuns: 300, seed: 7 },
  );
  const hostile = [
    "$(touch x)",
    "`touch x`",
    "a b",
    "a;b",
    "a>b",
    "'",
    "a'b'c",
    '"',
    "\\",
    "*",
    "~",
    "!",
    "#x",
    "",
    "é",
  ];
  const words = [...texts, ...hostile.map((text) => text || "''")];
  const script = `printf '%s\\n' ${words.map(shellWord).join(" ")}`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  assert.deepEqual(new TextDecoder().decode(stdout).split("\n").slice(0, -1), words);
});

Deno.test("a path that is not shown as it is prints no flags", () => {
  for (const path of ["a\nb", "\x1b[2J", "a\u2028b", "\x7f", "a\u202eb", "a\tb"]) {
    const { words, refused } = permissionFlags({
      read: new Set([path]),
      write: new Set(),
      net: new Set(),
      variables: new Set(),
      spared: new Set(),
    });
    assert.deepEqual(words, []);
    assert.match(refused!, /holds a character that is not shown as it is/);
  }
});

const nodes = (...sources: string[]) => ({
  recipe: { base: "/base/" },
  nodes: sources.map((source) => ({ op: { source: () => [source] }, step: { params: {} } })),
});
const sets = (found: ReturnType<typeof permissionsFor>) =>
  Object.fromEntries(Object.entries(found).map(([name, all]) => [name, [...all]]));
const none = { read: [], write: [], net: [], variables: [], spared: [] };

Deno.test("a run reads its documents and its cache, writes the cache and what it leaves", () => {
  assert.deepEqual(sets(permissionsFor(undefined, { documents: ["a.yaml"], cache: "c" })), {
    ...none,
    read: ["a.yaml", "c"],
    write: ["c"],
  });
  const documents = ["file:///there/a%20b.yaml"];
  assert.deepEqual(sets(permissionsFor(undefined, { documents, cache: "c", out: "out/x" })), {
    ...none,
    read: ["/there/a b.yaml", "c", "out/x"],
    write: ["c", "out/x"],
  });
});

Deno.test("sources of this machine are read, beside a file that names others its folder, elsewhere hosts are reached", () => {
  const graph = nodes("./a.csv", "http://127.0.0.1:8000/x.csv", "https://127.0.0.2/known.csv");
  const known = (source: string) => source.endsWith("known.csv");
  const found = sets(permissionsFor(graph as never, { documents: [], cache: "c", known }));
  assert.deepEqual(found, {
    ...none,
    read: ["c", "/base/a.csv"],
    write: ["c"],
    net: ["127.0.0.1:8000"],
  });
  const [node] = nodes("net/model.json").nodes;
  for (
    const [source, read] of [["net/model.json", "/base/net/"], ["net/model", "/base/net/model"], [
      "net.d/model",
      "/base/net.d/model",
    ]] as const
  ) {
    const op = { source: () => [source], beside: () => [] };
    const beside = { ...graph, nodes: [{ ...node, op }] };
    assert.deepEqual(sets(permissionsFor(beside as never, { documents: [], cache: "c" })).read, [
      "c",
      read,
    ]);
  }
});

Deno.test("a package is fetched from its registry, which a variable names; a named host is looked up", () => {
  const graph = nodes("npm:iris@1.0.0/iris.csv");
  const found = permissionsFor(graph as never, { documents: [], cache: "c" });
  assert.deepEqual([...found.variables], ["NPM_CONFIG_REGISTRY"]);
  assert.equal(found.net.size, 1);
  assert.equal(found.spared.size, 0);
  const named = permissionsFor(nodes("https://example.org/a.csv") as never, {
    documents: [],
    cache: "c",
  });
  const { files, servers } = askedForNames();
  assert.deepEqual([...named.spared], [...files, ...servers]);
  assert.deepEqual([...named.net], ["example.org", ...servers]);
  assert.deepEqual([...named.read], ["c", ...files]);
});

Deno.test("a cache that a variable names needs that variable", () => {
  const variables = (
    cache: string,
  ) => [...permissionsFor(undefined, { documents: [], cache }).variables];
  const unset = setVariable("DECANT_CACHE", "/there");
  try {
    assert.deepEqual([variables("/there"), variables("/elsewhere")], [["DECANT_CACHE"], []]);
  } finally {
    unset();
  }
});

Deno.test("stores are reached, by the variables that name them and who asks, with the keys of the user", () => {
  const env: Readonly<Record<string, string | undefined>> = {
    ...{ DECANT_STORE: undefined, XDG_CONFIG_HOME: undefined, HOME: "/home/anna" },
    ...{ DECANT_STORE_TOKEN: undefined, DECANT_STORE_USER: "anna", DECANT_STORE_PASSWORD: "p" },
  };
  const undo = Object.entries(env).map(([name, value]) => setVariable(name, value));
  const needed = (shared?: Parameters<typeof permissionsFor>[1]["shared"]) =>
    sets(permissionsFor(undefined, { documents: [], cache: "c", ...shared && { shared } }));
  const cache = { ...none, read: ["c"], write: ["c"] };
  try {
    assert.deepEqual(needed(), cache, "where no store is asked no key is read");
    const keys = "/home/anna/.config/decant";
    const asked = {
      ...{ read: [keys, "c"], write: ["c"], net: ["a.org:8080", "b.org"], spared: [keys] },
      variables: ["HOME"],
    };
    const stores = ["https://a.org:8080/cache", "http://b.org"];
    assert.deepEqual(needed({ stores }), asked);
    assert.deepEqual(needed({ stores, credentials: "secrets" }), {
      ...asked,
      read: [keys, "secrets", "c"],
    });
    assert.deepEqual(needed({ stores, credentials: "env" }).variables, [
      "HOME",
      "DECANT_STORE_USER",
      "DECANT_STORE_PASSWORD",
    ]);
    undo.push(setVariable("DECANT_STORE", "https://c.org"));
    assert.deepEqual(needed({ stores }), asked, "those that are said go before");
    assert.deepEqual(needed(), { ...asked, net: ["c.org"], variables: ["DECANT_STORE", "HOME"] });
    undo.push(setVariable("XDG_CONFIG_HOME", "/config"));
    const { read, variables } = needed();
    assert.deepEqual([read, variables], [["/config/decant", "c"], [
      "DECANT_STORE",
      "XDG_CONFIG_HOME",
      "HOME",
    ]]);
  } finally {
    for (const each of undo.reverse()) each();
  }
});

Deno.test("a queue is reached at its port, and by the variable that names it where nobody else does", () => {
  const unset = setVariable("DECANT_QUEUE", undefined);
  const needed = (queue?: string) =>
    sets(permissionsFor(undefined, { documents: [], cache: "c", ...queue && { queue } }));
  const cache = { ...none, read: ["c"], write: ["c"] };
  try {
    assert.deepEqual(needed(), cache);
    const named = { ...cache, net: ["q.org:6379"] };
    assert.deepEqual(needed("redis://anna:geheim@q.org/1"), named);
    setVariable("DECANT_QUEUE", "rediss://p.org:7000");
    assert.deepEqual(needed("redis://q.org"), named, "the one that is said goes before");
    assert.deepEqual(needed(), { ...cache, net: ["p.org:7000"], variables: ["DECANT_QUEUE"] });
  } finally {
    unset();
  }
});

Deno.test("native kernels need their folder and the variable that leads to it besides", {
  ignore: !isNativePlatform(),
}, () => {
  const undo = setVariable("XDG_CACHE_HOME", "/caches");
  try {
    const names = (list: string) => new Set(list.split(" "));
    const native = { path: "/caches/decant-native", variable: "XDG_CACHE_HOME" };
    const plain = { read: names("a"), write: names("b"), net: names("c"), variables: names("D") };
    assert.deepEqual(withNative({ ...plain, spared: names("e") }), {
      read: names("a /caches/decant-native"),
      write: names("b /caches/decant-native"),
      net: names("c"),
      variables: names("D XDG_CACHE_HOME"),
      spared: names("e"),
      native,
    });
  } finally {
    undo();
  }
});

Deno.test("flags stand in the order of Deno's help, hosts sorted, and those of nothing are left out", () => {
  const of = (more: object) =>
    permissionFlags({
      read: new Set(["a", "b"]),
      write: new Set(["c"]),
      net: new Set<string>(),
      variables: new Set<string>(),
      spared: new Set<string>(),
      ...more,
    });
  assert.deepEqual(of({}), {
    words: ["--allow-read=a,b", "--allow-write=c", "--allow-sys=hostname,cpus"],
  });
  assert.deepEqual(of({ net: new Set(["z.org", "a.org"]), variables: new Set(["X", "Y"]) }).words, [
    "--allow-read=a,b",
    "--allow-write=c",
    "--allow-net=a.org,z.org",
    "--allow-sys=hostname,cpus",
    "--allow-env=X,Y",
  ]);
  assert.deepEqual(of({ native: { path: "/caches/decant-native", variable: "HOME" } }).words, [
    ...["--allow-read=a,b", "--allow-write=c", "--allow-sys=hostname,cpus,uid"],
    ...["--allow-run=cc", "--allow-ffi=/caches/decant-native"],
  ]);
  assert.deepEqual(of({ write: new Set(["a b"]) }).words[1], "'--allow-write=a b'");
  assert.deepEqual(of({ read: new Set(["a,b"]) }), {
    words: [],
    refused: 'no flags can be printed: Deno would read the comma in "a,b" as the end of a path',
  });
  assert.deepEqual(of({ read: new Set(["a\tb"]) }).words, []);
  assert.equal(shellWord("it's"), "'it'\\''s'");
});

const needing = (read: string[], net: string[] = [], spared: string[] = []) => ({
  read: new Set(read),
  write: new Set<string>(),
  net: new Set(net),
  variables: new Set<string>(),
  spared: new Set(spared),
});

Deno.test("with every permission nothing is lacking", () => {
  assertReadable(needing(["/etc", "/tmp"], ["example.org"]), "a plan", "no");
});

Deno.test({
  name: "all that may not be read or fetched is said at once, what can be done without is not",
  permissions: { read: ["/allowed"], net: false },
  fn() {
    const refused = (needed: ReturnType<typeof needing>, message: string) =>
      assert.throws(() => assertReadable(needed, "this plan", "add X"), {
        code: "denied",
        message: `Deno does not allow this plan to ${message}`,
        help: "add X",
      });
    refused(needing(["/a", "/allowed", "/b"]), "read `/a`, `/b`");
    refused(needing(["/allowed"], ["a.org"]), "fetch from `a.org`");
    refused(needing(["/a"], ["a.org", "b.org"]), "read `/a` and to fetch from `a.org`, `b.org`");
    refused(needing(["/a", "/b"], ["c.org"], ["/b", "c.org"]), "read `/a`");
    assertReadable(needing(["/allowed", "/b"], ["c.org"], ["/b", "c.org"]), "this plan", "");
  },
});
