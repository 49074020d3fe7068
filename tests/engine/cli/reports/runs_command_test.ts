import assert from "node:assert/strict";
import { runsCommand } from "../../../../engine/cli/reports/runs_command.ts";
import { typing } from "../typed.ts";

const numbers = (name: string, value: number, more = "") =>
  `decant: 1
name: ${name}
steps:
  - { op: constant, as: one, value: ${value} }
  - { op: evaluate, as: one-test, model: one }
${more}`;

const files = {
  "a.yaml": numbers("first", 1),
  "b.yaml": numbers("second", 2, "expect: [one.parameters >= 9000]\n"),
};

/** A folder in which both recipes were run, the second later. */
async function ranTwice() {
  const here = await typing(files);
  await here.decant("run", "DIR/a.yaml", "--cache", "DIR/cache", "--out", "DIR/out/a", "--quiet");
  await here.decant("run", "DIR/b.yaml", "--cache", "DIR/cache", "--out", "DIR/out/b/b", "--quiet");
  return here;
}

Deno.test("runs are listed with what became of them, the last one first", async () => {
  await using here = await ranTwice();
  assert.equal(runsCommand.name, "runs");
  const { code, out } = await here.decant("runs", "DIR/out/");
  assert.equal(code, 0);
  const [head, second, first, note, ...rest] = out.trimEnd().split("\n");
  assert.match(head!, /^run +recipe +began +took +ended +result +quality +bytes$/);
  assert.match(
    second!,
    /out\/b\/b +second +20\d\d-\d\d-\d\d \d\d:\d\d .* expectation not met +one /,
  );
  assert.match(first!, /out\/a +first +20.* well +one /);
  assert.deepEqual([note, rest], ["  began: UTC.", []]);
});

Deno.test("as JSON each run has its folder, its figures and its problems", async () => {
  await using here = await ranTwice();
  const { format, runs } = JSON.parse((await here.decant("runs", "DIR/out", "--json")).out);
  assert.equal(format, 1);
  assert.deepEqual(runs.map(({ recipe, ok }: { recipe: string; ok: boolean }) => [recipe, ok]), [
    ["second", false],
    ["first", true],
  ]);
  assert.equal(runs[1].folder, "DIR/out/a");
  assert.equal(runs[1].result.name, "one");
  assert.equal(runs[1].result.parameters, 1000);
  assert.deepEqual(runs[1].problems, []);
});

Deno.test("what is no report is passed over, folders are looked into three deep", async () => {
  await using here = await ranTwice();
  await Deno.mkdir(`${here.path}/deep/1/2/3/4`, { recursive: true });
  const report = await Deno.readTextFile(`${here.path}/out/a/report.json`);
  await Deno.writeTextFile(`${here.path}/deep/1/2/3/report.json`, report);
  await Deno.writeTextFile(`${here.path}/deep/1/2/3/4/report.json`, report);
  await Deno.writeTextFile(`${here.path}/deep/1/report.json`, "{}");
  await Deno.writeTextFile(`${here.path}/deep/report.json`, "no JSON");
  const { out } = await here.decant("runs", "DIR/deep", "--json");
  const folders = JSON.parse(out).runs.map(({ folder }: { folder: string }) => folder);
  assert.deepEqual(folders, ["DIR/deep/1/2/3"]);
});

Deno.test("a folder without reports is said to have none, one that is not there is a mistake", async () => {
  await using here = await typing(files);
  const none = await here.decant("runs", "DIR");
  assert.deepEqual([none.code, none.out], [0, ""]);
  assert.match(none.err, /^no run has left a report in /);
  for (const path of ["DIR/nowhere", "DIR/a.yaml"]) {
    const { code, err } = await here.decant("runs", path);
    assert.equal(code, 2);
    assert.match(err, /there is no folder .*\n +help: name a folder in which runs wrote/);
  }
});

Deno.test("what a run did not come to is a dash, and the last model stands for a result that is not there", async () => {
  await using here = await ranTwice();
  const report = JSON.parse(await Deno.readTextFile(`${here.path}/out/a/report.json`));
  const problem = { code: "step-failed", message: "no", place: { path: "" } };
  const model = { name: "one", metrics: {} };
  const bytes = { raw: 4000, encoded: 2500, gzip: 900, format: "tfjs" };
  const reports = {
    a: { ok: false, models: [], result: null, problems: [problem], seconds: 90 },
    b: { models: [{ ...model, accuracy: 0.5 }, { ...model, name: "two", bytes }], result: null },
    c: { models: [{ ...model, accuracy: 0.75 }, { ...model, name: "two" }], result: "one" },
  };
  for (const [name, more] of Object.entries(reports)) {
    await Deno.mkdir(`${here.path}/many/${name}`, { recursive: true });
    const settings = name === "c" ? { settings: { "x.y": 1 } } : {};
    const text = JSON.stringify({
      ...report,
      seconds: 2,
      date: `2026-01-0${name === "a" ? 1 : name === "b" ? 2 : 3}T04:05:06.000Z`,
      ...more,
      ...settings,
    });
    await Deno.writeTextFile(`${here.path}/many/${name}/report.json`, text);
  }
  const { out } = await here.decant("runs", "DIR/many");
  const rows = out.trimEnd().split("\n").map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(rows, [
    ["run", "recipe", "began", "took", "ended", "result", "quality", "bytes"],
    ["DIR/many/c", "first", "2026-01-03 04:05", "2.0 s", "well", "one", "75.0 % accuracy", "–"],
    ["DIR/many/b", "first", "2026-01-02 04:05", "2.0 s", "well", "two", "–", "2.50 kB"],
    ["DIR/many/a", "first", "2026-01-01 04:05", "1 min 30 s", "with problems", "–", "–", "–"],
    ["began: UTC."],
  ]);
  assert.match(out, /04:05 {7}2\.0 s {11}well/);
  const { runs } = JSON.parse((await here.decant("runs", "DIR/many", "--json")).out);
  const [c, b, a] = runs;
  assert.deepEqual([c.settings, c.quality, c.seconds, c.date], [
    { "x.y": 1 },
    { metric: "accuracy", value: 0.75 },
    2,
    "2026-01-03T04:05:06.000Z",
  ]);
  assert.deepEqual([b.quality, b.result.name, "settings" in b], [null, "two", false]);
  assert.deepEqual([a.quality, a.result, a.problems], [null, null, [problem]]);
});
