import assert from "node:assert/strict";
import { checkCommand } from "../../../engine/cli/check_command.ts";
import { ops } from "../../../mod.ts";
import { NUMBERS, SEARCH, typing } from "./typed.ts";

Deno.test("a sound recipe passes, a wrong one says where and what with its exit code", async () => {
  const wrong = NUMBERS.replace("number: one", "number: two");
  await using here = await typing({ "a.yaml": NUMBERS, "b.yaml": wrong });
  const sound = await here.decant("check", "DIR/a.yaml");
  assert.deepEqual([sound.code, sound.err], [0, ""]);
  const { code, err } = await here.decant("check", "DIR/b.yaml");
  assert.equal(code, 2);
  assert.match(err, /b\.yaml:5:/);
  assert.match(err, /there is no model `two` above this step/);
  assert.equal(checkCommand.name, "check");
});

const GONE = NUMBERS.replace("op: constant, as: one, value: 1", "op: file, as: one, from: ./gone");

Deno.test("as JSON a sound recipe has its steps and what is noted of it, and nothing on standard error", async () => {
  await using here = await typing({ "a.yaml": NUMBERS, "b.yaml": GONE });
  assert.deepEqual(await here.decant("check", "DIR/a.yaml", "--json"), {
    code: 0,
    out: '{"format":1,"recipe":"numbers","ok":true,"steps":3,"notes":[]}\n',
    err: "",
  });
  const { code, out, err } = await here.decant("check", "DIR/b.yaml", "--json");
  assert.deepEqual([code, err], [0, ""]);
  const { steps, notes } = JSON.parse(out);
  assert.deepEqual([steps, notes.length], [4, 1]);
  assert.deepEqual([notes[0].code, notes[0].severity, notes[0].message], [
    "source",
    "note",
    "`./gone` is not there: what it holds is checked when it runs",
  ]);
});

Deno.test("one line says how many steps there are, what a search may cost, and what is not there", async () => {
  const two = GONE.replace(
    "op: add, as: more, number: one, amount: 2",
    "op: file, as: more, from: ./lost",
  );
  await using here = await typing({
    "a.yaml": NUMBERS,
    "b.yaml": GONE,
    "c.yaml": two,
    "s.yaml": SEARCH,
  });
  const out = async (name: string) => (await here.decant("check", `DIR/${name}.yaml`)).out;
  assert.equal(await out("a"), "numbers: 3 steps, nothing wrong.\n");
  assert.equal(await out("b"), "numbers: 4 steps, nothing wrong but a source that is not there.\n");
  assert.match(await out("c"), /, nothing wrong but 2 sources that are not there\.\n$/);
  assert.equal(
    await out("s"),
    "search: grid over x, 3 points: at most 2 trials, of 2 steps each, nothing wrong.\n",
  );
});

Deno.test("steps that wait for what is not known yet are checked further while it runs, which is said", async () => {
  const text =
    "decant: 1\nname: local\nmodel: { from: net/model.json }\nprune: { granularity: channel, ratio: 0.5 }\n";
  await using here = await typing({ "a.yaml": text }, ops);
  const { out } = await here.decant("check", "DIR/a.yaml");
  const waiting =
    /nothing wrong but a source that is not there\. Checked further while it runs: (.*)\.\n$/.exec(
      out,
    );
  assert.deepEqual(waiting?.[1]?.split(", "), ["model-test", "pruned", "pruned-test"], out);
});
