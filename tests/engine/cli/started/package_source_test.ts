/** Data, models and recipes out of npm packages, from a registry on this machine. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { commandLine } from "../../../../engine/cli/command_line.ts";
import type { Terminal } from "../../../../engine/cli/terminal.ts";
import { opSet } from "../../../../engine/op.ts";
import { REGISTRY_VARIABLE } from "../../../../engine/permission.ts";
import { gzipped, tarBytes } from "../../graph/tar_bytes.ts";
import { fakeOps } from "../../run/support/fake.ts";
import { setVariable } from "../../../variable.ts";

const RECIPE = (from: string) =>
  `decant: 1\nname: far\nsteps:\n  - { op: file, as: n, from: "${from}" }\n  - { op: evaluate, model: n }\n`;

/** A registry with one package, and a command line that uses it. */
async function world(files: Record<string, string>) {
  const folder = await Deno.makeTempDir();
  const asked: string[] = [];
  const archive = await gzipped(
    await tarBytes(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`package/${path}`, text])),
    ),
  );
  const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  const answers: Record<string, Uint8Array | object> = {
    "/numbers/1.0.0": { dist: { tarball: "/numbers/-/numbers-1.0.0.tgz", integrity } },
    "/@me%2fnumbers/2.0.0-rc.1": {
      dist: { tarball: "/numbers/-/numbers-1.0.0.tgz", integrity: `sha1-x ${integrity}` },
    },
    "/numbers/-/numbers-1.0.0.tgz": archive,
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    const found = answers[pathname];
    if (found === undefined) return new Response("no", { status: 404 });
    return found instanceof Uint8Array ? new Response(new Uint8Array(found)) : Response.json(found);
  });
  const root = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`;
  const unset = setVariable(REGISTRY_VARIABLE, root);
  return {
    folder,
    asked,
    answers,
    integrity,
    async decant(...words: string[]) {
      const said = { out: "", err: "" };
      const terminal: Terminal = {
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        rewrite: () => {},
        live: false,
        columns: 100,
      };
      const run = words[0] === "run" ? ["--quiet", "--out", `${folder}/out`] : [];
      const at = [...run, "--cache", `${folder}/cache`];
      const ops = opSet(Object.values(fakeOps()));
      return { code: await commandLine([...words, ...at], { ops, terminal }), ...said };
    },
    /** Runs the recipe that reads this source. */
    async run(from: string, ...words: string[]) {
      await Deno.writeTextFile(`${folder}/near.yaml`, RECIPE(from));
      return await this.decant("run", `${folder}/near.yaml`, ...words);
    },
    async lock() {
      return JSON.parse(await Deno.readTextFile(`${folder}/out/recipe.lock.json`)).sources;
    },
    async [Symbol.asyncDispose]() {
      unset();
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

Deno.test("a file of a package is read from its archive, once, and locked", async () => {
  await using it = await world({ "data/five.txt": "5", "data/six.txt": "6" });
  const source = "npm:numbers@1.0.0/data/five.txt";
  const { code, err } = await it.run(source);
  assert.deepEqual([code, err], [0, ""]);
  assert.deepEqual(await it.lock(), [{ source, sha256: sha256("5") }]);
  assert.deepEqual(it.asked, ["/numbers/1.0.0", "/numbers/-/numbers-1.0.0.tgz"]);
  // What a version holds never changes: it is not asked for again.
  assert.match((await it.run(source)).out, /0 of 2 steps ran/);
  assert.match((await it.run(source, "--offline")).out, /0 of 2 steps ran/);
  assert.equal(it.asked.length, 2);
  const scoped = await it.run("npm:@me/numbers@2.0.0-rc.1/data/five.txt");
  assert.match(scoped.out, /0 of 2 steps ran/, "the same bytes, the same key");
});

Deno.test("what is locked must be what the package holds", async () => {
  await using it = await world({ "five.txt": "5" });
  const source = "npm:numbers@1.0.0/five.txt";
  await it.run(source);
  const lock = await Deno.readTextFile(`${it.folder}/out/recipe.lock.json`);
  await Deno.writeTextFile(`${it.folder}/near.lock.json`, lock.replace(sha256("5"), sha256("6")));
  await Deno.remove(`${it.folder}/cache`, { recursive: true });
  const { code, err } = await it.run(source);
  assert.equal(code, 2);
  assert.match(err, /is not what was locked/);
});

Deno.test("an archive that is not what the registry says is refused", async () => {
  await using it = await world({ "five.txt": "5" });
  it.answers["/numbers/-/numbers-1.0.0.tgz"] = await gzipped(
    await tarBytes({ "package/five.txt": "6" }),
  );
  const { code, err } = await it.run("npm:numbers@1.0.0/five.txt");
  assert.equal(code, 4);
  assert.match(err, /is not what its registry says/);
  it.answers["/numbers/1.0.0"] = {
    dist: { tarball: "https://example.org/numbers.tgz", integrity: it.integrity },
  };
  const away = await it.run("npm:numbers@1.0.0/five.txt");
  assert.equal(away.code, 4);
  assert.match(away.err, /the registry keeps `numbers@1.0.0` elsewhere, at https:\/\/example.org/);
});

Deno.test("what is not there is a sentence, offline too", async () => {
  await using it = await world({ "five.txt": "5" });
  const tries: [string, RegExp, ...string[]][] = [
    ["npm:numbers@1.0.0/six.txt", /is not in its package[\s\S]*it has five.txt/],
    ["npm:numbers@9.0.0/five.txt", /answered 404[\s\S]*NPM_CONFIG_REGISTRY/],
    ["npm:numbers@1.0.0/five.txt", /has not been fetched yet/, "--offline"],
    ["npm:numbers@^1.0.0/five.txt", /must be|source/],
    ["npm:numbers/five.txt", /must be|source/],
  ];
  for (const [source, reason, ...words] of tries) {
    const { code, err } = await it.run(source, ...words);
    assert.equal(code, 2, source);
    assert.match(err, reason);
  }
  it.answers["/numbers/1.0.0"] = { dist: { tarball: "/x", integrity: "sha1-abc" } };
  assert.match((await it.run("npm:numbers@1.0.0/five.txt")).err, /does not say what/);
});

Deno.test("a recipe in a package is run and extended; what it names lies in the package", async () => {
  const inside = RECIPE("../data/five.txt");
  await using it = await world({
    "recipes/far.yaml": inside,
    "recipes/out.yaml": RECIPE("../../../../etc/hostname"),
    "recipes/local.yaml": "decant: 1\nname: x\nextends: file:///etc/hostname\n",
    "data/five.txt": "5",
    "code.ts": "throw 1",
  });
  const far = await it.decant("run", "npm:numbers@1.0.0/recipes/far.yaml");
  assert.deepEqual([far.code, far.err], [0, ""]);
  assert.deepEqual(await it.lock(), [{ source: "../data/five.txt", sha256: sha256("5") }]);
  const child = "decant: 1\nname: child\nextends: npm:numbers@1.0.0/recipes/far.yaml\n";
  await Deno.writeTextFile(`${it.folder}/child.yaml`, child);
  assert.equal((await it.decant("run", `${it.folder}/child.yaml`)).code, 0);
  assert.deepEqual(await it.lock(), [
    { source: "npm:numbers@1.0.0/data/five.txt", sha256: sha256("5") },
  ]);
  const out = await it.decant("run", "npm:numbers@1.0.0/recipes/out.yaml");
  assert.equal(out.code, 2);
  assert.match(out.err, /is not in its package/);
  const local = await it.decant("run", "npm:numbers@1.0.0/recipes/local.yaml");
  assert.ok(local.code === 2 || local.code === 4);
});

Deno.test("plan names the registry among the hosts, and what says which it is", async () => {
  await using it = await world({ "five.txt": "5" });
  await Deno.writeTextFile(`${it.folder}/near.yaml`, RECIPE("npm:numbers@1.0.0/five.txt"));
  const { out } = await it.decant("plan", `${it.folder}/near.yaml`);
  assert.match(out, /--allow-net=127\.0\.0\.1:\d+ .*--allow-env=NPM_CONFIG_REGISTRY\n/);
});

Deno.test("a recipe from elsewhere reaches nothing that this machine serves, not through its child either", async () => {
  let asked = 0;
  const secret = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    asked++;
    return new Response("5");
  });
  const url = `http://127.0.0.1:${(secret.addr as Deno.NetAddr).port}/n.txt`;
  await using it = await world({ "far.yaml": RECIPE(url) });
  const child = "decant: 1\nname: child\nextends: npm:numbers@1.0.0/far.yaml\n";
  await Deno.writeTextFile(`${it.folder}/child.yaml`, child);
  for (const recipe of ["npm:numbers@1.0.0/far.yaml", `${it.folder}/child.yaml`]) {
    const { code, err } = await it.decant("run", recipe);
    assert.equal(code, 4, recipe);
    assert.match(err, /is on this machine/);
  }
  assert.equal(asked, 0);
  assert.equal((await it.run(url)).code, 0, "a recipe of this machine may");
  await secret.shutdown();
});

Deno.test("what a package says of itself is in report and lock, the same from the cache, and changes no key", async () => {
  const about = (license: string) => ({ name: "numbers", license, author: { name: "A\u001b[2J" } });
  const files = (license: string) => ({
    ...{ "five.txt": "5", "package.json": JSON.stringify(about(license)) },
    "README.md": "---\nlicense: mit\n---\n",
  });
  const source = "npm:numbers@1.0.0/five.txt";
  const reported = async (it: Awaited<ReturnType<typeof world>>) => {
    const { sources } = JSON.parse(await Deno.readTextFile(`${it.folder}/out/report.json`));
    const markdown = await Deno.readTextFile(`${it.folder}/out/report.md`);
    const page = await Deno.readTextFile(`${it.folder}/out/report.html`);
    const section = (text: string, from: string, to: string) =>
      text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from) + 1));
    return {
      sources,
      lock: await it.lock(),
      markdown: section(markdown, "## Sources", "## Steps"),
      page: section(page, '<section id="sources">', '<section id="repeat">'),
    };
  };
  await using it = await world(files("Apache-2.0"));
  const first = await it.run(source);
  assert.match(first.out, /licences\n {2}npm:.*five\.txt: Apache-2\.0 \(package\.json\); mit/);
  const fresh = await reported(it);
  const stated = [
    {
      in: "package.json",
      says: { license: "Apache-2.0", author: "A\\u001b[2J", name: "numbers" },
    },
    { in: "README.md", says: { license: "mit" } },
  ];
  assert.deepEqual(fresh.lock, [{ source, sha256: sha256("5"), stated }]);
  assert.deepEqual(fresh.sources, fresh.lock);
  assert.match(fresh.markdown, /\| license \| Apache-2\.0 \| package\.json \|/);
  assert.match(fresh.page, /Apache-2\.0/);
  for (const words of [[], ["--offline"], ["--force"]]) {
    assert.equal((await it.run(source, ...words)).code, 0);
    assert.deepEqual(await reported(it), fresh);
  }
  const steps = async (of: { folder: string }) =>
    JSON.parse(await Deno.readTextFile(`${of.folder}/out/recipe.lock.json`)).steps;
  await using other = await world(files("GPL-3.0"));
  await other.run(source);
  assert.deepEqual(await steps(other), await steps(it));
  assert.match((await reported(other)).markdown, /GPL-3\.0/);
});

Deno.test("a lock says what a package says that is not at hand", async () => {
  await using it = await world({ "five.txt": "5", "package.json": '{ "license": "MIT" }' });
  const source = "npm:numbers@1.0.0/five.txt";
  await it.run(source);
  await Deno.copyFile(`${it.folder}/out/recipe.lock.json`, `${it.folder}/near.lock.json`);
  const locked = await it.lock();
  assert.equal(locked[0].stated[0].says.license, "MIT");
  // What was remembered of the package may be lost; what the step made is there.
  for await (const { name } of Deno.readDir(`${it.folder}/cache`)) {
    if (name === "memo") await Deno.remove(`${it.folder}/cache/${name}`, { recursive: true });
  }
  for (const words of [[], ["--locked"]]) {
    const { code, out } = await it.run(source, "--offline", ...words);
    assert.deepEqual([code, /0 of 2 steps ran/.test(out)], [0, true]);
    assert.deepEqual(await it.lock(), locked);
  }
});
