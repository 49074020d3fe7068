import assert from "node:assert/strict";
import { expandCommand } from "../../../engine/cli/expand_command.ts";
import { NUMBERS, SEARCH, typing } from "./typed.ts";

Deno.test("a recipe is written as its steps, which expand to themselves", async () => {
  await using here = await typing();
  const { code, out } = await here.decant("expand", "DIR/a.yaml");
  assert.equal(code, 0);
  assert.match(out, /op: constant/);
  await Deno.writeTextFile(`${here.path}/b.yaml`, out);
  assert.equal((await here.decant("expand", "DIR/b.yaml")).out, out);
  assert.equal(expandCommand.name, "expand");
});

Deno.test("as JSON the steps stand with what is claimed of them, without where the recipe lies", async () => {
  await using here = await typing();
  const { out } = await here.decant("expand", "DIR/a.yaml", "--json");
  const { steps, ...rest } = JSON.parse(out);
  assert.deepEqual(rest, {
    format: 1,
    about: { name: "numbers", authors: [], references: [] },
    seed: 0,
    result: "more",
    expect: [],
  });
  assert.deepEqual(steps.map(({ name, op }: Record<string, string>) => `${name} ${op}`), [
    "one constant",
    "more add",
    "more-test evaluate",
  ]);
  assert.match(out, /^\{\n {2}"format": 1,\n/);
});

Deno.test("a recipe that is searched is written at its first point, which is said", async () => {
  await using here = await typing({ "a.yaml": NUMBERS, "s.yaml": SEARCH });
  assert.equal(
    (await here.decant("expand", "DIR/s.yaml")).out,
    `# trial 1 of a search: x=1
decant: 1
name: search
steps: [{ op: constant, as: one, value: 1 }, { op: evaluate, as: one-test, model: one }]
`,
  );
  assert.match((await here.decant("expand", "DIR/a.yaml")).out, /^decant: 1\n/);
});
