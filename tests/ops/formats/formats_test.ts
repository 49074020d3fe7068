import assert from "node:assert/strict";
import {
  assertHeld,
  exportFormat,
  formatField,
  formats,
  readable,
  usualFormat,
  usualFormatField,
} from "../../../ops/formats/formats.ts";
import { normalize } from "../../../engine/recipe/check/normalize.ts";
import { told, treeOf } from "../../engine/recipe/trees.ts";

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
  assert.ok(withReader.includes("keras"));
  assert.deepEqual(readable.map(({ name }) => name), withReader);
  assert.ok(withReader.includes("tfjs"));
});

Deno.test("a format that others write is refused as one, by export and where bytes are counted", () => {
  const asked = [
    ...["TensorFlow", "SavedModel", "Keras", "H5", "HDF5", "PyTorch", "torch"],
    ...["TorchScript", "ExecuTorch", "pickle", "CoreML", "mlmodel", "TensorRT", "OpenVINO", "ncnn"],
    ...["GGUF", "ORT"],
  ];
  const written = formats.flatMap((format) => "write" in format ? [format.name] : []).join(", ");
  for (const word of asked) {
    for (const field of [formatField, usualFormatField]) {
      const at = { tree: treeOf(word), path: "format" };
      assert.deepEqual(told((problems) => normalize(field, at, problems)), [
        `not-yet format: \`${word}\` is a format that cannot be written yet | those that can: ${written}`,
      ]);
    }
  }
});

Deno.test("no format that is written is called one of others", () => {
  const { foreignFormats } = formatField["x-choice"];
  const written = formats.filter((format) => "write" in format);
  assert.deepEqual(written.filter(({ name }) => foreignFormats.includes(name)), []);
});

Deno.test("integers that files cannot hold are refused where the format is named, floats and unknown ones never", () => {
  const [int8, float] = (["int8", "float"] as const).map((form) =>
    ({ use: "tflite", form, "c_array": false, tolerance: 0.001 }) as const
  );
  const dynamic = { integers: { bits: 8, ranges: "dynamic" } } as const;
  assert.throws(() => assertHeld(dynamic, int8!, "format.use"), {
    ...{ name: "ParameterError", code: "unknown-value", path: "format.use" },
    message: /ranges: dynamic/,
    help: /ranges: static/,
  });
  assertHeld(dynamic, float!, "use");
  assertHeld({}, int8!, "use");
  assertHeld(dynamic, usualFormat, "use");
});
