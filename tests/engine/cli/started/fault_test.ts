import assert from "node:assert/strict";
import { commandLine } from "../../../../engine/cli/command_line.ts";
import { refuse } from "../../../../engine/cli/refuse.ts";
import type { Terminal } from "../../../../engine/cli/terminal.ts";
import { type Metrics, metricsKind } from "../../../../engine/metrics.ts";
import { defineOp, input, opSet, Type } from "../../../../engine/op.ts";
import { journalLines } from "../../../../engine/store/journal.ts";
import { fakeOps, numberKind } from "../../run/support/fake.ts";

const RECIPE = `decant: 1
name: numbers
steps:
  - { op: constant, as: one, value: 1 }
  - { op: evaluate, model: one }
`;

/** Measures what no report can be made of. */
const evaluate = defineOp({
  name: "evaluate",
  version: 1,
  summary: "Measures nonsense",
  inputs: { model: input(numberKind, "Is measured") },
  output: metricsKind,
  numerics: "none",
  params: Type.Object({}),
  example: {},
  run: () => ({ bytes: null, metrics: {} }) as unknown as Metrics,
});

function listener(): { said: { out: string; err: string }; terminal: Terminal } {
  const said = { out: "", err: "" };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    rewrite: () => {},
    live: false,
    columns: 100,
  };
  return { said, terminal };
}

Deno.test("a fault of ours is one sentence with the journal to send; the journal has the stack", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/numbers.yaml`, RECIPE);
  const ops = opSet([
    ...Object.values(fakeOps()).filter(({ name }) => name !== "evaluate"),
    evaluate,
  ]);
  const words = ["run", `${folder}/numbers.yaml`, "--quiet"];
  const places = ["--cache", `${folder}/cache`, "--out", `${folder}/out`];
  const { said, terminal } = listener();
  assert.equal(await commandLine([...words, ...places], { ops, terminal }), 1);
  const journal = /please report it, with (\S+\.jsonl)\n$/.exec(said.err)?.[1];
  assert.match(said.err, /^decant: internal: Cannot read properties of null .*\n {5}help: .*\n$/);
  const last = journalLines(await Deno.readTextFile(journal!)).lines.at(-1)!;
  assert.equal(last.event, "fault");
  assert.match(String(last.stack), /TypeError: .*\n +at /);
  const machine = listener();
  const code = await commandLine([...words, ...places, "--json"], {
    ops,
    terminal: machine.terminal,
  });
  assert.equal(code, 1);
  const { ok, problems: [problem] } = JSON.parse(machine.said.out);
  assert.deepEqual([ok, problem.code], [false, "internal"]);
  assert.equal(machine.said.err, "");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("whatever is thrown is a sentence", () => {
  for (const error of [new TypeError("x is not a function"), "a word", undefined, null, {}]) {
    const { said, terminal } = listener();
    assert.equal(refuse(error, { terminal, words: [] }), 1);
    assert.match(
      said.err,
      /^decant: internal: .+\n {5}help: this is a fault of Decant; please report it\n$/,
    );
  }
});

Deno.test("a folder that cannot be written is a sentence, and no fault", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/numbers.yaml`, RECIPE);
  await Deno.writeTextFile(`${folder}/out`, "a file is in the way");
  const { said, terminal } = listener();
  const words = ["run", `${folder}/numbers.yaml`, "--quiet", "--cache", `${folder}/cache`];
  const ops = opSet(Object.values(fakeOps()));
  assert.equal(await commandLine([...words, "--out", `${folder}/out`], { ops, terminal }), 1);
  assert.match(said.err, /^decant: `.*\/out` cannot be written: there is a file in the way\. /);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an error that nobody waits for ends the process with a sentence", async () => {
  const process = new URL("../../../../engine/cli/command_line.ts", import.meta.url).href;
  for (
    const stray of [
      "Promise.reject(new Error('stray'))",
      "setTimeout(() => { throw new Error('stray') })",
    ]
  ) {
    const script = `import { commandProcess } from ${JSON.stringify(process)};
      const endless = { name: "x", compile: () => new Promise((done) => setTimeout(done, 60_000)) };
      const command = commandProcess(["check"], { ops: new Map(), recipe: endless });
      ${stray};
      await command;`;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", "--cached-only", "--ext=ts", script],
      env: { NO_COLOR: "1" },
    }).output();
    assert.match(new TextDecoder().decode(stderr), /^decant: internal: stray\n/);
    assert.equal(code, 1);
  }
});
