import assert from "node:assert/strict";
import {
  exportFormat,
  formatField,
  formats,
  readable,
  usualFormat,
} from "../../../ops/formats/formats.ts";

Deno.test("the usual format is a tfjs layers-model, with the defaults of its fields", () => {
  assert.deepEqual(usualFormat, {
    use: "tfjs",
    storage: "native",
    shard: "4 MiB",
    tolerance: 0.001,
  });
});

Deno.test("every format that is written is a choice of export, with its tolerance last", () => {
  const { alternatives } = (formatField as unknown as {
    readonly "x-choice": {
      readonly alternatives: Readonly<Record<string, { readonly properties: object }>>;
    };
  })["x-choice"];
  const written = formats.filter((format) => "write" in format);
  assert.deepEqual(Object.keys(alternatives), written.map(({ name }) => name));
  for (const [name, { properties }] of Object.entries(alternatives)) {
    assert.equal(Object.keys(properties).at(-1), "tolerance", name);
    assert.deepEqual(
      Object.keys(properties).slice(0, -1),
      Object.keys(exportFormat({ use: name as "tfjs" }).fields.properties),
    );
  }
});

Deno.test("formats have names of their own, and what a folder of tfjs holds is read", () => {
  assert.equal(new Set(formats.map(({ name }) => name)).size, formats.length);
  const withReader: readonly string[] = formats.flatMap((each) =>
    "read" in each ? [each.name] : []
  );
  assert.deepEqual(readable.map(({ name }) => name), withReader);
  assert.ok(withReader.includes("tfjs"));
});
