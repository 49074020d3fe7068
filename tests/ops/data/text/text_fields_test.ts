import assert from "node:assert/strict";
import { shapeOf } from "../../declared.ts";
import {
  textFacts,
  textField,
  textSources,
  textWishes,
} from "../../../../ops/data/text/text_fields.ts";

const words = { tokens: "words", length: 128 };

Deno.test("files are text where a recipe says so, where they are called so, and where tokens are asked for", () => {
  const plain = { task: "classification", from: "a.csv" } as const;
  assert.equal(textWishes(plain), undefined);
  assert.deepEqual(textWishes({ ...plain, from: "a.TXT.gz" }), words);
  assert.deepEqual(textWishes({ ...plain, format: "text" }), words);
  assert.deepEqual(textWishes({ ...plain, task: "next-token" }), words);
  const text = { tokens: "characters", length: 3 } as const;
  assert.equal(textWishes({ ...plain, text }), text);
});

Deno.test("the files of a text field are its tokenizer's and its vocabulary's", () => {
  assert.deepEqual(textSources({ tokens: "words", length: 1, vocabulary: 9 }), []);
  const both = { tokens: { from: "t.json" }, length: 1, vocabulary: "v.txt" };
  assert.deepEqual(textSources(both), ["t.json", "v.txt"]);
  assert.deepEqual(textFacts({ tokens: "words", length: 7 }), { input: [7], text: {} });
});

Deno.test("a text is words of at most 128 tokens, or what the data set means by it", () => {
  const most = 1_000_000;
  const shape = (tokens: string, length: number) => ({
    type: "object",
    required: ["tokens", "length"],
    properties: {
      tokens: {
        default: tokens,
        "x-by-type": {
          string: { enum: ["words", "characters"] },
          object: {
            type: "object",
            required: ["from"],
            properties: { from: { "x-source": true }, lowercase: { type: "boolean" } },
          },
        },
      },
      length: { type: "integer", minimum: 1, maximum: most, default: length },
      vocabulary: {
        "x-by-type": {
          number: { type: "integer", minimum: 3, maximum: most },
          string: { "x-source": true },
        },
      },
    },
  });
  assert.deepEqual(shapeOf(textField()), shape("words", 128));
  assert.deepEqual(shapeOf(textField({ tokens: "characters", length: 5 })), {
    ...shape("characters", 5),
    default: { tokens: "characters", length: 5 },
  });
});
