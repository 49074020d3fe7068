/** The result in one format with different options: each export has a name and a folder of its own. */
import assert from "node:assert/strict";
import { RecipeError } from "../../mod.ts";
import { recipe, type Value } from "./support/small.ts";

const document: Value = {
  name: "named",
  data: { use: "digits", limit: 60, split: { test: 0.02 } },
  model: { use: "mlp", hidden: [4], train: { epochs: 1, batch: 8 } },
  quantize: { scheme: "int8" },
};
const exported = (list: unknown) => recipe({ ...document, export: list }).expand().steps.slice(-2);

Deno.test("an export may have a name, which is in no parameter and so in no key", () => {
  const steps = exported(["onnx", { use: "onnx", form: "float", as: "onnx-float" }]);
  assert.deepEqual(steps.map(({ name }) => name), ["export-onnx", "onnx-float"]);
  const listed = exported([{ use: "onnx", as: "first" }, { use: "onnx", form: "float" }]);
  assert.deepEqual(listed.map(({ name }) => name), ["first", "export-onnx"]);
  assert.deepEqual(listed.map(({ params }) => params), steps.map(({ params }) => params));
});

Deno.test("two exports that would be called alike are told how to be told apart", async () => {
  const refused = async (list: unknown): Promise<string> => {
    const error = await recipe({ ...document, export: list }).compile().catch((each) => each);
    assert.ok(error instanceof RecipeError, String(error));
    const [{ code, path, message, help }] = error.diagnostics as [typeof error.diagnostics[0]];
    return `${code} ${path} ${message}: ${help}`;
  };
  assert.equal(
    await refused(["onnx", { use: "onnx", form: "float" }]),
    "duplicate-name export.1 `export-onnx` is the name of two steps; the first is at export.0: " +
      "give one of them another name: as: …",
  );
  assert.equal(
    await refused(["onnx", { use: "tfjs", as: "onnx" }]),
    "duplicate-name export.1 the files of `export-onnx` and `onnx` would lie in one folder, onnx/: " +
      "give one of them another name: as: …",
  );
});

Deno.test("each is written into its folder; bytes of a format are those of the first", async () => {
  const out = await Deno.makeTempDir();
  try {
    const list = ["onnx", { use: "onnx", form: "float", as: "onnx-float", tolerance: 1 }];
    const claims = ["result.bytes.onnx <= 10 MB"];
    const run = await recipe({ ...document, export: list, expect: claims })
      .run({ cache: `${out}/cache`, out });
    assert.deepEqual(run.problems, []);
    assert.deepEqual(run.written.slice(-2), ["onnx/", "onnx-float/"]);
    const [small, large] = await Promise.all(
      ["onnx", "onnx-float"].map(async (folder) =>
        (await Deno.stat(`${out}/${folder}/model.onnx`)).size
      ),
    );
    assert.ok(small! < large!);
    assert.equal(run.expect[0]!.left, small);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
