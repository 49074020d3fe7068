/** A model by URL: its `model.json`, and the shards that it names, each fetched, held to the lock and in the key. */
import assert from "node:assert/strict";
import { commandLine } from "../../../../engine/cli/command_line.ts";
import type { Terminal } from "../../../../engine/cli/terminal.ts";
import { digestOf } from "../../../../engine/digest.ts";
import { opSet } from "../../../../engine/op.ts";
import { ops } from "../../../../mod.ts";
import { testWith } from "../../../ops/model/support/test_data.ts";

const MADE = `decant: 1
name: made
data: iris
model: { use: mlp, hidden: [4], train: { epochs: 30, batch: 8, optimizer: { use: adam, learning_rate: 0.02 } } }
export: [{ use: tfjs, shard: 64 B }]
`;

const LOADED = (from: string) =>
  `decant: 1
name: loaded
data: iris
model: { from: "${from}" }
quantize: { scheme: int8, activations: none }
`;

/** Files served from this machine, and a command line in a folder of its own. */
async function world() {
  const folder = await Deno.makeTempDir();
  const files: Record<string, Uint8Array | string> = {};
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
    const path = decodeURIComponent(new URL(url).pathname);
    asked.push(path);
    const found = files[path];
    return found === undefined
      ? new Response("no", { status: 404 })
      : new Response(typeof found === "string" ? found : new Uint8Array(found));
  });
  return {
    folder,
    files,
    asked,
    root: `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`,
    async run(text: string, ...words: string[]) {
      const said = { out: "", err: "" };
      const terminal: Terminal = {
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        rewrite: () => {},
        live: false,
        columns: 100,
      };
      const recipe = `${folder}/recipe.yaml`;
      await Deno.writeTextFile(recipe, text);
      const at = ["--quiet", "--cache", `${folder}/cache`, "--out", `${folder}/out`];
      const code = await commandLine(["run", recipe, ...at, ...words], {
        ops: opSet(ops),
        terminal,
      });
      return { code, ...said };
    },
    /** Serves a folder below a path; returns the names of its files. */
    async serve(path: string, from: string): Promise<string[]> {
      const names: string[] = [];
      for await (const { name } of Deno.readDir(from)) {
        names.push(name);
        files[`${path}/${name}`] = await Deno.readFile(`${from}/${name}`);
      }
      return names.sort();
    },
    async lock(): Promise<{ source: string; sha256: string }[]> {
      return JSON.parse(await Deno.readTextFile(`${folder}/out/recipe.lock.json`)).sources;
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("a model by URL is its model.json and the shards beside it, all in the lock", async () => {
  await using it = await world();
  assert.equal((await it.run(MADE)).code, 0);
  // What says how inputs are prepared is no part of the model.
  const names = (await it.serve("/m", `${it.folder}/out/tfjs`))
    .filter((name) => name !== "preprocessing.json");
  assert.ok(names.length > 2, "several shards");
  const { code, err } = await it.run(LOADED(`${it.root}/m/model.json`));
  assert.deepEqual([code, err], [0, ""]);
  const expected = names.map((name) => ({
    source: `${it.root}/m/${name}`,
    sha256: digestOf(it.files[`/m/${name}`] as Uint8Array),
  }));
  const locked = await it.lock();
  // The file that describes the model says by what it was made, and of which classes it is.
  const says = { classes: "setosa, versicolor, virginica", ["generated_by"]: "Decant" };
  assert.deepEqual(
    locked,
    expected.map((row) =>
      row.source.endsWith("/model.json") ? { ...row, stated: [{ in: "its files", says }] } : row
    ),
  );
  // The same model from the folder on this machine is the same artifact.
  const stepOf = async () =>
    JSON.parse(await Deno.readTextFile(`${it.folder}/out/recipe.lock.json`)).steps
      .find(({ name }: { name: string }) => name === "model").artifact.digest;
  const far = await stepOf();
  await Deno.mkdir(`${it.folder}/near`);
  for (const name of names) {
    await Deno.writeFile(`${it.folder}/near/${name}`, it.files[`/m/${name}`] as Uint8Array);
  }
  assert.equal((await it.run(LOADED("./near/model.json"))).code, 0);
  assert.equal(await stepOf(), far);
  assert.deepEqual((await it.lock()).map(({ source }) => source), names.map((n) => `./near/${n}`));
  // What lies in the folder besides is not in the key.
  await Deno.writeTextFile(`${it.folder}/near/README.txt`, "new");
  assert.match((await it.run(LOADED("./near/model.json"))).out, /\n0 of \d+ steps ran/);
});

Deno.test("a locked shard must be what the lock says, though model.json is unchanged", async () => {
  await using it = await world();
  await it.run(MADE);
  const [, shard] = (await it.serve("/m", `${it.folder}/out/tfjs`)).toSorted();
  const json = it.files["/m/model.json"] as Uint8Array;
  const text = LOADED(`${it.root}/m/model.json#sha256=${digestOf(json)}`);
  assert.equal((await it.run(text)).code, 0);
  await Deno.copyFile(`${it.folder}/out/recipe.lock.json`, `${it.folder}/recipe.lock.json`);
  const bytes = it.files[`/m/${shard}`] as Uint8Array;
  it.files[`/m/${shard}`] = bytes.map((byte, i) => i === 0 ? byte ^ 1 : byte);
  it.asked.length = 0;
  assert.match((await it.run(text, "--locked")).out, /\n0 of \d+ steps ran/);
  assert.match((await it.run(text, "--offline")).out, /\n0 of \d+ steps ran/);
  assert.deepEqual(it.asked, [], "what is pinned and kept is not asked for");
  await Deno.remove(`${it.folder}/cache`, { recursive: true });
  const changed = await it.run(text);
  assert.equal(changed.code, 4);
  assert.match(changed.err, /is not what its pin says/);
  await Deno.remove(`${it.folder}/recipe.lock.json`);
  assert.equal((await it.run(text)).code, 0, "without a lock nothing pins the shard");
  it.files["/m/model.json"] = new Uint8Array([...json, 32]);
  await Deno.remove(`${it.folder}/cache`, { recursive: true });
  assert.match((await it.run(text)).err, /model\.json#sha256=\w+` is not what its pin says/);
});

Deno.test("a model names nothing but what lies beside it", async () => {
  await using it = await world();
  for (
    const path of [
      "../secret.bin",
      "/etc/hostname",
      "https://example.org/w.bin",
      "a/../../w",
      "",
      "\u0007".repeat(3000),
      "w\ud800.bin",
    ]
  ) {
    it.files["/m/model.json"] = JSON.stringify({
      weightsManifest: [{ paths: [path], weights: [] }],
    });
    it.asked.length = 0;
    const { code, err } = await it.run(LOADED(`${it.root}/m/model.json`));
    assert.equal(code, 4, path);
    assert.match(err, /does not lie beside it/);
    assert.ok(err.length < 1000, `${err.length}`);
    assert.deepEqual(it.asked, ["/m/model.json"]);
    await Deno.mkdir(`${it.folder}/m`, { recursive: true });
    await Deno.writeTextFile(`${it.folder}/m/model.json`, it.files["/m/model.json"] as string);
    assert.equal((await it.run(LOADED("./m/model.json"))).code, 4, path);
  }
});

Deno.test("a shard that is not there, and a folder by URL, are sentences", async () => {
  await using it = await world();
  it.files["/m/model.json"] = JSON.stringify({
    weightsManifest: [{ paths: ["w.bin"], weights: [] }],
  });
  const missing = await it.run(LOADED(`${it.root}/m/model.json`));
  assert.equal(missing.code, 2);
  assert.match(missing.err, /w\.bin` answered 404 Not Found; `http.*\/m\/model\.json` names it/);
  const folder = await it.run(LOADED(`${it.root}/m/`));
  assert.equal(folder.code, 2);
  assert.match(folder.err, /is a folder, and a URL cannot be asked what lies in it/);
});

Deno.test("a page in place of a model is called so, and a graph without nodes; no more than that is fetched", async () => {
  await using it = await world();
  it.files["/m/model.json"] = "<!doctype html><title>404</title>";
  const page = await it.run(LOADED(`${it.root}/m/model.json`));
  assert.match(page.err, /`model.json` is an HTML page\n +help: .*name the file itself/);
  it.files["/m/graph.json"] = JSON.stringify({
    format: "graph-model",
    modelTopology: { node: [] },
    weightsManifest: [],
  });
  const graph = await it.run(LOADED(`${it.root}/m/graph.json`));
  assert.match(graph.err, /its graph has no nodes/);
  assert.deepEqual(it.asked, ["/m/model.json", "/m/graph.json"]);
});

testWith("doodlenet-and-cvae", "somebody's DoodleNet, by URL, as int8", async (folder) => {
  await using it = await world();
  await it.serve("/doodlenet", `${folder}/doodlenet`);
  const { code, out } = await it.run(`decant: 1
name: doodles
model: { from: "${it.root}/doodlenet/model.json" }
quantize: { scheme: int8, activations: none }
export: tfjs
expect: [result.bytes <= model.bytes / 3.5]
`);
  assert.equal(code, 0, out);
  assert.match(out, /544 k/);
});
