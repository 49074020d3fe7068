/** What we write as YAML, YAML reads back. */
import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import { parse } from "../../../../engine/deps/yaml.ts";
import type { Json } from "../../../../engine/digest.ts";
import { writeYaml } from "../../../../engine/recipe/parse/write_yaml.ts";

Deno.test("any map of JSON values is read back from its text", () => {
  const plainWords = fc.constantFrom(
    "true",
    "Null",
    "yes",
    "1",
    ".5",
    "~",
    "a: b",
    "a #b",
    "- a",
    "*x",
    "",
    " ",
    "a,b",
  );
  const value = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.string(),
      fc.string({ unit: "binary", maxLength: 5 }),
      plainWords,
      fc.array(tie("json"), { maxLength: 4 }),
      fc.dictionary(fc.string({ maxLength: 8 }), tie("json"), { maxKeys: 4 }),
    ),
  })).json;
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(fc.string({ maxLength: 8 }), plainWords), value, { minKeys: 1 }),
      (map) => {
        const json = JSON.parse(JSON.stringify(map)) as Record<string, Json>;
        assert.deepEqual(parse(writeYaml(json)), json);
      },
    ),
    { numRuns: 500, seed: 6 },
  );
});

Deno.test("lines are short, and what fits stands in braces", () => {
  const long = "x".repeat(60);
  assert.equal(
    writeYaml({
      name: "a",
      list: [1, 2],
      map: { use: "adam", rate: 0.1 },
      wide: [{ a: long, b: long }],
    }),
    `name: a
list: [1, 2]
map: { use: adam, rate: 0.1 }
wide:
  - a: ${long}
    b: ${long}
`,
  );
});

Deno.test("a line has a hundred letters and no more, with what stands before it", () => {
  const text = (length: number) => "x".repeat(length);
  // `a: ` and `[…]`: 3 + 2.
  assert.equal(writeYaml({ a: [text(95)] }), `a: [${text(95)}]\n`);
  assert.equal(writeYaml({ a: [text(96)] }), `a:\n  - ${text(96)}\n`);
  // `  - ` and `{ b: … }`: 4 + 7.
  assert.equal(writeYaml({ a: [{ b: text(89) }, 1] }), `a:\n  - { b: ${text(89)} }\n  - 1\n`);
  assert.equal(writeYaml({ a: [{ b: text(90) }, 1] }), `a:\n  - b: ${text(90)}\n  - 1\n`);
  // `  b: ` and `[…]`: 5 + 2.
  const inMap = (length: number) => writeYaml({ a: { b: [text(length)], c: text(60) } });
  assert.equal(inMap(93), `a:\n  b: [${text(93)}]\n  c: ${text(60)}\n`);
  assert.equal(inMap(94), `a:\n  b:\n    - ${text(94)}\n  c: ${text(60)}\n`);
  assert.equal(writeYaml({ a: {}, b: [] }), "a: {}\nb: []\n");
});

Deno.test("a text goes without quotes where it is surely one, inside brackets without commas", () => {
  const written = (value: string) => writeYaml({ a: value }).slice(3, -1);
  for (
    const plain of [
      "adam",
      "./x/",
      "../x",
      "A b",
      "a, b",
      "a(1)",
      "a.b >= 3 %",
      "it's",
      "a:b",
      "a; b",
    ]
  ) assert.equal(written(plain), plain);
  for (
    const quoted of [
      "true",
      "NULL",
      "False",
      "1",
      "",
      " a",
      "a ",
      "a: b",
      "a:",
      "a # b",
      "a[1]",
      "x{",
    ]
  ) assert.equal(written(quoted), JSON.stringify(quoted));
  assert.equal(writeYaml({ a: ["b, c", "b c"] }), 'a: ["b, c", b c]\n');
  assert.equal(writeYaml({ "true": 1, "a, b": 2 }), '"true": 1\n"a, b": 2\n');
  assert.equal(writeYaml({ a: [null, true, -1.5] }), "a: [null, true, -1.5]\n");
});
