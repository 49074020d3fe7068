import assert from "node:assert/strict";
import { ParameterError, type RunContext } from "../../../engine/op.ts";
import type { Files } from "../../../engine/files.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { load } from "../../../ops/model/load.ts";
import { listeningContext } from "../run_context.ts";
import { keras, layersModel, sequential } from "./keras_json.ts";

const dense = keras("Dense", "d", { units: 2, "batch_input_shape": [null, 2] });
const files = (kernel: readonly number[]): Files =>
  layersModel(sequential("s", [dense]), [
    { name: "d/kernel", shape: [2, 2], values: kernel },
    { name: "d/bias", shape: [2], values: [0, 0] },
  ]);

/** A context that has these files in `folder`, and what was said to it. */
function contextOf(folder: string, found: Files) {
  const listening = listeningContext();
  const context: RunContext = {
    ...listening.context,
    list(source) {
      if (source.endsWith(".json")) return Promise.resolve([""]);
      assert.equal(source.replace(/\/$/, ""), folder);
      return Promise.resolve(Object.keys(found));
    },
    read(source, beside) {
      const bytes = found[beside ?? source.slice(folder.length + 1)];
      assert.ok(source.startsWith(`${folder}/`) && bytes !== undefined, `reads ${source}`);
      return Promise.resolve(bytes);
    },
  };
  return { ...listening, context };
}

Deno.test("a model is read from its folder or from the model.json in it", async () => {
  const found = files([1, 2, 3, 4]);
  const { context } = contextOf("./net", found);
  const sources = ["./net", "./net/", "./net/model.json"];
  const models = await Promise.all(
    sources.map((from) => load.run({}, { from, preserve: [] }, context)),
  );
  for (const model of models) assert.deepEqual([...model.weights["d/kernel"]!.data], [1, 2, 3, 4]);
  assert.deepEqual(load.source({ from: "./net/", preserve: [] }), ["./net/"]);
  const named = { from: "./net/model.json", preserve: [] };
  assert.deepEqual(load.source(named), ["./net/model.json"]);
  assert.deepEqual(load.beside!("./net/model.json", found["model.json"]!), ["w.bin"]);
  for (const other of ["", "{", "[]", "null", '{"weightsManifest":[null,{"paths":[1]},{}]}']) {
    assert.deepEqual(load.beside!("x", new TextEncoder().encode(other)), [], other);
  }
});

Deno.test("zeros are kept where that is asked for, and warned of where they are many", async () => {
  const sparse = contextOf("n", files([0, 2, 0, 4]));
  const held = await load.run({}, { from: "n", preserve: ["zeros"] }, sparse.context);
  assert.deepEqual([...held.weights["d/kernel"]!.mask!], [0, 1, 0, 1]);
  assert.equal(held.weights["d/bias"]!.mask, undefined);
  assert.deepEqual(held.established, { zeros: true });
  assert.deepEqual([sparse.warnings, sparse.notes], [[], { zeros: 0.5 }]);
  const plain = await load.run({}, { from: "n", preserve: [] }, sparse.context);
  assert.equal(plain.weights["d/kernel"]!.mask, undefined);
  assert.match(
    sparse.warnings[0]!,
    /^50.0 % of the weights in the file are zero .* preserve: zeros/,
  );
  const few = contextOf("n", files([0, 2, 3, 4]));
  await load.run({}, { from: "n", preserve: [] }, few.context);
  assert.deepEqual(few.warnings, []);
});

Deno.test("what cannot be loaded is a mistake at its parameter", async () => {
  const refused = async (found: Files, preserve: "zeros"[], path: string, reason: RegExp) => {
    const run = async () =>
      await load.run({}, { from: "n", preserve }, contextOf("n", found).context);
    await assert.rejects(run, (error) => {
      assert.ok(error instanceof ParameterError);
      assert.equal(error.path, path);
      assert.match(error.message, reason);
      return true;
    });
  };
  const text = (value: string) => ({ "model.json": new TextEncoder().encode(value) });
  await refused(files([1, 2, 3, 4]), ["zeros"], "preserve", /no zeros to preserve/);
  await refused(text("{"), [], "from", /`model.json` is not JSON/);
  await refused(text("{}"), [], "from", /weightsManifest is missing/);
  await refused({}, [], "from", /`n` has no file `model.json`$/);
  const { "w.bin": _shard, ...rest } = files([1, 2, 3, 4]);
  await refused(rest, [], "from", /`n` has no file `w.bin`, which `model.json` names/);
});

Deno.test("a loaded model has learned; its manifest tells its facts", async () => {
  const open = load.facts({}, { from: "n", preserve: [] });
  assert.deepEqual(open, { kind: "model", learned: true, family: "loaded", established: [] });
  const { context } = contextOf("n", files([1, 2, 3, 4]));
  const { manifest } = modelKind.encode(await load.run({}, { from: "n", preserve: [] }, context));
  const facts = modelKind.facts!(JSON.parse(JSON.stringify(manifest)));
  assert.ok(facts.kind === "model" && facts.learned);
  assert.deepEqual([facts.parameters, facts.macs], [6, 4]);
});
