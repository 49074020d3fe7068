import assert from "node:assert/strict";
import { opSet } from "../../../engine/op.ts";
import { digestOf } from "../../../engine/digest.ts";
import { TrustError } from "../../../engine/graph/sources/remote.ts";
import { loadRecipe, recipeFrom, recipeOf } from "../../../engine/library/open_recipe.ts";
import { originOf } from "../../../engine/library/runnable.ts";
import { fakeOps } from "../run/support/fake.ts";

const ops = opSet(Object.values(fakeOps()));

const PARENT = `decant: 1
name: parent
seed: 4
steps:
  - { op: constant, as: one, value: 1 }
  - { op: add, as: two, number: one, amount: 1 }
`;

// The first of this file: none has loaded the whole parser before.
Deno.test("a parent that takes the whole parser of YAML is read by it", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/parent.yaml`, `${PARENT}description: |\n  first\n  second\n`);
  const child = "decant: 1\nname: child\nextends: ./parent.yaml\n";
  const recipe = await recipeFrom(child, `${folder}/child.yaml`, ops);
  assert.equal(recipe.expand().seed, 4);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a value extends a file by its path, beside the module that wrote it", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/parent.yaml`, PARENT);
  await Deno.writeTextFile(
    `${folder}/middle.yaml`,
    "decant: 1\nname: middle\nextends: ./parent.yaml\nseed: 5\n",
  );
  const base = new URL(`file://${folder}/`).href;
  const child = recipeOf({ name: "child", extends: "./middle.yaml" }, base, ops, `${base}child.ts`);
  const { seed, steps } = child.expand();
  assert.equal(seed, 5);
  assert.deepEqual(steps.map(({ name }) => name), ["one", "two"]);
  // What was extended is extended again.
  assert.equal(recipeOf({ name: "grandchild", extends: child }, base, ops).expand().seed, 5);
  assert.throws(() => recipeOf({ name: "x", extends: "./none.yaml" }, base, ops), {
    name: "RecipeError",
    message: /none\.yaml` is not there/,
  });
  assert.throws(() => recipeOf({ name: "x", extends: "./child.ts" }, base, ops), {
    name: "RecipeError",
    message: /is code, and a recipe that is loaded is data/,
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a module does not wait for the web: it is told how to", () => {
  assert.throws(
    () => recipeOf({ name: "x", extends: "https://example.com/a.yaml" }, "/", ops),
    {
      name: "RecipeError",
      message: /would have to be fetched.*\n.*await load\("https:\/\/example\.com\/a\.yaml"\)/,
    },
  );
});

Deno.test("what is wrong with a recipe of a module is said without a stack", () => {
  try {
    recipeOf({ name: "x", colour: "red" }, "/", ops);
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.doesNotMatch(error.stack ?? "", /\n +at /);
    return;
  }
  assert.fail("it is wrong");
});

Deno.test("a recipe knows its document and what it extends, the nearest first, and what was read without its pins", async () => {
  const folder = await Deno.makeTempDir();
  const pin = digestOf(new TextEncoder().encode(PARENT));
  const middle = `decant: 1\nname: middle\nextends: ./parent.yaml#sha256=${pin}\nseed: 5\n`;
  await Deno.writeTextFile(`${folder}/parent.yaml`, PARENT);
  await Deno.writeTextFile(`${folder}/middle.yaml`, middle);
  const source = `${folder}/middle.yaml`;
  const recipe = await loadRecipe(source, ops);
  const { documents, ...origin } = originOf(recipe)!;
  assert.deepEqual(origin, {
    source,
    text: middle,
    set: {},
    read: [source, `${folder}/parent.yaml`],
  });
  assert.deepEqual(documents!.map(({ text }) => text), [middle, PARENT]);
  assert.deepEqual([recipe.source, recipe.expand().seed], [source, 5]);
  const changed = middle.replace(pin, "0".repeat(64));
  await assert.rejects(recipeFrom(changed, source, ops), TrustError);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a demanded digest is held to as a pin is, and goes before one that is written", async () => {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(path, PARENT);
  const sha256 = digestOf(new TextEncoder().encode(PARENT));
  assert.equal((await loadRecipe(path, ops, { sha256 })).source, path);
  assert.equal(
    (await loadRecipe(`${path}#sha256=${"0".repeat(64)}`, ops, { sha256 })).source,
    path,
  );
  await assert.rejects(loadRecipe(path, ops, { sha256: "0".repeat(64) }), {
    message: `\`${path}\` is not what its pin says`,
  });
  await Deno.remove(path);
});

Deno.test("a value is a document too: its fields as JSON, from where the module stands", () => {
  const value = { name: "own", steps: [{ op: "constant", as: "one", value: 1 }] };
  const text = JSON.stringify({ decant: 1, ...value }, null, 2);
  const recipe = recipeOf(value, "/base/", ops, "/base/own.ts");
  const source = "/base/own.ts";
  assert.deepEqual(originOf(recipe), {
    source,
    text,
    set: {},
    documents: [{ source, text }],
    read: [],
  });
  assert.equal(originOf(recipeOf(value, "/base/", ops))!.documents![0]!.source, "/base/recipe");
  const child = originOf(recipeOf({ name: "child", extends: recipe }, "/base/", ops))!;
  assert.equal(child.text, JSON.stringify({ decant: 1, name: "child" }, null, 2));
  assert.deepEqual(child.documents!.map((each) => each.text), [child.text, text]);
});

Deno.test("what is no object, or extends what is no recipe, is refused as a document is", () => {
  for (const value of [3, null, "text", { name: "x", extends: 3, steps: [] }]) {
    assert.throws(() => recipeOf(value, "/", ops), { name: "RecipeError" });
  }
});

Deno.test("a document from elsewhere extends no file of this machine, and one of this machine may be followed", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/parent.yaml`, PARENT);
  const far = `decant: 1\nname: far\nextends: file://${folder}/parent.yaml\n`;
  const served: Record<string, string> = {
    "/far.yaml": far,
    "/near.yaml": "decant: 1\nname: near\nextends: ./base.yaml\n",
    "/base.yaml": PARENT,
  };
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) => new Response(served[new URL(url).pathname]),
  );
  const at = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`;
  const help = "such a document may name URLs alone; save it here if you trust it";
  const message = `\`file://${folder}/parent.yaml\` is named by a document from elsewhere`;
  try {
    await assert.rejects(loadRecipe(`${at}/far.yaml`, ops), { message, help });
    const own = `decant: 1\nname: own\nextends: ${at}/far.yaml\n`;
    await assert.rejects(recipeFrom(own, `${folder}/own.yaml`, ops), { message });
    const near = await recipeFrom(own.replace("far.yaml", "near.yaml"), `${folder}/own.yaml`, ops);
    assert.deepEqual(originOf(near)!.read, [
      `${folder}/own.yaml`,
      `${at}/near.yaml`,
      `${at}/base.yaml`,
    ]);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});

/** Runs a body where the web is these documents, each of a host with a public address. */
async function web<T>(documents: Record<string, string>, body: () => Promise<T>): Promise<T> {
  const { fetch } = globalThis;
  const { resolveDns } = Deno;
  const address = (_name: string, type: string) =>
    Promise.resolve(type === "A" ? ["93.184.216.34"] : []);
  globalThis.fetch = (url) => {
    const text = documents[String(url)];
    return Promise.resolve(new Response(text, { status: text === undefined ? 404 : 200 }));
  };
  Object.assign(Deno, { resolveDns: address });
  try {
    return await body();
  } finally {
    globalThis.fetch = fetch;
    Object.assign(Deno, { resolveDns });
  }
}

const extending = (parent: string) => `decant: 1\nname: n\nextends: ${parent}\n`;

Deno.test("what a document from elsewhere extends lies at hosts of the documents before it, not on this machine", async () => {
  const at = "https://far.example:8443";
  const documents = {
    [`${at}/a.yaml`]: extending("./parent.yaml"),
    [`${at}/parent.yaml`]: PARENT,
    [`${at}/inward.yaml`]: extending("https://localhost:1/x.yaml"),
    [`${at}/further.yaml`]: extending("https://other.example:8443/x.yaml"),
    [`${at}/loop.yaml`]: extending("./loop.yaml"),
  };
  const own = (name: string) => recipeFrom(extending(`${at}/${name}`), "/own.yaml", ops);
  await web(documents, async () => {
    const recipe = await own("a.yaml");
    assert.deepEqual(originOf(recipe)!.read, ["/own.yaml", `${at}/a.yaml`, `${at}/parent.yaml`]);
    await assert.rejects(own("inward.yaml"), {
      message: "`https://localhost:1/x.yaml` is on this machine",
    });
    await assert.rejects(own("further.yaml"), {
      message: "`https://other.example:8443/x.yaml` asks port 8443, " +
        "and a document from elsewhere names it",
    });
    await assert.rejects(own("loop.yaml"), /extends itself/);
    await assert.rejects(
      recipeFrom(documents[`${at}/inward.yaml`]!, `${at}/inward.yaml`, ops),
      { message: "`https://localhost:1/x.yaml` is on this machine" },
    );
    const same = await loadRecipe(`${at}/parent.yaml`, ops);
    assert.deepEqual(originOf(same)!.read, [`${at}/parent.yaml`]);
    const beside = await recipeFrom(documents[`${at}/a.yaml`]!, `${at}/a.yaml`, ops);
    assert.deepEqual(originOf(beside)!.read, [`${at}/a.yaml`, `${at}/parent.yaml`]);
  });
});

Deno.test("offline no parent is fetched, and a trusted host may be asked at any port", async () => {
  const text = "https://far.example/a.yaml";
  await web({ [text]: PARENT }, async () => {
    await assert.rejects(
      recipeFrom(extending(text), "/own.yaml", ops, { offline: true }),
      /would have to be fetched, and this is offline/,
    );
    await assert.rejects(loadRecipe(text, ops, { offline: true }), /this is offline/);
  });
  const other = "https://other.example:8443/x.yaml";
  const far = { "https://far.example/b.yaml": extending(other), [other]: PARENT };
  await web(far, async () => {
    const trustHosts = ["other.example"];
    const recipe = await loadRecipe("https://far.example/b.yaml", ops, { trustHosts });
    assert.deepEqual(originOf(recipe)!.read, ["https://far.example/b.yaml", other]);
  });
});
