import assert from "node:assert/strict";
import { planCommand } from "../../../engine/cli/plan_command.ts";
import { commandLine } from "../../../engine/cli/command_line.ts";
import type { Terminal } from "../../../engine/cli/terminal.ts";
import { isNativePlatform } from "../../../engine/tensor/native/needs.ts";
import { opSet } from "../../../engine/op.ts";
import { fakeOps } from "../run/support/fake.ts";
import { freePort } from "../run/queue/free_port.ts";
import { redisServer, startRedis } from "../run/queue/redis.ts";
import { cacheServer } from "../store/shared/server.ts";
import { setVariable } from "../../variable.ts";
import { NUMBERS, SEARCH, typing } from "./typed.ts";

const CACHE = ["--cache", "DIR/cache"];

Deno.test("a plan says what a run would do, step by step, and which permissions it needs", async () => {
  await using here = await typing();
  const { code, out } = await here.decant("plan", "DIR/a.yaml", ...CACHE);
  assert.equal(code, 0);
  assert.match(out, /^numbers {2}seed 0\n/);
  assert.match(out, /^one +constant +▸ run/m);
  assert.match(out, /^more +add +\? waits for one/m);
  assert.match(out, /^3 steps: 0 recorded, 1 would run, 2 unknown until then\.$/m);
  assert.match(out, /\.\ncomputes with \S.*\nneeds --allow-read=/);
  const native = out.slice(out.indexOf("\n", out.indexOf("\nneeds ") + 1) + 1);
  const needed = /^with native kernels, which end Deno's sandbox, needs .* --allow-ffi=\S+\n$/;
  assert.match(native, isNativePlatform() ? needed : /^$/);
  assert.equal(planCommand.name, "plan");
});

Deno.test("as JSON every step has its state and what is known of it", async () => {
  await using here = await typing();
  await here.decant("run", "DIR/a.yaml", "--quiet", ...CACHE, "--out", "DIR/out");
  const plan = JSON.parse((await here.decant("plan", "DIR/a.yaml", "--json", ...CACHE)).out);
  assert.deepEqual([plan.format, plan.recipe, plan.ok, plan.problems], [1, "numbers", true, []]);
  for (const step of plan.steps) {
    assert.equal(step.state, "hit");
    assert.ok(step.seconds >= 0 && step.recorded.length > 10 && step.artifact.bytes > 0);
  }
  assert.ok(plan.flags.some((flag: string) => flag.startsWith("--allow-write=")));
});

Deno.test("a source that is not there is a problem of the plan, which says so with its exit code", async () => {
  const text = NUMBERS.replace(
    "op: constant, as: one, value: 1",
    "op: file, as: one, from: ./gone",
  );
  await using here = await typing({ "a.yaml": text });
  const { code, err } = await here.decant("plan", "DIR/a.yaml", ...CACHE);
  assert.equal(code, 2);
  assert.match(err, /`\.\/gone` is not there/);
  const { ok, problems } = JSON.parse(
    (await here.decant("plan", "DIR/a.yaml", "--json", ...CACHE)).out,
  );
  assert.deepEqual([ok, problems.length], [false, 1]);
});

Deno.test("a plan is told to the letter, and needs the files that a run would read and write", async () => {
  await using here = await typing({ "a.yaml": NUMBERS, "s.yaml": SEARCH });
  assert.deepEqual(await here.decant("plan", "DIR/a.yaml", "--kernels", "wasm", ...CACHE), {
    code: 0,
    err: "",
    out: `numbers  seed 0
step       op                          parameters  MACs  bytes  seconds
one        constant  ▸ run
more       add       ? waits for one
more-test  evaluate  ? waits for more
3 steps: 0 recorded, 1 would run, 2 unknown until then.
computes with WebAssembly kernels
needs --allow-read=DIR/a.yaml,DIR/cache,out/numbers --allow-write=DIR/cache,out/numbers --allow-sys=hostname,cpus
`,
  });
  const searched = (await here.decant("plan", "DIR/s.yaml", ...CACHE)).out;
  assert.ok(
    searched.startsWith(
      "search  seed 0\n  minimize one.bytes\n  grid over x, 3 points: at most 2 trials\n  trial 1  x=1\n",
    ),
    searched,
  );
  const { search, ...rest } = JSON.parse(
    (await here.decant("plan", "DIR/s.yaml", "--json", "--kernels", "wasm", ...CACHE)).out,
  );
  assert.deepEqual(search.ahead, [{ x: 1 }, { x: 2 }]);
  assert.deepEqual([search.budget, search.ended, search.winner], [
    { trials: 2 },
    "interrupted",
    null,
  ]);
  assert.deepEqual(Object.keys(rest), [
    "format",
    "recipe",
    "ok",
    "steps",
    "kernels",
    "flags",
    "problems",
  ]);
  assert.deepEqual(rest.steps[1], {
    name: "one-test",
    op: "evaluate",
    state: "unknown",
    waits: "one",
  });
  assert.deepEqual(Object.keys(rest.steps[0]), ["name", "op", "state", "key"]);
});

Deno.test("a plan reads the lock beside a recipe that holds its sources, and what threads import for readers", async () => {
  const reading = NUMBERS.replace(
    "op: constant, as: one, value: 1",
    "op: file, as: one, from: ./n.txt",
  );
  await using here = await typing({ "a.yaml": reading, "n.txt": "1" });
  const needs = async () =>
    /needs --allow-read=(\S*)/.exec((await here.decant("plan", "DIR/a.yaml", ...CACHE)).out)![1]!
      .split(",");
  const before = await needs();
  assert.ok(before.includes("DIR/n.txt") && !before.includes("DIR/a.lock.json"), before.join());
  await here.decant("run", "DIR/a.yaml", "--quiet", ...CACHE, "--out", "DIR/out");
  await here.decant("lock", "DIR/a.yaml", ...CACHE);
  const after = await needs();
  assert.deepEqual(after, [before[0]!, "DIR/a.lock.json", ...before.slice(1)]);
  assert.match(before[1]!, /\/$/, "the folder of the modules");
});

Deno.test({
  name:
    "on a queue a plan says who is there and what would be asked of whom, by option and by variable alike",
  ignore: redisServer === undefined,
  async fn() {
    await using redis = await startRedis({ words: ["--requirepass", "geheim"] });
    await using server = cacheServer();
    await using here = await typing();
    using _key = { [Symbol.dispose]: setVariable("XDG_CONFIG_HOME", `${here.path}/config`) };
    await here.decant("key", "new", "anna");
    const store = ["--store", server.address];
    const until = ["run", "DIR/a.yaml", "--until", "one", "--quiet", "--out", "DIR/out"];
    await here.decant(...until, "--cache", "DIR/other", ...store, "--store-write");
    const url = redis.url.replace("//", "//:geheim@");
    const words = ["plan", "DIR/a.yaml", ...CACHE, ...store];
    const { code, out, err } = await here.decant(...words, "--queue", url);
    assert.equal(code, 0, err);
    const there = `queue ${redis.url}: 0 workers of this version\n` +
      "  recalled: 0 from the cache, 1 from stores\n" +
      "  for workers: 1 at once, then 1 that wait for others, unless they are recorded\n  here: 0\n";
    assert.ok(out.includes(`unknown until then.\n${there}computes with `), out);
    const hosts = [new URL(server.address).host, `127.0.0.1:${redis.port}`].sort().join();
    assert.ok(out.includes(` --allow-net=${hosts} `), out);
    assert.ok(!(out + err).includes("geheim") && !out.includes("DECANT_QUEUE"));
    using _queue = { [Symbol.dispose]: setVariable("DECANT_QUEUE", url) };
    const document = JSON.parse((await here.decant(...words, "--json")).out);
    const steps = { cached: 0, fetched: 1, asked: 1, later: 1, here: 0 };
    const { name, ...queue } = document.queue;
    assert.deepEqual(queue, { address: redis.url, steps, workers: 0, others: 0 });
    assert.match(name, /^n\d+-[0-9a-f]{12}$/);
    assert.ok(document.flags.some((flag: string) => /^--allow-env=.*\bDECANT_QUEUE\b/.test(flag)));
  },
});

Deno.test("a plan stands where its queue cannot be reached, and is refused where the run would be", async () => {
  await using here = await typing();
  using _key = { [Symbol.dispose]: setVariable("XDG_CONFIG_HOME", `${here.path}/config`) };
  const queue = ["--queue", `redis://anna:geheim@127.0.0.1:${freePort()}`];
  const words = ["plan", "DIR/a.yaml", ...CACHE, ...queue];
  const alone = await here.decant(...words);
  assert.deepEqual([alone.code, alone.out], [2, ""]);
  assert.match(alone.err, /a queue needs a store that its workers share/);
  await using server = cacheServer();
  const { code, out, err } = await here.decant(...words, "--store", server.address);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(
    out,
    /\nthe queue at redis:\/\/127\.0\.0\.1:\d+ cannot be reached: .*\n {2}recalled: 0/,
  );
  assert.ok(!out.includes("geheim"));
  const wrong = await here.decant("plan", "DIR/a.yaml", ...CACHE, "--queue", "http://a:geheim@h");
  assert.deepEqual([wrong.code, wrong.err.includes("geheim")], [2, false]);
});

Deno.test("a comma in a path leaves nothing to paste, and says why", async () => {
  await using here = await typing({ "a,b.yaml": NUMBERS });
  const { code, out } = await here.decant("plan", "DIR/a,b.yaml", ...CACHE);
  assert.equal(code, 0);
  assert.ok(out.endsWith("  help: rename what it names, or run with deno run -A\n"), out);
  // A long path is cut in the sentence.
  assert.match(
    out,
    /\nno flags can be printed: Deno would read the comma in "[^"]+" as the end of a path\n/,
  );
  const { flags, noFlags } = JSON.parse(
    (await here.decant("plan", "DIR/a,b.yaml", "--json", ...CACHE)).out,
  );
  assert.deepEqual([flags, /^no flags can be printed/.test(noFlags)], [[], true]);
});

Deno.test({
  name: "what a plan would have to fetch must be allowed, what is known need not",
  permissions: { read: true, write: true, env: true, sys: true, net: false },
  async fn() {
    const from = (source: string) =>
      NUMBERS.replace("op: constant, as: one, value: 1", `op: file, as: one, from: "${source}"`);
    const url = "https://example.org/n.txt";
    await using here = await typing({
      "a.yaml": from(url),
      "b.yaml": from(`${url}#sha256=${"0".repeat(64)}`),
      "c.yaml": from("npm:data@1.0.0/n.txt"),
    });
    const refused = await here.decant("plan", "DIR/a.yaml", ...CACHE);
    assert.deepEqual([refused.code, refused.out], [2, ""]);
    const help =
      /^decant: Deno does not allow this plan to fetch from `example\.org`\n {5}help: add --allow-read=DIR\/a\.yaml,\S+ --allow-write=DIR\/cache,out\/numbers --allow-net=\S*example\.org\S* --allow-sys=hostname,cpus\n$/;
    assert.match(refused.err, help);
    const words = [["DIR/a.yaml", "--offline"], ["DIR/b.yaml"], ["DIR/c.yaml"]];
    for (const each of words) {
      const { err } = await here.decant("plan", ...each, ...CACHE);
      assert.doesNotMatch(err, /does not allow this plan/, each.join(" "));
    }
    const lock = {
      format: 1,
      recipe: "r",
      numerics: 1,
      sources: [{ source: url, sha256: "0".repeat(64) }],
      steps: [],
    };
    await Deno.writeTextFile(`${here.path}/a.lock.json`, JSON.stringify(lock));
    assert.doesNotMatch(
      (await here.decant("plan", "DIR/a.yaml", ...CACHE)).err,
      /does not allow this plan/,
    );
  },
});

Deno.test({
  name: "where not even the recipe may be read a plan says what that takes",
  permissions: { read: false, env: true, sys: true },
  async fn() {
    const said = { out: "", err: "" };
    const terminal = {
      out: (text: string) => void (said.out += text),
      err: (text: string) => void (said.err += text),
    } as Terminal;
    const ops = opSet(Object.values(fakeOps()));
    const words = ["plan", "/there/a.yaml#sha256=00", "--cache", "/there/c"];
    assert.equal(await commandLine(words, { ops, terminal }), 2);
    assert.deepEqual(said, {
      out: "",
      err: "decant: Deno does not allow a plan to read `/there/a.yaml`, `/there/c`\n" +
        "     help: add --allow-read=/there/a.yaml,/there/c --allow-write=/there/c --allow-sys=hostname,cpus; " +
        "then it says what the run needs besides\n",
    });
  },
});
