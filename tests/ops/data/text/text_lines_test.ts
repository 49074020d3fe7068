import assert from "node:assert/strict";
import { text, textsOfLines } from "../../../../ops/data/text/text_lines.ts";

Deno.test("a line is a label and a text, empty lines none", () => {
  const found = textsOfLines("pos good  day\r\n \n  neg\tbad\n", "a.txt", {
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

Deno.test("bytes are UTF-8, and no longer than a text can be", async () => {
  const wishes = { task: "classification" } as const;
  const bytes = new TextEncoder().encode("a \u00e9\n");
  assert.deepEqual(await text.texts!(bytes, "a.txt", wishes, 1e9), {
    ...{ file: "a.txt", texts: ["\u00e9"], labels: ["a"] },
  });
  const long = Object.defineProperty(new Uint8Array(), "length", { value: 1 << 30 });
  await assert.rejects(text.texts!(long, "a.txt", wishes, 1e9), {
    message:
      'Cannot read "a.txt": its text of 1.07 GB is longer than a text can be, 537 MB; divide it',
  });
});

Deno.test("lines of text have no columns", async () => {
  const wishes = { task: "classification", columns: { label: "y" } } as const;
  await assert.rejects(
    text.texts!(new Uint8Array(), "a.txt", wishes, 1e9),
    /Cannot choose columns of "a.txt": lines of text have none/,
  );
});

Deno.test("lines that nobody has labelled are texts as they stand, and are asked for where a label is missing", () => {
  const bare = { task: "classification", labels: "none" } as const;
  assert.deepEqual(textsOfLines(" good  day \r\n\none\n", "a.txt", bare), {
    ...{ file: "a.txt", texts: ["good  day", "one"], labels: null },
  });
  assert.throws(
    () => textsOfLines("one\n", "a.txt", { task: "classification" }),
    /line 1 is no label .*; texts that nobody has labelled are read with `labels: none`$/,
  );
});
