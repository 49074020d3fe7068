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
