import assert from "node:assert/strict";
import { graphCommand } from "../../../engine/cli/graph_command.ts";
import { typing } from "./typed.ts";

Deno.test("a graph is drawn as text, or for Mermaid, with what is recorded marked", async () => {
  await using here = await typing();
  const graph = (...words: string[]) =>
    here.decant("graph", "DIR/a.yaml", ...words, "--cache", "DIR/cache");
  const { code, out } = await graph();
  assert.equal(code, 0);
  assert.match(out, /^one +constant +run$/m);
  assert.match(out, /^more +add +unknown +← one$/m);
  assert.equal((await graph("--form", "text")).out, out);
  assert.match((await graph("--form", "mermaid")).out, /^flowchart TD\n {2}s0\["one/);
  const wrong = await graph("--form", "picture");
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /--form is text or mermaid; this is "picture"/);
  assert.equal(graphCommand.name, "graph");
});

Deno.test("a graph marks what is recorded, would run and is unknown; a wrong form says which there are", async () => {
  await using here = await typing();
  const graph = (...words: string[]) =>
    here.decant("graph", "DIR/a.yaml", ...words, "--cache", "DIR/cache");
  await here.decant(
    "run",
    "DIR/a.yaml",
    "--quiet",
    "--cache",
    "DIR/cache",
    "--out",
    "DIR/out",
    "--until",
    "one",
  );
  assert.equal(
    (await graph()).out,
    "one        constant  hit\nmore       add       run      ← one\n" +
      "more-test  evaluate  unknown  ← more\n",
  );
  assert.deepEqual(await graph("--form", "picture"), {
    code: 2,
    out: "",
    err: 'decant: --form is text or mermaid; this is "picture"\n     help: --form mermaid\n',
  });
});
