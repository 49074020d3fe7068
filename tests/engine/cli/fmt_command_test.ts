import assert from "node:assert/strict";
import { fmtCommand } from "../../../engine/cli/fmt_command.ts";
import { typing } from "./typed.ts";

const LONG = `decant: 1
name: numbers
steps:
  - op: constant
    as: one
    value:   1
  - { op: evaluate, model: one }
`;

Deno.test("a recipe is written in its shorter spelling, and one that has it is left alone", async () => {
  await using here = await typing({ "a.yaml": LONG });
  assert.deepEqual(await here.decant("fmt", "DIR/a.yaml"), {
    code: 0,
    out: "DIR/a.yaml is written anew.\n",
    err: "",
  });
  const written = await Deno.readTextFile(`${here.path}/a.yaml`);
  assert.notEqual(written, LONG);
  const { mtime } = await Deno.stat(`${here.path}/a.yaml`);
  assert.equal((await here.decant("fmt", "DIR/a.yaml")).out, "DIR/a.yaml is as it should be.\n");
  assert.deepEqual((await Deno.stat(`${here.path}/a.yaml`)).mtime, mtime);
  assert.equal(fmtCommand.name, "fmt");
});

Deno.test("--check changes nothing, and its exit code says whether it would", async () => {
  await using here = await typing({ "a.yaml": LONG });
  const check = () => here.decant("fmt", "--check", "DIR/a.yaml");
  assert.deepEqual(await check(), { code: 2, out: "DIR/a.yaml is not formatted.\n", err: "" });
  assert.equal(await Deno.readTextFile(`${here.path}/a.yaml`), LONG);
  await here.decant("fmt", "DIR/a.yaml");
  assert.deepEqual(await check(), { code: 0, out: "DIR/a.yaml is formatted.\n", err: "" });
});

Deno.test("what stands elsewhere is not somebody's to format", async () => {
  await using here = await typing();
  const { code, err } = await here.decant("fmt", "https://example.org/a.yaml");
  assert.equal(code, 2);
  assert.match(err, /is not yours to format/);
});

Deno.test("what stands elsewhere is refused with a way out, and what is wrong as it is", async () => {
  await using here = await typing({ "a.yaml": LONG.replace("value:", "valeu:") });
  assert.deepEqual(await here.decant("fmt", "https://example.org/a.yaml"), {
    code: 2,
    out: "",
    err: 'decant: "https://example.org/a.yaml" is not yours to format\n' +
      "     help: save it and format the file\n",
  });
  const before = await Deno.readTextFile(`${here.path}/a.yaml`);
  const { code, err } = await here.decant("fmt", "DIR/a.yaml");
  assert.equal(code, 2);
  assert.match(err, /DIR\/a\.yaml:6:5 .*unknown-field/);
  assert.equal(await Deno.readTextFile(`${here.path}/a.yaml`), before);
});
