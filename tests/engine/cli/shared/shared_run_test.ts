import assert from "node:assert/strict";
import { setVariable } from "../../../variable.ts";
import { cacheServer } from "../../store/shared/server.ts";
import { typing } from "../typed.ts";

const SECRET = "a-secret-of-the-store";

/** Somebody with a key of his own, whose folder it is; the secret half of the key, too. */
async function withKey(here: Awaited<ReturnType<typeof typing>>, name: string) {
  const unset = setVariable("XDG_CONFIG_HOME", `${here.path}/config-${name}`);
  const shown = (await here.decant("key", "new", name)).out.trim();
  const secret = (await Deno.readTextFile(`${here.path}/config-${name}/decant/key`)).split(":")[1]!;
  return { shown, secret: secret.trim(), [Symbol.dispose]: unset };
}

/** The text of every file below a folder. */
async function* texts(folder: string): AsyncGenerator<{ path: string; text: string }> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* texts(path);
    else yield { path, text: await Deno.readTextFile(path) };
  }
}

/** A folder whose commands name a store that asks who they are. */
async function sharingAt(address: string) {
  const here = await typing();
  await Deno.writeTextFile(`${here.path}/secrets`, `${address} bearer ${SECRET}\n`);
  await Deno.chmod(`${here.path}/secrets`, 0o600);
  const store = ["--store", address, "--store-credentials", "DIR/secrets"];
  const run = (cache: string, ...words: string[]) => {
    const where = ["--cache", `DIR/${cache}`, "--out", `DIR/out-${cache}`];
    return here.decant("run", "DIR/a.yaml", ...where, ...store, ...words);
  };
  const lock = (cache: string) => Deno.readTextFile(`${here.path}/out-${cache}/recipe.lock.json`);
  return { ...here, store, run, lock };
}

Deno.test("two caches that share a store come to one lock, and the second runs nothing", async () => {
  await using server = cacheServer({ authorization: `Bearer ${SECRET}` });
  await using here = await sharingAt(server.address);
  using _user = await withKey(here, "anna");
  const first = await here.run("one", "--store-write");
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /\n3 of 3 steps ran in /);
  const plan = ["plan", "DIR/a.yaml", "--cache", "DIR/two", ...here.store, "--json"];
  const planned = await here.decant(...plan);
  const { steps, flags } = JSON.parse(planned.out);
  assert.deepEqual(steps.map(({ state }: { state: string }) => state), ["hit", "hit", "hit"]);
  const { host } = new URL(server.address);
  assert.ok(flags.includes(`--allow-net=${host}`), flags.join(" "));
  assert.ok(flags[0].includes("DIR/secrets"), flags.join(" "));
  const explained = await here.decant("explain", "DIR/a.yaml", "--cache", "DIR/two", ...here.store);
  assert.match(explained.out, /^= one: recorded /);
  const second = await here.run("two", "--jobs", "2");
  assert.equal(second.code, 0, second.err);
  assert.match(second.out, /\n0 of 3 steps ran in /);
  assert.equal(await here.lock("two"), await here.lock("one"));
  // What came of the store is in the cache: without one, nothing runs either.
  const alone = ["run", "DIR/a.yaml", "--cache", "DIR/two", "--out", "DIR/out-three"];
  assert.match((await here.decant(...alone)).out, /\n0 of 3 steps ran in /);
  assert.equal(await here.lock("three"), await here.lock("one"));
});

Deno.test("no secret of a store is in anything that is printed, written or published", async () => {
  await using server = cacheServer({ authorization: `Bearer ${SECRET}` });
  await using here = await sharingAt(server.address);
  using user = await withKey(here, "anna");
  const said = [await here.run("one", "--store-write"), await here.run("two", "--json")];
  server.state.fault = () => new Response(SECRET, { status: 500, statusText: "no" });
  said.push(await here.run("three"));
  await Deno.writeTextFile(`${here.path}/secrets`, `${server.address} bearer other-${SECRET}\n`);
  said.push(await here.run("four"));
  assert.match(said[3]!.err, /note: .*answered 401/);
  for (const { code, out, err } of said) {
    assert.equal(code, 0);
    assert.ok(!`${out}${err}`.includes(SECRET));
  }
  let files = 0;
  for await (const { path, text } of texts(here.path)) {
    if (path !== `${here.path}/secrets`) assert.ok(!text.includes(SECRET), path);
    if (!path.endsWith("/decant/key")) assert.ok(!text.includes(user.secret), path);
    files++;
  }
  assert.ok(files > 20);
  for (const bytes of server.entries.values()) {
    const text = new TextDecoder().decode(bytes);
    assert.ok(!text.includes(SECRET) && !text.includes(user.secret));
  }
  assert.ok(server.asked.some(({ authorization }) => authorization === `Bearer ${SECRET}`));
});

Deno.test("a store that is down, or lies, costs a sentence and a run; offline none is asked", async () => {
  await using server = cacheServer();
  await using here = await typing();
  using _user = await withKey(here, "anna");
  const run = (cache: string, ...words: string[]) =>
    here.decant("run", "DIR/a.yaml", "--cache", `DIR/${cache}`, "--out", `DIR/out-${cache}`, ...[
      "--store",
      server.address,
      ...words,
    ]);
  await run("one", "--store-write");
  for (const [path, bytes] of server.entries) {
    if (path.startsWith("/ac/")) server.entries.set(path, bytes.map((byte) => byte ^ 1));
  }
  const lied = await run("two");
  assert.match(lied.out, /\n3 of 3 steps ran in /);
  const first = JSON.parse((await run("two", "--json")).out).steps[0].key;
  assert.ok(lied.err.includes(`\`${server.address}/ac/${first}\` is no record of its key`));
  server.asked.length = 0;
  assert.match((await run("three", "--offline")).out, /\n3 of 3 steps ran in /);
  assert.equal(server.asked.length, 0);
  const lock = async (cache: string) =>
    await Deno.readTextFile(`${here.path}/out-${cache}/recipe.lock.json`);
  assert.deepEqual([await lock("two"), await lock("three")], [
    await lock("one"),
    await lock("one"),
  ]);
});

Deno.test("a recipe is made anew by verify whatever the environment shares", async () => {
  await using server = cacheServer();
  await using here = await typing();
  using _user = await withKey(here, "anna");
  const run = ["run", "DIR/a.yaml", "--cache", "DIR/one", "--out", "DIR/out", "--quiet"];
  await here.decant(...run, "--store", server.address, "--store-write");
  await here.decant("lock", "DIR/a.yaml", "--cache", "DIR/two", "--store", server.address);
  server.asked.length = 0;
  const unset = setVariable("DECANT_STORE", server.address);
  try {
    const { code, out } = await here.decant("verify", "DIR/a.yaml");
    assert.equal(code, 0);
    assert.match(out, /Identical: all 3 steps/);
    assert.equal(server.asked.length, 0);
    const other = ["run", "DIR/a.yaml", "--cache", "DIR/three", "--out", "DIR/out-three"];
    assert.match((await here.decant(...other)).out, /\n0 of 3 steps ran in /);
    const plan = await here.decant("plan", "DIR/a.yaml", "--cache", "DIR/four", "--json");
    const { flags } = JSON.parse(plan.out);
    assert.match(flags.join(" "), /--allow-env=DECANT_STORE,XDG_CONFIG_HOME/);
  } finally {
    unset();
  }
});

Deno.test("records of others are hits where their key is trusted, and only as long as it is", async () => {
  await using server = cacheServer();
  await using here = await typing();
  const run = async (cache: string, ...words: string[]) => {
    const where = ["--cache", `DIR/${cache}`, "--out", `DIR/out-${cache}`];
    const { out, err, code } = await here.decant("run", "DIR/a.yaml", ...where, ...words);
    assert.equal(code, 0, err);
    return { ran: Number(/\n(\d) of 3 steps ran/.exec(out)![1]), err };
  };
  const store = ["--store", server.address];
  let anna = "";
  {
    using user = await withKey(here, "anna");
    anna = user.shown;
    assert.equal((await run("one", ...store, "--store-write")).ran, 3);
  }
  using _ben = await withKey(here, "ben");
  const stranger = await run("two", ...store);
  assert.equal(stranger.ran, 3);
  const hit = "it is no hit; --trust KEY makes such records hits";
  assert.ok(
    stranger.err.includes(`has a record signed by ${anna}, which is not trusted: ${hit}\n`),
    stranger.err,
  );
  const explain = ["explain", "DIR/a.yaml", "--cache", "DIR/three", ...store];
  const hint = (await here.decant(...explain)).out;
  assert.match(
    hint,
    /^\u25b8 one runs: no constant is recorded\n {4}hint: .* has a record signed by/,
  );
  assert.match((await here.decant(...explain, "--trust", anna)).out, /^= one: recorded /);
  assert.equal((await run("three", ...store, "--trust", anna)).ran, 0);
  assert.equal((await run("three", "--trust", anna)).ran, 0);
  // Who is trusted no more has signed nothing: what is made here takes the place of it.
  assert.equal((await run("three")).ran, 3);
  assert.equal((await run("three")).ran, 0);
  assert.match((await here.decant("cache", "verify", "--cache", "DIR/three")).out, /3 records/);
  const wrong = await here.decant("run", "DIR/a.yaml", "--trust", "anna");
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
});

Deno.test("nothing is published without a key", async () => {
  await using server = cacheServer();
  await using here = await typing();
  const unset = setVariable("XDG_CONFIG_HOME", `${here.path}/none`);
  try {
    const words = ["run", "DIR/a.yaml", "--cache", "DIR/one", "--store", server.address];
    const { code, err } = await here.decant(...words, "--store-write");
    assert.equal(code, 2);
    assert.match(err, /^decant: what is published is signed, and there is no key to sign it with/m);
    assert.equal(server.asked.length, 0);
  } finally {
    unset();
  }
});
