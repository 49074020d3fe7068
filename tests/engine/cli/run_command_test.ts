import assert from "node:assert/strict";
import { runCommand } from "../../../engine/cli/run_command.ts";
import { NUMBERS, typing } from "./typed.ts";

/** A folder with recipes, and `decant run` in it. */
async function running(files?: Readonly<Record<string, string>>) {
  const here = await typing(files);
  const run = (...words: string[]) =>
    here.decant("run", "DIR/a.yaml", "--cache", "DIR/cache", "--out", "DIR/out", ...words);
  return { ...here, run };
}

Deno.test("what came of a run is printed with what was written; quiet says nothing else", async () => {
  await using here = await running();
  const { code, out, err } = await here.run("--quiet");
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^more .*92\.3/m);
  assert.match(
    out,
    /\nDIR\/out: report\.html report\.md report\.json recipe\.lock\.json\n3 of 3 steps ran in .*\n$/,
  );
  assert.match((await here.run()).err, /^numbers {2}seed 0 {2}· {2}3 steps\n {2}= one/);
});

Deno.test("a recorded step runs again where it is forced, one of them or all", async () => {
  await using here = await running();
  await here.run("--quiet");
  const ran = async (...words: string[]) => {
    const { steps } = JSON.parse((await here.run("--json", ...words)).out);
    return steps.flatMap(({ name, status }: Record<string, string>) =>
      status === "ran" ? [name] : []
    );
  };
  assert.deepEqual(await ran(), []);
  assert.equal(runCommand.options.force!.bare, "*");
  assert.deepEqual(await ran("--force=more"), ["more"]);
  assert.deepEqual(await ran("--force"), ["one", "more", "more-test"]);
});

Deno.test("until a step that and what it needs runs; a name that no step has is refused", async () => {
  await using here = await running();
  const { out } = await here.run("--json", "--until", "more");
  const { steps } = JSON.parse(out);
  assert.deepEqual(steps.map(({ name }: { name: string }) => name), ["one", "more"]);
  assert.match((await here.run("--quiet", "--until", "one")).out, /\n0 of 1 step ran in .*\n$/);
  for (
    const [words, option] of [[["--until", "nine"], "until"], [["--force=nine"], "force"]] as const
  ) {
    assert.deepEqual(await here.run(...words), {
      code: 2,
      out: "",
      err:
        `decant: --${option} names no step: "nine"\n     help: the steps are one, more, more-test\n`,
    });
  }
});

Deno.test("after a failure the rest is done where that is asked for", async () => {
  const text = `decant: 1
name: numbers
steps:
  - { op: constant, as: one, value: 1 }
  - { op: fail, as: lost, number: one }
  - { op: add, as: after, number: lost, amount: 1 }
  - { op: add, as: more, number: one, amount: 2 }
  - { op: evaluate, as: more-test, model: more }
`;
  await using here = await running({ "a.yaml": text });
  const statuses = async (...words: string[]) => {
    const { code, out } = await here.run("--json", ...words);
    const { steps } = JSON.parse(out);
    return [code, ...steps.map(({ status }: { status: string }) => status)];
  };
  assert.deepEqual(await statuses(), [1, "ran", "failed", "skipped", "skipped", "skipped"]);
  assert.deepEqual(await statuses("--keep-going"), [1, "hit", "failed", "skipped", "ran", "ran"]);
  const { out, err } = await here.run("--quiet");
  assert.match(
    err,
    /^DIR\/a\.yaml:5:5 {2}step-failed {2}`lost` failed: numbers are not everything\n$/,
  );
  assert.match(out, /1 failed\./);
});

Deno.test("as locked, a run says what was set for it, but not to the quiet", async () => {
  await using here = await running();
  const set = ["--set", "steps.1.amount=5"];
  await here.run("--quiet", ...set);
  await here.decant("lock", "DIR/a.yaml", "--cache", "DIR/cache", ...set);
  const said = "as locked, with steps.1.amount=5\n";
  const loud = await here.run("--locked");
  assert.equal(loud.code, 0);
  assert.ok(loud.err.startsWith(said), loud.err);
  assert.match(loud.out, /\n0 of 3 steps ran/);
  for (const word of ["--quiet", "--json"]) {
    assert.equal((await here.run("--locked", word)).err, "");
  }
  assert.ok(!(await here.run("--locked", ...set)).err.includes(said), "it is set already");
  const other = await here.run("--locked", "--quiet", "--set", "steps.1.amount=6");
  assert.equal(other.code, 4);
});

Deno.test("a folder is chosen by name and settings where none is given", async () => {
  await using here = await running({
    "a.yaml": NUMBERS.replace("numbers", "in-a-folder-of-tests"),
  });
  const before = Deno.cwd();
  Deno.chdir(here.path);
  try {
    const { out } = await here.decant("run", "a.yaml", "--quiet", "--cache", "cache");
    assert.match(out, /\nout\/in-a-folder-of-tests: report\.html/);
    const set = await here.decant(
      "run",
      "a.yaml",
      "--quiet",
      "--cache",
      "cache",
      "--set",
      "seed=3",
    );
    assert.match(set.out, /\nout\/in-a-folder-of-tests\+seed=3: report\.html/);
  } finally {
    Deno.chdir(before);
  }
});

Deno.test("a source by URL must be what the lock beside the recipe says, locked or not", async () => {
  let served = "5";
  const asked: string[] = [];
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async ({ url }) => {
      const { pathname } = new URL(url);
      asked.push(pathname);
      const file = `${here.path}${pathname}`;
      return new Response(pathname === "/n.txt" ? served : await Deno.readFile(file));
    },
  );
  const host = `http://127.0.0.1:${server.addr.port}`;
  const url = `${host}/n.txt`;
  const text = NUMBERS.replace(
    "op: constant, as: one, value: 1",
    `op: file, as: one, from: ${url}`,
  );
  await using here = await running({ "a.yaml": text });
  assert.equal((await here.run("--quiet")).code, 0);
  assert.equal((await here.decant("lock", "DIR/a.yaml", "--cache", "DIR/cache")).code, 0);
  served = "6";
  for (const words of [[], ["--locked"]]) {
    const elsewhere = ["--cache", "DIR/other", "--out", "DIR/out", "--quiet"];
    const { code, err } = await here.decant("run", "DIR/a.yaml", ...elsewhere, ...words);
    assert.equal(code, 4);
    assert.match(err, /is not what its pin says/);
  }
  asked.length = 0;
  const far = ["run", `${host}/a.yaml`, "--cache", "DIR/far", "--out", "DIR/out", "--quiet"];
  assert.equal((await here.decant(...far, "--locked")).code, 4);
  assert.deepEqual(asked, ["/a.yaml", "/a.lock.json", "/n.txt"], "each is asked for once");
});

Deno.test("a run that is refused before its first step says why, and has no table", async () => {
  const text = NUMBERS.replace(
    "op: constant, as: one, value: 1",
    "op: file, as: one, from: https://10.0.0.1/x",
  );
  await using here = await running({ "a.yaml": text });
  const { code, out, err } = await here.run("--quiet");
  assert.deepEqual([code, out], [4, ""]);
  assert.match(err, /^DIR\/a\.yaml:4:5 {2}untrusted {2}`https:\/\/10\.0\.0\.1\/x` is a private/);
});

Deno.test("a recipe that is found wrong as it runs is said, and has no report", async () => {
  const text = NUMBERS.replace(
    "op: constant, as: one, value: 1",
    "op: file, as: one, from: ./gone",
  );
  await using here = await running({ "a.yaml": text });
  const { code, out, err } = await here.run("--quiet");
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, /^DIR\/a\.yaml:4:\d+ {2}source {2}`\.\/gone` is not there/);
  const json = await here.run("--json");
  assert.equal(json.code, 2);
  const { format, ok, problems } = JSON.parse(json.out);
  assert.equal(json.out, `${JSON.stringify({ format, ok, problems }, null, 2)}\n`);
  assert.deepEqual([ok, problems.length], [false, 1]);
});
