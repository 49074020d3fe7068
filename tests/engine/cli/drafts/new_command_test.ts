import assert from "node:assert/strict";
import { newCommand } from "../../../../engine/cli/drafts/new_command.ts";
import { typing } from "../typed.ts";

Deno.test("a first recipe is named after its file, and no file is written over", async () => {
  await using here = await typing({});
  const write = (name: string) => here.decant("new", `DIR/${name}`);
  const { code, out } = await write("My First.yaml");
  assert.deepEqual([code, out], [
    0,
    "DIR/My First.yaml is written. Next: decant check DIR/My First.yaml, decant run DIR/My First.yaml\n",
  ]);
  assert.match(await Deno.readTextFile(`${here.path}/My First.yaml`), /^name: my-first$/m);
  await write("12.yml");
  assert.match(await Deno.readTextFile(`${here.path}/12.yml`), /^name: recipe$/m);
  const again = await write("12.yml");
  assert.equal(again.code, 2);
  assert.match(again.err, /"DIR\/12\.yml" is there already/);
  assert.match((await write("none/a.yaml")).err, /the folder of "DIR\/none\/a\.yaml" is not there/);
  assert.equal(newCommand.name, "new");
});

Deno.test("the name in a first recipe is its file's, in small letters and dashes, at most 64 of them", async () => {
  await using here = await typing({});
  const nameIn = async (file: string) => {
    assert.equal((await here.decant("new", `DIR/${file}`)).code, 0);
    return /^name: (.*)$/m.exec(await Deno.readTextFile(`${here.path}/${file}`))![1];
  };
  assert.equal(await nameIn("--a__b--.YAML"), "a-b");
  assert.equal(await nameIn("3 small cats.yml.txt"), "small-cats-yml-txt");
  assert.equal(await nameIn(`${"a".repeat(70)}.yaml`), "a".repeat(64));
  assert.equal(await nameIn("é.yaml"), "recipe");
  await Deno.mkdir(`${here.path}/Sub`);
  assert.equal(await nameIn("Sub/x.yaml"), "x");
});

Deno.test("what is in the way of a first recipe is said with a way out", async () => {
  await using here = await typing({});
  await here.decant("new", "DIR/a.yaml");
  const before = await Deno.readTextFile(`${here.path}/a.yaml`);
  assert.deepEqual(await here.decant("new", "DIR/a.yaml"), {
    code: 2,
    out: "",
    err: 'decant: "DIR/a.yaml" is there already\n     help: give the new recipe another name\n',
  });
  assert.equal(await Deno.readTextFile(`${here.path}/a.yaml`), before);
  assert.equal(
    (await here.decant("new", "DIR/none/a.yaml")).err,
    'decant: the folder of "DIR/none/a.yaml" is not there\n     help: make it first\n',
  );
  assert.match((await here.decant("new", "DIR/a.yaml/b.yaml")).err, /^decant: internal: /);
});
