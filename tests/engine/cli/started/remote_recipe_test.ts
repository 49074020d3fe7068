import assert from "node:assert/strict";
import { commandLine } from "../../../../engine/cli/command_line.ts";
import type { Terminal } from "../../../../engine/cli/terminal.ts";
import { digestOf } from "../../../../engine/digest.ts";
import { opSet } from "../../../../engine/op.ts";
import { loadRecipe } from "../../../../engine/library/open_recipe.ts";
import { fakeOps } from "../../run/support/fake.ts";

const digest = (text: string): string => digestOf(new TextEncoder().encode(text));

const RECIPE = `decant: 1
name: far
steps:
  - { op: file, as: n, from: ./data/n.txt }
  - { op: evaluate, model: n }
`;

/** Files served from this machine, and a command line in a folder of its own. */
async function far(files: Record<string, string>) {
  const folder = await Deno.makeTempDir();
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    const text = files[pathname];
    if (text === "broken") return new Response("no", { status: 500 });
    return text === undefined ? new Response("no", { status: 404 }) : new Response(text);
  });
  const ops = opSet(Object.values(fakeOps()));
  return {
    folder,
    files,
    asked,
    ops,
    url: `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`,
    async decant(...words: string[]) {
      const said = { out: "", err: "" };
      const terminal: Terminal = {
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        rewrite: () => {},
        live: false,
        columns: 100,
      };
      const at = ["--quiet", ...words[0] === "verify" ? [] : ["--cache", `${folder}/cache`]];
      const code = await commandLine([...words, ...at], { ops, terminal });
      return { code, ...said };
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("a recipe by URL runs; its sources are URLs beside it", async () => {
  await using web = await far({ "/r/far.yaml": RECIPE, "/r/data/n.txt": "5" });
  const out = ["--out", `${web.folder}/out`];
  const { code, err } = await web.decant("run", `${web.url}/r/far.yaml`, ...out);
  assert.deepEqual([code, err], [0, ""]);
  assert.deepEqual(web.asked, ["/r/far.yaml", "/r/far.lock.json", "/r/data/n.txt"]);
  const lock = JSON.parse(await Deno.readTextFile(`${web.folder}/out/recipe.lock.json`));
  assert.deepEqual(lock.sources, [{ source: "./data/n.txt", sha256: digest("5") }]);
});

Deno.test("a pinned recipe must be what its pin says, a changed source is another key", async () => {
  await using web = await far({ "/far.yaml": RECIPE, "/data/n.txt": "5" });
  const out = ["--out", `${web.folder}/out`];
  const pinned = `${web.url}/far.yaml#sha256=${digest(RECIPE)}`;
  assert.equal((await web.decant("run", pinned, ...out)).code, 0);
  assert.match((await web.decant("run", pinned, ...out)).out, /0 of 2 steps ran/);
  web.files["/data/n.txt"] = "6";
  assert.match((await web.decant("run", pinned, ...out)).out, /2 of 2 steps ran/);
  web.files["/far.yaml"] = RECIPE.replace("far", "faq");
  const changed = await web.decant("run", pinned, ...out);
  assert.equal(changed.code, 4);
  assert.match(changed.err, /is not what its pin says/);
  await assert.rejects(
    loadRecipe(`${web.url}/far.yaml`, web.ops, { sha256: digest(RECIPE) }),
    /is not what its pin says/,
  );
  const loaded = await loadRecipe(`${web.url}/far.yaml`, web.ops, {
    sha256: digest(web.files["/far.yaml"]!),
  });
  assert.equal(loaded.name, "faq");
});

Deno.test("the lock beside a recipe says what its URLs were: nothing is fetched that is known", async () => {
  await using web = await far({ "/n.txt": "5" });
  const path = `${web.folder}/near.yaml`;
  await Deno.writeTextFile(path, RECIPE.replace("./data/n.txt", `${web.url}/n.txt`));
  const run = (...words: string[]) =>
    web.decant("run", path, "--out", `${web.folder}/out`, ...words);
  assert.equal((await run()).code, 0);
  await Deno.copyFile(`${web.folder}/out/recipe.lock.json`, `${web.folder}/near.lock.json`);
  web.asked.length = 0;
  web.files["/n.txt"] = "6";
  const locked = await run("--locked");
  assert.deepEqual([locked.code, web.asked], [0, []]);
  assert.match(locked.out, /0 of 2 steps ran/);
  // Where the bytes are needed again, they must be the locked ones.
  await Deno.remove(`${web.folder}/cache`, { recursive: true });
  const refused = await run("--locked");
  assert.equal(refused.code, 4);
  assert.match(refused.err, /is not what its pin says/);
  web.files["/n.txt"] = "5";
  assert.equal((await run("--locked")).code, 0);
});

Deno.test("offline, what was fetched before serves; anything else is a sentence", async () => {
  await using web = await far({ "/n.txt": "5" });
  const path = `${web.folder}/near.yaml`;
  await Deno.writeTextFile(path, RECIPE.replace("./data/n.txt", `${web.url}/n.txt`));
  const run = () => web.decant("run", path, "--out", `${web.folder}/out`, "--offline");
  const early = await run();
  assert.equal(early.code, 2);
  assert.match(early.err, /has not been fetched yet, and this run is offline/);
  assert.deepEqual(web.asked, []);
  await web.decant("run", path, "--out", `${web.folder}/out`);
  web.asked.length = 0;
  assert.equal((await run()).code, 0);
  assert.deepEqual(web.asked, []);
});

Deno.test("a document from elsewhere names no file of this machine, not through its parents either", async () => {
  await using web = await far({
    "/file.yaml": RECIPE.replace("./data/n.txt", "file:///etc/hostname"),
    "/extends.yaml": "decant: 1\nname: far\nextends: file:///etc/hostname\n",
    "/up.yaml": RECIPE.replace("./data/n.txt", "../../../../etc/hostname"),
  });
  const out = ["--out", `${web.folder}/out`];
  for (const name of ["file", "extends"]) {
    const { code, err } = await web.decant("run", `${web.url}/${name}.yaml`, ...out);
    assert.ok(code === 2 || code === 4, `${name}: ${code}`);
    assert.doesNotMatch(err, /\bat .*\.ts:\d+/);
  }
  const up = await web.decant("run", `${web.url}/up.yaml`, ...out);
  assert.equal(up.code, 2);
  assert.match(up.err, /answered 404/);
  assert.deepEqual(web.asked, [
    "/file.yaml",
    "/extends.yaml",
    "/up.yaml",
    "/up.lock.json",
    "/etc/hostname",
  ]);
});

Deno.test("the lock beside a recipe by URL is fetched and says what its sources were", async () => {
  await using web = await far({ "/r/far.yaml": RECIPE, "/r/data/n.txt": "5" });
  const out = ["--out", `${web.folder}/out`];
  const run = (...words: string[]) => web.decant("run", `${web.url}/r/far.yaml`, ...out, ...words);
  assert.equal((await run()).code, 0);
  web.files["/r/far.lock.json"] = await Deno.readTextFile(`${web.folder}/out/recipe.lock.json`);
  web.files["/r/data/n.txt"] = "6";
  web.asked.length = 0;
  // Known by the lock, kept in the cache: nothing but documents is asked for.
  assert.match((await run()).out, /0 of 2 steps ran/);
  assert.equal((await run("--locked")).code, 0);
  assert.deepEqual(new Set(web.asked), new Set(["/r/far.yaml", "/r/far.lock.json"]));
  await Deno.remove(`${web.folder}/cache`, { recursive: true });
  for (const words of [[], ["--locked"]]) {
    const refused = await run(...words);
    assert.equal(refused.code, 4);
    assert.match(refused.err, /is not what its pin says/);
  }
  const verified = await web.decant("verify", `${web.url}/r/far.yaml`);
  assert.equal(verified.code, 4);
  delete web.files["/r/far.lock.json"];
  assert.match((await run()).out, /2 of 2 steps ran/);
  const missing = await run("--locked");
  assert.equal(missing.code, 4);
  assert.match(missing.err, /there is no lock at http.*far\.lock\.json/);
  web.files["/r/far.lock.json"] = "broken";
  const unknown = await run();
  assert.equal(unknown.code, 4);
  assert.match(unknown.err, /whether a lock stands beside the recipe cannot be told: .* 500/);
  web.files["/r/far.lock.json"] = "{}";
  const broken = await run();
  assert.equal(broken.code, 4);
  assert.match(broken.err, /far\.lock\.json` is no lock: another format/);
});

Deno.test("offline, not even the document is fetched", async () => {
  await using web = await far({ "/far.yaml": RECIPE });
  const { code, err } = await web.decant("run", `${web.url}/far.yaml`, "--offline");
  assert.equal(code, 2);
  assert.match(err, /would have to be fetched, and this is offline/);
  assert.deepEqual(web.asked, []);
});

Deno.test("a recipe without sources asks for no lock", async () => {
  const text = "decant: 1\nname: far\nsteps:\n  - { op: constant, as: n, value: 5 }\n" +
    "  - { op: evaluate, model: n }\n";
  await using web = await far({ "/far.yaml": text });
  const out = ["--out", `${web.folder}/out`];
  const { code, err } = await web.decant("run", `${web.url}/far.yaml`, ...out);
  assert.deepEqual([code, err, web.asked], [0, "", ["/far.yaml"]]);
});

Deno.test("a recipe served from this machine may extend another that is", async () => {
  const child = (parent: string) => `decant: 1\nname: child\nextends: ${parent}\n`;
  await using web = await far({ "/far.yaml": RECIPE, "/data/n.txt": "5" });
  web.files["/child.yaml"] = child("./far.yaml");
  web.files["/whole.yaml"] = child(`${web.url}/far.yaml`);
  for (const name of ["child", "whole"]) {
    const out = ["--out", `${web.folder}/${name}`];
    assert.equal((await web.decant("run", `${web.url}/${name}.yaml`, ...out)).code, 0);
  }
});
