/** Commands that write recipes: `new` and `fmt`; and `layers`, which says what a selector means. */
import assert from "node:assert/strict";
import { commandLine } from "../../../../engine/cli/command_line.ts";
import { opSet } from "../../../../engine/op.ts";
import { ops } from "../../../../ops/mod.ts";

async function decant(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    rewrite: () => {},
    live: false,
    columns: 100,
  };
  const code = await commandLine(words, { ops: opSet(ops), terminal });
  return { code, out, err };
}

Deno.test("new writes a recipe that is sound and formatted, and never over another", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/My first.yaml`;
  assert.equal((await decant("new", path)).code, 0);
  const text = await Deno.readTextFile(path);
  assert.match(text, /\nname: my-first\n/);
  assert.equal((await decant("check", path)).code, 0);
  assert.equal((await decant("fmt", "--check", path)).code, 0);
  await Deno.writeTextFile(path, "mine");
  const again = await decant("new", path);
  assert.equal(again.code, 2);
  assert.match(again.err, /is there already/);
  assert.equal(await Deno.readTextFile(path), "mine");
  assert.match((await decant("new", `${folder}/not/there.yaml`)).err, /folder .* is not there/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("fmt rewrites a sound recipe in its place, with --check it only says so", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/mine.yaml`;
  const long = "decant: 1\nname: mine # a name\ndata: {use: iris}\n" +
    "model: { use: mlp, hidden: [4], train: { epochs: 1 } }\n";
  await Deno.writeTextFile(path, long);
  assert.equal((await decant("fmt", "--check", path)).code, 2);
  assert.equal(await Deno.readTextFile(path), long);
  assert.equal((await decant("fmt", path)).code, 0);
  assert.equal(
    await Deno.readTextFile(path),
    "decant: 1\nname: mine # a name\ndata: iris\nmodel: { use: mlp, hidden: 4, train: { epochs: 1 } }\n",
  );
  assert.equal((await decant("fmt", "--check", path)).code, 0);
  const wrong = "decant: 1\nname: mine\ndata: {use: irsi}\n";
  await Deno.writeTextFile(path, wrong);
  const refused = await decant("fmt", path);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /did you mean iris/);
  assert.equal(await Deno.readTextFile(path), wrong);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("layers lists what a selector matches; what matches nothing is a mistake with the nearest names", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/mine.yaml`;
  await decant("new", path);
  const cache = ["--cache", `${folder}/cache`];
  const found = await decant("layers", path, "student", "block2", ...cache, "--json");
  assert.deepEqual(
    JSON.parse(found.out).layers.map(({ name }: { name: string }) => name),
    ["block2.depthwise", "block2.depthwise.norm", "block2.pointwise", "block2.pointwise.norm"],
  );
  const none = await decant("layers", path, "student", "blok2", ...cache);
  assert.equal(none.code, 2);
  assert.match(none.err, /"blok2" matches no layer of student\n.*nearest: block2/);
  await Deno.remove(folder, { recursive: true });
});
