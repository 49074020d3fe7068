import assert from "node:assert/strict";
import { loadTexts } from "../../../../ops/data/text/load_texts.ts";
import { runContext } from "../../run_context.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const context = runContext({
  files: {
    "d/a.train.txt": bytes("x one\n"),
    "d/b.train.txt": bytes("y two\n"),
    "t.csv": bytes("text,label\none,x\n"),
    "w.npz": bytes("x one\n"),
  },
});
const task = "classification";

Deno.test("several files of a part follow one another", async () => {
  const { train } = await loadTexts({ from: "d", task }, context);
  assert.deepEqual(train, { file: "d/a.train.txt", texts: ["one", "two"], labels: ["x", "y"] });
});

Deno.test("a file is a table by its name or as it is called, else plain text", async () => {
  const { train } = await loadTexts({ from: "t.csv", task }, context);
  assert.deepEqual([train.texts, train.labels], [["one"], ["x"]]);
  const plain = await loadTexts({ from: "w.npz", task }, context);
  assert.deepEqual(plain.train.texts, ["one"]);
  await assert.rejects(
    loadTexts({ from: "w.npz", task, format: "npz" }, context),
    /Cannot read "w.npz" as text: npz files hold none; say `format: text`/,
  );
});
