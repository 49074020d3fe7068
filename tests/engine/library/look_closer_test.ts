/** A model that guesses, as `new` and `shrink` look at it. */
import assert from "node:assert/strict";
import { lookCloser } from "../../../engine/library/look_closer.ts";
import { drafts } from "../../../ops/drafts/drafts.ts";
import { ops } from "../../../ops/mod.ts";
import { writeThreshold } from "../../ops/drafts/threshold.ts";
import { typing } from "../cli/typed.ts";

/** A table of the numbers 0 … 99 with names for those above and below 39.5: in their order `above` comes first. */
const table = `x,which\n${
  Array.from({ length: 100 }, (_, x) => `${x},${x > 39.5 ? "above" : "below"}`).join("\n")
}\n`;

const files = () => typing({ "named.csv": table }, ops, () => Promise.resolve(drafts));

Deno.test("a model whose classes stand in another order than the data's gets them in that order", async () => {
  assert.equal(typeof lookCloser, "function");
  await using here = await files();
  await writeThreshold(`${here.path}/net`, 39.5);
  const words = ["--model", "DIR/net/model.json", "--csv", "DIR/named.csv", "--cache", "DIR/cache"];
  const { code, err } = await here.decant("new", "DIR/a.yaml", ...words);
  assert.equal(code, 0, err);
  assert.match(err, /warning: it is right on 0\.0 % of validation samples with normalize: none, /);
  assert.match(err, /warning: with its classes in another order it is right on 100\.0 %/);
  const text = await Deno.readTextFile(`${here.path}/a.yaml`);
  assert.match(text, /^# As it is: accuracy 100\.0 % on 10 validation samples$/m);
  assert.match(text, /^# Look: with its classes in another order/m);
  assert.match(text, /classes: \[ ?below, above ?\]/);
});

Deno.test("a model that guesses in every way has its recipe written with what was found; shrink ends", async () => {
  await using here = await files();
  await writeThreshold(`${here.path}/bad`, 1e6);
  const data = ["--csv", "DIR/named.csv", "--cache", "DIR/cache"];
  const written = await here.decant("new", "DIR/a.yaml", "--model", "DIR/bad/model.json", ...data);
  assert.equal(written.code, 0, written.err);
  assert.match(
    written.err,
    /guessing is no worse\nwarning: no other order of its classes explains/,
  );
  const text = await Deno.readTextFile(`${here.path}/a.yaml`);
  assert.match(text, /^# As it is: accuracy \d+\.\d % on 10 validation samples$/m);
  assert.match(text, /^# Look: no other order of its classes explains that$/m);
  const shrunk = await here.decant("shrink", "DIR/bad/model.json", ...data, "--out", "DIR/small");
  assert.notEqual(shrunk.code, 0);
  assert.match(
    shrunk.err,
    /decant: the model answers no better than by guessing, .*\n.*decant new/,
  );
  await assert.rejects(Deno.lstat(`${here.path}/small/recipe.yaml`), Deno.errors.NotFound);
});

Deno.test("what cannot be read is said of the file, and of no step that nobody wrote", async () => {
  await using here = await typing(
    { "bad.csv": "x,y\n1,0\n2,1,3\n" },
    ops,
    () => Promise.resolve(drafts),
  );
  await writeThreshold(`${here.path}/net`, 39.5);
  const words = ["--model", "DIR/net/model.json", "--csv", "DIR/bad.csv", "--cache", "DIR/cache"];
  const { err } = await here.decant("new", "DIR/a.yaml", ...words);
  assert.match(err, /^decant: Cannot read ".*bad\.csv": line 3 has 3 cells/m);
});
