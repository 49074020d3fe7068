import assert from "node:assert/strict";
import { compareCommand } from "../../../../engine/cli/reports/compare_command.ts";
import { commandLine } from "../../../../engine/cli/command_line.ts";
import type { Terminal } from "../../../../engine/cli/terminal.ts";
import { opSet } from "../../../../engine/op.ts";
import { fakeOps } from "../../run/support/fake.ts";

const ops = opSet(Object.values(fakeOps()));

async function decant(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    rewrite: () => {},
    live: false,
    columns: 100,
  };
  return { code: await commandLine(words, { ops, terminal }), ...said };
}

const document = (value: number) =>
  `decant: 1
name: numbers
steps:
  - { op: constant, as: one, value: ${value} }
  - { op: evaluate, model: one }
`;

Deno.test("compare reads what two runs left in their folders", async () => {
  const folder = await Deno.makeTempDir();
  for (const value of [1, 2]) {
    await Deno.writeTextFile(`${folder}/numbers.yaml`, document(value));
    const places = ["--cache", `${folder}/cache`, "--out", `${folder}/${value}`, "--quiet"];
    assert.equal((await decant("run", `${folder}/numbers.yaml`, ...places)).code, 0);
  }
  const { code, out } = await decant("compare", `${folder}/1`, `${folder}/2/report.json`);
  assert.equal(code, 0);
  assert.match(out, /^A numbers, .*\nB numbers, /);
  // The fake op says 1000 parameters for each one of the number.
  assert.match(out, /one +parameters +1\.00 k +2\.00 k +× 2\.00\n/);
  assert.match(out, /\none +its result +value 1 → 2\none-test +its result +one differs\n$/);
  const { out: json } = await decant("compare", `${folder}/1`, `${folder}/2`, "--json");
  assert.match(json, /^\{\n {2}"[^]*\n\}\n$/);
  assert.deepEqual(JSON.parse(json).steps[0], {
    step: "one",
    what: "result",
    why: ["value 1 → 2"],
  });
  const { out: same } = await decant("compare", `${folder}/1`, `${folder}/1/`);
  assert.match(same, /The same in both: one\.\nEvery step is the same in both\.\n$/);
  await Deno.writeTextFile(`${folder}/other.json`, `{"format":1}`);
  for (const path of [`${folder}/other.json`, `${folder}/numbers.yaml/none`, folder]) {
    const refused = await decant("compare", path, `${folder}/1`);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /^decant: .*\n {5}help: name the folder that `run --out` wrote/);
  }
  const said = async (path: string) => (await decant("compare", path, `${folder}/1`)).err;
  const help = "     help: name the folder that `run --out` wrote, or its report.json\n";
  assert.equal(
    await said(`${folder}/other.json`),
    `decant: \`${folder}/other.json\` is no report of a run\n${help}`,
  );
  await Deno.writeTextFile(`${folder}/other.json`, "{");
  assert.match(await said(`${folder}/other.json`), /other\.json` is no report of a run\n/);
  assert.equal(
    await said(`${folder}/none//`),
    `decant: \`${folder}/none/report.json\` cannot be read\n${help}`,
  );
  await Deno.mkdir(`${folder}/folder.json`);
  assert.equal(
    await said(`${folder}/folder.json`),
    `decant: \`${folder}/folder.json\` cannot be read\n${help}`,
  );
  assert.match((await decant("compare", folder)).err, /^decant: B is missing\n/);
  assert.equal(compareCommand.name, "compare");
  await Deno.remove(folder, { recursive: true });
});
