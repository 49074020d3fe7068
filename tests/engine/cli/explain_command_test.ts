import assert from "node:assert/strict";
import { explainCommand } from "../../../engine/cli/explain_command.ts";
import { setVariable } from "../../variable.ts";
import { cacheServer } from "../store/shared/server.ts";
import { NUMBERS, typing } from "./typed.ts";

const CACHE = ["--cache", "DIR/cache"];

Deno.test("without a record each step says that there is none, or for what it waits", async () => {
  await using here = await typing();
  const { code, out } = await here.decant("explain", "DIR/a.yaml", ...CACHE);
  assert.equal(code, 0);
  assert.equal(
    out,
    "▸ one runs: no constant is recorded\n? more waits for one: no add is recorded\n" +
      "? more-test waits for more: no evaluate is recorded\n",
  );
  assert.equal(explainCommand.name, "explain");
});

Deno.test("a recorded step says since when, a changed one what changed and where", async () => {
  await using here = await typing({
    "a.yaml": NUMBERS,
    "b.yaml": NUMBERS.replace("amount: 2", "amount: 3"),
  });
  await here.decant("run", "DIR/a.yaml", "--quiet", ...CACHE, "--out", "DIR/out");
  const same = (await here.decant("explain", "DIR/a.yaml", "one", ...CACHE)).out;
  assert.match(same, /^= one: recorded [-\d: ]+, saves \d/);
  const { out } = await here.decant("explain", "DIR/b.yaml", ...CACHE);
  assert.match(out, /▸ more runs \(against the record of /);
  assert.match(out, /^ {4}steps\.1\.amount 2 → 3 at DIR\/b\.yaml:5:/m);
  assert.match(out, /^\? more-test waits for more; recalled if that comes out as on /m);
  const { steps } = JSON.parse(
    (await here.decant("explain", "DIR/b.yaml", "more", "--json", ...CACHE)).out,
  );
  assert.equal(steps.length, 1);
  assert.deepEqual([steps[0].name, steps[0].state, steps[0].differences[0].now], [
    "more",
    "run",
    3,
  ]);
});

Deno.test("a step that is not there is a mistake, with those that are", async () => {
  await using here = await typing();
  const { code, err } = await here.decant("explain", "DIR/a.yaml", "none", ...CACHE);
  assert.equal(code, 2);
  assert.match(err, /the recipe has no step "none"/);
  assert.match(err, /the steps are one, more, more-test/);
});

Deno.test("what is explained is told as text to the letter, and as JSON field by field", async () => {
  await using here = await typing({
    "a.yaml": NUMBERS,
    "b.yaml": NUMBERS.replace("amount: 2", "amount: 3"),
    "c.yaml": NUMBERS.replace("amount: 2", "amount: 2, epochs: 4"),
    "d.yaml": NUMBERS.replace("amount: 2", "amount: 3, epochs: 4").replace("value: 1", "value: 2"),
  });
  await here.decant("run", "DIR/a.yaml", "--quiet", ...CACHE, "--out", "DIR/out");
  const explained = async (...words: string[]) =>
    (await here.decant("explain", ...words, ...CACHE)).out.replace(
      /\d{4}-\d\d-\d\d \d\d:\d\d/g,
      "DAY",
    )
      .replace(/saves .* s$/gm, "saves 1 s");
  assert.equal(
    await explained("DIR/b.yaml"),
    `= one: recorded DAY, saves 1 s
▸ more runs (against the record of DAY)
    steps.1.amount 2 → 3 at DIR/b.yaml:5:47
? more-test waits for more; recalled if that comes out as on DAY
`,
  );
  assert.match(
    await explained("DIR/c.yaml", "more"),
    /\n {4}steps\.1\.epochs is new: 4 at DIR\/c\.yaml:5:\d+\n$/,
  );
  assert.equal(
    await explained("DIR/d.yaml"),
    `▸ one runs (against the record of DAY)
    steps.0.value 1 → 2 at DIR/d.yaml:4:37
? more waits for one (against the record of DAY)
    steps.1.amount 2 → 3 at DIR/d.yaml:5:47
    steps.1.epochs is new: 4 at DIR/d.yaml:5:58
? more-test waits for more; recalled if that comes out as on DAY
`,
  );
  const json = (await here.decant("explain", "DIR/b.yaml", "--json", ...CACHE)).out;
  const { format, steps } = JSON.parse(json);
  assert.equal(format, 1);
  assert.deepEqual(steps[1].differences, [{
    field: "steps.1.amount",
    before: 2,
    now: 3,
    place: { source: "DIR/b.yaml", line: 5, column: 47 },
  }]);
  assert.deepEqual(Object.keys(steps[1].nearest), [
    "artifact",
    "date",
    "host",
    "seconds",
    "threads",
  ]);
  assert.deepEqual(
    steps.map(({ name, op, state, waits }: Record<string, string>) => [name, op, state, waits]),
    [["one", "constant", "hit", undefined], ["more", "add", "run", undefined], [
      "more-test",
      "evaluate",
      "unknown",
      "more",
    ]],
  );
  await here.decant("run", "DIR/c.yaml", "--quiet", ...CACHE, "--out", "DIR/out", "--force");
  assert.match(json, /^\{\n {2}"format": 1,/);
});

Deno.test("a digest that differs is shown by its beginning, and what is gone by what it was", async () => {
  const reading = NUMBERS.replace(
    "op: constant, as: one, value: 1",
    "op: file, as: one, from: ./n.txt",
  );
  await using here = await typing({ "a.yaml": reading, "n.txt": "1" });
  const run = () => here.decant("run", "DIR/a.yaml", "--quiet", ...CACHE, "--out", "DIR/out");
  await run();
  await Deno.writeTextFile(`${here.path}/n.txt`, "2");
  const { out } = await here.decant("explain", "DIR/a.yaml", "one", ...CACHE);
  assert.match(out, /^▸ one runs \(against the record of [^]*\n {4}.* [0-9a-f]{12} → [0-9a-f]{12}/);
  const text = (await Deno.readTextFile(`${here.path}/a.yaml`)).replace(
    "amount: 2",
    "amount: 2, epochs: 4",
  );
  await Deno.writeTextFile(`${here.path}/a.yaml`, text);
  await run();
  await Deno.writeTextFile(
    `${here.path}/a.yaml`,
    text.replace(", epochs: 4", "").replace("amount: 2", "amount: 3"),
  );
  assert.match(
    (await here.decant("explain", "DIR/a.yaml", "more", ...CACHE)).out,
    /steps\.\d\.amount 2 → 3 at .*[^]*epochs is gone: it was 4\n$/,
  );
});

Deno.test("a record of somebody who is not trusted is a hint, below all else that is said", async () => {
  await using server = cacheServer();
  await using here = await typing({
    "a.yaml": NUMBERS,
    "b.yaml": NUMBERS.replace("value: 1", "value: 2"),
  });
  const store = ["--store", server.address];
  const as = async (name: string) => {
    const unset = setVariable("XDG_CONFIG_HOME", `${here.path}/${name}`);
    await here.decant("key", "new", name);
    return { [Symbol.dispose]: unset };
  };
  {
    using _anna = await as("anna");
    const out = ["--out", "DIR/out", "--cache", "DIR/anna-cache"];
    await here.decant("run", "DIR/a.yaml", "--quiet", ...out, ...store, "--store-write");
  }
  using _ben = await as("ben");
  const explained = async (...words: string[]) =>
    (await here.decant("explain", "DIR/a.yaml", "one", ...CACHE, ...store, ...words)).out;
  const hint = /\n {4}hint: http:\S+ has a record signed by anna:\S+, which is not trusted\n$/;
  const bare = await explained();
  assert.match(bare, hint);
  assert.match(bare, /^▸ one runs: no constant is recorded\n {4}hint: /);
  await here.decant("run", "DIR/b.yaml", "--quiet", "--out", "DIR/out-b", ...CACHE);
  const near = await explained();
  assert.match(near, hint);
  assert.match(near, /\n {4}steps\.0\.value 2 → 1 at DIR\/a\.yaml:4:37\n {4}hint: /);
  const { steps: [one] } = JSON.parse(await explained("--json"));
  assert.match(one.hint, /^http:\S+ has a record signed by/);
});

Deno.test("of more than 1000 steps ten of an op and a state are explained, and the others counted", async () => {
  const steps = Array.from(
    { length: 1001 },
    (_, at) => `  - { op: constant, as: s${at}, value: 1 }`,
  );
  await using here = await typing({
    "a.yaml": `decant: 1\nname: many\nsteps:\n${steps.join("\n")}\n`,
  });
  const { out } = await here.decant("explain", "DIR/a.yaml", ...CACHE);
  assert.equal(out.split("\n").filter((line) => line.startsWith("▸ s")).length, 10);
  assert.match(out, /\n {2}and 991 more of `constant` that run\n$/);
  const one = await here.decant("explain", "DIR/a.yaml", "s1000", ...CACHE);
  assert.equal(one.out, "▸ s1000 runs: no constant is recorded\n");
});
