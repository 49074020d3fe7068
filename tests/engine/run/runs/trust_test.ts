/** What a recipe from a stranger may try, and what comes of it: refused with a sentence, or harmless. */
import assert from "node:assert/strict";
import { commandLine } from "../../../../engine/cli/command_line.ts";
import type { Terminal } from "../../../../engine/cli/terminal.ts";
import { harmless } from "../../../../engine/quote.ts";
import { opSet } from "../../../../engine/op.ts";
import { writeOut } from "../../../../engine/library/write_out.ts";
import { ops } from "../../../../mod.ts";

/** A document whose data are read from `from`. */
const reading = (from: string) =>
  `decant: 1\nname: far\ndata: { from: "${from}" }\nmodel: { use: mlp, hidden: [4], train: { epochs: 1 } }\n`;

const IRIS = (rest: string) => `decant: 1\nname: petals\ndata: iris\n${rest}\n`;

/** Documents served from this machine, another host that counts who asks, and a command line. */
async function world(files: Record<string, string | (() => Response)>) {
  const folder = await Deno.makeTempDir();
  const asked: string[] = [];
  const quiet = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  const elsewhere = Deno.serve(quiet, ({ url }) => {
    asked.push(url);
    return new Response("a,b\n1,2\n");
  });
  const server = Deno.serve(quiet, ({ url }) => {
    const found = files[new URL(url).pathname];
    if (found === undefined) return new Response("no", { status: 404 });
    return typeof found === "string" ? new Response(found) : found();
  });
  const portOf = ({ addr }: Deno.HttpServer): number => (addr as Deno.NetAddr).port;
  return {
    folder,
    files,
    asked,
    root: `http://127.0.0.1:${portOf(server)}`,
    elsewhere: `http://localhost:${portOf(elsewhere)}`,
    /** Runs a document and says how it went; whatever happens, no stack trace and no control character is printed. */
    async run(document: string, command = "run") {
      let said = "";
      const say = (text: string) => void (said += harmless(text));
      const terminal: Terminal = { out: say, err: say, rewrite: say, live: false, columns: 100 };
      const places = command === "run"
        ? ["--quiet", "--cache", `${folder}/cache`, "--out", `${folder}/out`]
        : [];
      const code = await commandLine([command, document, ...places], { ops: opSet(ops), terminal });
      assert.doesNotMatch(said, /^ +at .*:\d+:\d+/m, "no stack trace");
      assert.doesNotMatch(said, /internal/);
      return { code, said };
    },
    /** Runs a text as a local document. */
    async local(text: string, command = "run") {
      const path = `${folder}/document.yaml`;
      await Deno.writeTextFile(path, text);
      return await this.run(path, command);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([server.shutdown(), elsewhere.shutdown()]);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("a document from elsewhere reads no file of this machine, wherever it may name one", async () => {
  await using it = await world({});
  const secret = `${it.folder}/secret.csv`;
  await Deno.writeTextFile(secret, "a,b\n1,2\n");
  const tries = [
    reading(`file://${secret}`),
    IRIS(`model: { from: "file://${secret}" }`),
    IRIS(`extends: "file://${secret}"\nmodel: { use: mlp, hidden: [4], train: { epochs: 1 } }`),
    IRIS(`model: { use: mlp, hidden: [4], weights: "file://${secret}", train: { epochs: 1 } }`),
  ];
  for (const [i, text] of tries.entries()) {
    it.files["/far.yaml"] = text;
    const { code, said } = await it.run(`${it.root}/far.yaml`);
    assert.ok(code === 2 || code === 4, `${i}: ${code}`);
    assert.doesNotMatch(said, /1,2/);
  }
  // A path is read where the document stands, and climbs no higher than its host.
  for (const path of [secret, `../../../../../..${secret}`]) {
    it.files["/far.yaml"] = reading(path);
    const { code, said } = await it.run(`${it.root}/far.yaml`);
    assert.equal(code, 2);
    assert.match(said, /answered 404/);
  }
});

Deno.test("private addresses are refused, however they are written", async () => {
  await using it = await world({});
  const urls = [
    "https://10.0.0.1/x.csv",
    "https://169.254.169.254/latest/x.csv",
    "https://192.168.1.1/x.csv",
    "https://0xa000001/x.csv",
    "https://167772161/x.csv",
    "https://[fd00::1]/x.csv",
    "https://[fe80::1]/x.csv",
    "https://[::ffff:10.0.0.1]/x.csv",
    "https://[64:ff9b::a00:1]/x.csv",
    "https://user:word@example.com/x.csv",
  ];
  for (const url of urls) {
    const { code, said } = await it.local(reading(url));
    assert.ok(code === 4 || code === 2, `${url}: ${code} ${said}`);
    assert.match(said, /is a private address|name or password|must be|source/, url);
  }
});

Deno.test("a redirect elsewhere is refused before anybody there is asked", async () => {
  await using it = await world({});
  const location = `${it.elsewhere}/x.csv`;
  it.files["/x.csv"] = () => new Response(null, { status: 302, headers: { location } });
  it.files["/far.yaml"] = reading("./x.csv");
  const data = await it.run(`${it.root}/far.yaml`);
  assert.equal(data.code, 4);
  assert.match(data.said, /leads elsewhere, to http:\/\/localhost:\d+/);
  it.files["/moved.yaml"] = () => new Response(null, { status: 302, headers: { location } });
  assert.equal((await it.run(`${it.root}/moved.yaml`)).code, 4);
  assert.deepEqual(it.asked, []);
});

Deno.test("names lead nowhere: not out of the folder of results, not out of the cache", async () => {
  await using it = await world({});
  for (const name of ["../../x", "/etc/x", "a/b", "..", "a\\\\b", "a\\u0000b", "-rf"]) {
    const named =
      `decant: 1\nname: "${name}"\ndata: iris\nmodel: { use: mlp, hidden: [4], train: { epochs: 1 } }\n`;
    const { code, said } = await it.local(named);
    assert.equal(code, 2, name);
    assert.match(said, /bad-name|yaml/, name);
    const step = `steps:\n  - { op: model, as: "${name}", use: mlp, hidden: [4] }`;
    assert.equal((await it.local(IRIS(step))).code, 2, name);
  }
  const left = (await Array.fromAsync(Deno.readDir(it.folder))).map(({ name }) => name);
  assert.deepEqual(left, ["document.yaml"]);
});

Deno.test("files of an artifact from somebody else's cache stay in the folder of their format", async () => {
  const folder = await Deno.makeTempDir();
  for (const path of ["../x", "/x", "a/../../x", "a//x", ".", "..\\x"]) {
    const files = { [path]: new Uint8Array(1) };
    const exported = [{ step: "export-tfjs", folder: "tfjs", files }];
    const reports = () => Promise.resolve({});
    await assert.rejects(writeOut(`${folder}/out`, exported, reports, { whole: true }), {
      code: "out",
      message: /leads out of the folder/,
    });
  }
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what would take for ever or all memory is refused, or fails alone", async () => {
  await using it = await world({});
  const refused = [
    IRIS("model: { use: mlp, hidden: [4], train: { epochs: 1e12 } }"),
    IRIS("model: { use: mlp, hidden: [1e12], train: { epochs: 1 } }"),
    IRIS(`model: { use: mlp, hidden: [${Array(5000).fill(4)}], train: { epochs: 1 } }`),
    IRIS("model: { use: resnet, depth: 1e9, train: { epochs: 1 } }"),
    IRIS(
      "variables: { a: 1, b: 1, c: 1 }\n" +
        "model: { use: mlp, hidden: [$a, $b, $c], train: { epochs: 1 } }\n" +
        "sweep: { over: { a: { min: 1, max: 1000, step: 1 }, b: { min: 1, max: 1000, step: 1 }, " +
        "c: { min: 1, max: 1000, step: 1 } } }",
    ),
  ];
  for (const [i, text] of refused.entries()) {
    const { code, said } = await it.local(text);
    assert.equal(code, 2, `${i}: ${said.slice(0, 300)}`);
    assert.match(said, /out-of-range|too-large/, `${i}`);
  }
  const large = IRIS("model: { use: mlp, hidden: [1000000, 1000000], train: { epochs: 1 } }");
  const { code, said } = await it.local(large);
  assert.ok(code === 1 || code === 2, said);
  assert.match(said, /memory|large|GiB/i);
});

Deno.test("bombs of aliases and of nesting are refused quickly", async () => {
  await using it = await world({});
  const nine = (item: string) => `[${Array(9).fill(item)}]`;
  const laughs = Array.from(
    { length: 12 },
    (_, i) => `x${i}: &x${i} ${nine(i === 0 ? "lol" : `*x${i - 1}`)}`,
  ).join("\n");
  const documents = [
    IRIS(laughs),
    IRIS(`model: ${"[".repeat(50_000)}${"]".repeat(50_000)}`),
    IRIS(`model: ${"{a: ".repeat(20_000)}1${"}".repeat(20_000)}`),
    IRIS(`x: ${"- ".repeat(50_000)}1`),
    IRIS(`<<: &a { <<: *a }`),
  ];
  for (const [i, text] of documents.entries()) {
    const { code, said } = await it.local(text, "check");
    assert.equal(code, 2, `${i}`);
    assert.doesNotMatch(said, /stack/, `${i}`);
    assert.ok(said.length < 10_000, `${i}: ${said.length} characters are printed`);
    if (i === 1 || i === 2) assert.match(said, /A recipe may be nested 40 deep and no deeper/);
  }
});

Deno.test("a document without an end is read no further than a recipe may be long", async () => {
  let sent = 0;
  await using it = await world({
    "/endless.yaml": () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            sent += 1 << 16;
            controller.enqueue(new Uint8Array(1 << 16).fill(35));
          },
        }),
      ),
  });
  const { code, said } = await it.run(`${it.root}/endless.yaml`, "check");
  assert.equal(code, 4);
  assert.match(said, /is larger than 1048576 bytes/);
  assert.ok(sent < 1 << 26, `${sent} bytes were asked for`);
  if (Deno.build.os === "linux") {
    const local = await it.run("/dev/zero", "check");
    assert.equal(local.code, 2);
    assert.match(local.said, /is larger than 1048576 bytes/);
  }
});

Deno.test("a file that is no text is no recipe, and none of it is shown", async () => {
  await using it = await world({ "/net.h5": () => new Response("\x89HDF\r\n\x1a\n\0\0model") });
  for (const command of ["check", "run"]) {
    const { code, said } = await it.run(`${it.root}/net.h5`, command);
    assert.equal(code, 2);
    assert.match(said, /net\.h5` is not UTF-8 text, and a recipe is/);
    assert.doesNotMatch(said, /HDF|\ufffd/);
  }
});

Deno.test("control characters and HTML of a recipe reach no terminal and no browser as such", async () => {
  await using it = await world({});
  const text = IRIS(
    `description: "<script>alert(1)</script></title><img src=x onerror=alert(2)> \\e[2J \\u202e"\n` +
      `authors: ["<b onclick=alert(3)>me</b>"]\n` +
      `model: { use: mlp, hidden: [4], train: { epochs: 1 } }`,
  );
  const { code } = await it.local(text);
  assert.equal(code, 0);
  for (const name of ["report.html", "report.md"]) {
    const page = await Deno.readTextFile(`${it.folder}/out/${name}`);
    assert.match(page, /alert\(1\)/, "it is shown");
    assert.doesNotMatch(page, /<script>alert|<img|<b onclick|<\/title>.*<\/title>/s, name);
    // deno-lint-ignore no-control-regex -- they are what is looked for
    assert.doesNotMatch(page, /[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/, name);
  }
});
