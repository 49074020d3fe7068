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
