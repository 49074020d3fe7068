import assert from "node:assert/strict";
import { fileName, filesNamed, modelText } from "../../../../ops/formats/tfjs/model_text.ts";
import { UnreadableModelError } from "../../../../ops/formats/format.ts";
import { load } from "../../../../ops/formats/load.ts";
import { layersFiles } from "../../../hostile/sound_files.ts";
import { runContext } from "../../run_context.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const manifest = `{"weightsManifest":[{"paths":["a","b"]},null,{"paths":[1,"c.min.js"]},{}]}`;

Deno.test("files are called as the manifest has them, or end as the module does that names them", () => {
  assert.deepEqual(filesNamed(bytes(manifest), "./x/model.json"), ["a", "b", "c.min.js"]);
  const module = bytes(`module.exports=${manifest}`);
  assert.deepEqual(filesNamed(module, "npm:p@1.0.0/model.min.js"), [
    "a.min.js",
    "b.min.js",
    "c.min.js",
  ]);
  assert.deepEqual(filesNamed(module, "https://a.b/model.js#sha256=00"), [
    "a.js",
    "b.js",
    "c.min.js",
  ]);
  for (const text of ["", "[]", "null", "{}", "module.exports={a:b}"]) {
    assert.deepEqual(filesNamed(bytes(text), "model.json"), [], text);
  }
  assert.equal(fileName("https://a.b/c/model.json#sha256=0f"), "model.json");
  assert.equal(fileName("model.json"), "model.json");
});

Deno.test("what is no JSON is said, with the bytes that tell what it is instead", () => {
  assert.throws(() => modelText(bytes("{"), "model.json"), (error) => {
    assert.ok(error instanceof UnreadableModelError);
    assert.match(error.message, /`model.json` is not JSON/);
    assert.equal(error.hint.file!.name, "model.json");
    return true;
  });
});

Deno.test("a model in modules of data is the model in its files, and its files are those modules", async () => {
  const json = new TextDecoder().decode(layersFiles["model.json"]);
  const files = {
    "net/model.min.js": bytes(`module.exports=${json}`),
    "net/w.bin.min.js": bytes(`module.exports="${layersFiles["w.bin"]!.toBase64()}"`),
  };
  const from = "net/model.min.js";
  assert.deepEqual(load.beside!(from, files[from]), ["w.bin.min.js"]);
  const model = await load.run({}, { from, preserve: [] }, runContext({ files }));
  const plain = Object.fromEntries(
    Object.entries(layersFiles).map(([name, each]) => [`net/${name}`, each]),
  );
  const other = await load.run(
    {},
    { from: "net/model.json", preserve: [] },
    runContext({ files: plain }),
  );
  assert.deepEqual(model.weights, other.weights);
  const sizes = Object.values(files).map((each) => each.length);
  assert.equal(model.files!.encoded, sizes[0]! + sizes[1]!);
});
