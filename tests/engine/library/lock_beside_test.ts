import assert from "node:assert/strict";
import { DecantError } from "../../../engine/error.ts";
import {
  asLocked,
  besides,
  lockBeside,
  lockedSources,
  pinsOf,
  readLock,
  statedIn,
} from "../../../engine/library/lock_beside.ts";
import type { Lock } from "../../../engine/run/lock.ts";
import { recipeOf } from "../../../engine/library/open_recipe.ts";
import { originOf } from "../../../engine/library/runnable.ts";
import { opSet } from "../../../engine/op.ts";
import { load, recipe } from "../../../mod.ts";
import { fakeOps } from "../run/support/fake.ts";
import { withPackage } from "./registry.ts";

const sha256 = "0".repeat(64);
const lock: Lock = {
  format: 1,
  recipe: "flowers",
  numerics: 1,
  sources: [{ source: "./a.csv", sha256 }],
  steps: [],
};
const document =
  "decant: 1\nname: flowers\ndata: iris\nmodel: { use: mlp, hidden: [2], train: { epochs: 1 } }\n";

/** A folder with the recipe and perhaps a lock. */
async function folder(text?: string) {
  const path = await Deno.makeTempDir();
  await Deno.writeTextFile(`${path}/flowers.yaml`, document);
  if (text !== undefined) await Deno.writeTextFile(`${path}/flowers.lock.json`, text);
  return {
    path,
    recipe: () => load(`${path}/flowers.yaml`),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

const locked = (pattern: RegExp) => (error: unknown) =>
  error instanceof DecantError && error.code === "locked" &&
  pattern.test(`${error.message} (${error.help})`);

Deno.test("the sources that the lock beside a recipe holds are pinned, and without one none is", async () => {
  await using here = await folder(JSON.stringify(lock));
  assert.deepEqual(await lockedSources(await here.recipe()), new Map([["./a.csv", sha256]]));
  await using bare = await folder();
  assert.deepEqual(await lockedSources(await bare.recipe()), new Map());
  assert.deepEqual(pinsOf(undefined), new Map());
  await using broken = await folder("{");
  await assert.rejects(lockedSources(await broken.recipe()), locked(/is no lock: it is not JSON/));
});

Deno.test("a recipe that stands in no file has no lock beside it", async () => {
  const own = recipe({
    name: "own",
    data: "iris",
    model: { use: "mlp", hidden: [2], train: { epochs: 1 } },
  });
  assert.deepEqual(await lockedSources(own), new Map());
  assert.throws(
    () => besides(own),
    new RangeError("`own` stands in no file, so no lock can stand beside it"),
  );
  await using here = await folder();
  assert.equal(besides(await here.recipe()), `${here.path}/flowers.lock.json`);
});

Deno.test("a lock that is asked for must be there", async () => {
  await using here = await folder(JSON.stringify(lock));
  assert.deepEqual(await readLock(`${here.path}/flowers.lock.json`), lock);
  const gone = locked(/^there is no lock at .*gone \(decant lock RECIPE writes one\)$/);
  await assert.rejects(readLock(`${here.path}/gone`), gone);
});

Deno.test("by URL, a host that has no lock says so, and one that fails cannot tell", async () => {
  let status = 404;
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => status === 200 ? Response.json(lock) : new Response("no", { status }),
  );
  const url = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/a.lock.json`;
  try {
    for (const absent of [403, 404, 410]) {
      status = absent;
      await assert.rejects(readLock(url), locked(/^there is no lock at /));
    }
    status = 401;
    await assert.rejects(
      readLock(url),
      locked(/cannot be told: .*401.*\(try again; --offline asks for none\)/),
    );
    status = 200;
    assert.deepEqual(await readLock(url), lock);
  } finally {
    await server.shutdown();
  }
});

Deno.test("a recipe is taken as its lock was made, but what is set already goes before", async () => {
  await using here = await folder();
  const plain = await here.recipe();
  const path = `${here.path}/flowers.lock.json`;
  const settings = { "model.train.epochs": 3 };
  const epochs = (from: typeof plain) =>
    from.expand().steps.find(({ op }) => op === "train")!.params.epochs;
  assert.equal(asLocked(plain, lock, path), plain);
  assert.equal(epochs(asLocked(plain, { ...lock, settings }, path)), 3);
  const set = plain.with({ "model.train.epochs": 5 });
  assert.equal(epochs(asLocked(set, { ...lock, settings }, path)), 5);
});

Deno.test("a lock from elsewhere sets nothing in a recipe of this machine", async () => {
  await using here = await folder();
  const far = { ...lock, settings: { "model.train.epochs": 3 } };
  const plain = await here.recipe();
  assert.throws(
    () => asLocked(plain, far, "https://example.org/a.lock.json"),
    locked(
      /was made with model\.train\.epochs=3, and .*\(--set model\.train\.epochs=… says the same; or save/,
    ),
  );
  assert.equal(asLocked(plain, lock, "https://example.org/a.lock.json"), plain);
});

Deno.test("settings of a lock are set in its recipe but for those that are set already, each once", async () => {
  await using here = await folder();
  const plain = await here.recipe();
  const path = `${here.path}/flowers.lock.json`;
  const settings = { "model.train.epochs": 3, seed: 4 };
  const part = asLocked(plain.with({ seed: 9 }), { ...lock, settings }, path);
  assert.deepEqual([part.expand().seed, originOf(part)!.set], [9, {
    "model.train.epochs": 3,
    seed: 9,
  }]);
  const all = plain.with(settings);
  assert.equal(asLocked(all, { ...lock, settings }, path), all);
  assert.throws(() => asLocked(plain.with({ seed: 9 }), { ...lock, settings }, "https://x.org/a"), {
    message:
      "the lock at https://x.org/a was made with model.train.epochs=3, and a lock from elsewhere " +
      "sets nothing in a recipe of this machine",
    help: "--set model.train.epochs=… says the same; or save the lock here if you trust it",
  });
});

Deno.test("by URL the lock is asked for where the recipe names sources, and not offline; who cannot say has none", async () => {
  const ops = opSet(Object.values(fakeOps()));
  const asked: string[] = [];
  let status = 200;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
    asked.push(new URL(url).pathname);
    return status === 200 ? Response.json(lock) : new Response("no", { status });
  });
  const base = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/`;
  const reading = { op: "file", as: "one", from: "./n.txt" };
  const steps = [reading];
  try {
    const read = recipeOf({ name: "r", steps }, base, ops, `${base}r.yaml`);
    const without = recipeOf(
      { name: "r", steps: [{ op: "constant", as: "one", value: 1 }] },
      base,
      ops,
      `${base}r.yaml`,
    );
    assert.equal((await lockedSources(read)).size, 1);
    assert.deepEqual(asked.splice(0), ["/r.lock.json"]);
    assert.equal((await lockedSources(without)).size, 0);
    assert.equal((await lockedSources(read, { offline: true })).size, 0);
    assert.deepEqual(asked, []);
    status = 404;
    assert.equal((await lockedSources(read)).size, 0);
    status = 418;
    await assert.rejects(
      lockedSources(read),
      locked(/^whether a lock stands beside the recipe cannot be told: .*418/),
    );
  } finally {
    await server.shutdown();
  }
  const gone = recipeOf({ name: "r", steps }, base, ops, `${base}r.yaml`);
  assert.equal((await lockedSources(gone)).size, 0, "nobody answers");
});

Deno.test("a lock that may be large is read, a folder in its place is an error", async () => {
  await using here = await folder();
  const large = { ...lock, sources: [{ source: "x".repeat((1 << 20) + 1), sha256 }] };
  await Deno.writeTextFile(`${here.path}/flowers.lock.json`, JSON.stringify(large));
  assert.equal((await lockedSources(await here.recipe())).size, 1);
  await Deno.remove(`${here.path}/flowers.lock.json`);
  await Deno.mkdir(`${here.path}/flowers.lock.json`);
  await assert.rejects(
    lockedSources(await here.recipe()),
    (error) => !(error instanceof DecantError),
  );
});

Deno.test({
  name: "where Deno may not look beside a recipe there is no lock",
  permissions: { read: false },
  async fn() {
    await assert.rejects(
      readLock("/etc/a.lock.json"),
      locked(/^there is no lock at \/etc\/a\.lock\.json /),
    );
  },
});

Deno.test("the lock of a recipe in a package lies in the package, or there is none", async () => {
  const ops = opSet(Object.values(fakeOps()));
  const steps = [{ op: "file", as: "one", from: "./n.txt" }];
  const at = (name: string) =>
    recipeOf({ name: "r", steps }, "npm:data@1.0.0/", ops, `npm:data@1.0.0/${name}.yaml`);
  await withPackage(
    { "r.yaml": "", "r.lock.json": JSON.stringify(lock), "s.yaml": "" },
    async () => {
      assert.deepEqual(await lockedSources(at("r")), new Map([["./a.csv", sha256]]));
      assert.deepEqual(await lockedSources(at("s")), new Map());
      assert.deepEqual(await readLock("npm:data@1.0.0/r.lock.json"), lock);
      const signal = AbortSignal.abort(new Error("stopped"));
      await assert.rejects(readLock("npm:data@1.0.0/r.lock.json", { signal }), /stopped/);
    },
  );
});

Deno.test("a lock tells what stands beside sources, and not what their files say", async () => {
  const beside = { in: "package.json", says: { license: "MIT" } };
  const own = { in: "its files", says: { license: "BSD" } };
  const source = "npm:a@1.0.0/b";
  const full = { ...lock, sources: [...lock.sources, { source, sha256, stated: [beside, own] }] };
  await using here = await folder(JSON.stringify(full));
  const found = await lockBeside(await here.recipe());
  assert.deepEqual(found, full);
  assert.deepEqual(statedIn(found), new Map([["./a.csv", []], [source, [beside]]]));
  assert.deepEqual(statedIn(undefined), new Map());
});
