import assert from "node:assert/strict";
import { text, textsOfLines } from "../../../../ops/data/text/text_lines.ts";

Deno.test("a line is a label and a text, empty lines none", () => {
  const found = textsOfLines("pos good  day\r\n\n  neg\tbad\n", "a.txt", {
    task: "classification",
  });
  assert.deepEqual(found, { file: "a.txt", texts: ["good  day", "bad"], labels: ["pos", "neg"] });
  assert.throws(
    () => textsOfLines("pos good\n\nneg\n", "a.txt", { task: "classification" }),
    /Cannot read "a.txt": line 3 is no label with a text behind it/,
  );
});

Deno.test("to predict next tokens the whole file is one text", () => {
  const found = textsOfLines("a b\n\nc", "a.txt", { task: "next-token" });
  assert.deepEqual(found, { file: "a.txt", texts: ["a b\n\nc"], labels: null });
});

Deno.test("lines of text have no columns", async () => {
  const wishes = { task: "classification", columns: { label: "y" } } as const;
  await assert.rejects(
    text.texts!(new Uint8Array(), "a.txt", wishes, 1e9),
    /Cannot choose columns of "a.txt": lines of text have none/,
  );
});
