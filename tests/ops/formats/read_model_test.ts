import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { READABLE } from "../../../ops/formats/file_format.ts";
import { readByOwn, readModel, readModelHere } from "../../../ops/formats/read_model.ts";
import { keras, layersModel, sequential } from "../model/support/keras_json.ts";
import { ENTRIES } from "../../../engine/own/entry.ts";
import { nets } from "../../engine/own/entries.ts";
import { runContext } from "../run_context.ts";

const dense = keras("Dense", "d", { units: 1, "use_bias": false, "batch_input_shape": [null, 2] });
const files = layersModel(sequential("s", [dense]), [{
  name: "d/kernel",
  shape: [2, 1],
  values: [1, 2],
}]);
const inFolder = (found: Readonly<Record<string, Uint8Array>>) =>
  runContext({
    files: Object.fromEntries(Object.entries(found).map(([name, bytes]) => [`net/${name}`, bytes])),
  });

Deno.test("a folder or its model.json is the model, and weighs what its files do", async () => {
  for (const from of ["net", "net/", "net/model.json"]) {
    const { model, files: weighed } = await readModelHere("tfjs", { from }, inFolder(files));
    assert.deepEqual([...model.weights["d/kernel"]!.data], [1, 2]);
    assert.equal(weighed.encoded, files["model.json"]!.length + 8);
    assert.equal(weighed.format, "tfjs");
  }
});

Deno.test("small files are read in this thread, and the same model comes of them", async () => {
  assert.deepEqual(
    await readModel({ from: "net" }, inFolder(files)),
    await readModelHere("tfjs", { from: "net" }, inFolder(files)),
  );
});

/** What is said of a folder with these files: the sentence, and the help. */
async function refusal(found: Readonly<Record<string, Uint8Array>>) {
  let said: readonly (string | undefined)[] = [];
  await assert.rejects(readModelHere("tfjs", { from: "net" }, inFolder(found)), (error) => {
    assert.ok(error instanceof ParameterError);
    assert.deepEqual([error.code, error.path], ["source", "from"]);
    said = [error.message, error.help];
    return true;
  });
  return said;
}

Deno.test("a number that is not finite is refused, and the file is named where its reader did not", async () => {
  const [message] = await refusal({
    ...files,
    "w.bin": new Uint8Array([0, 0, 0x80, 0x7f, 0, 0, 0, 0]),
  });
  assert.equal(
    message,
    '`net`: Cannot read the model: weight "d/kernel" has a number that is not finite',
  );
});

const text = (content: string) => new TextEncoder().encode(content);

Deno.test("what a reader quotes of a file is printed as it may be, and not at length", async () => {
  const shape = Array(400).fill(1);
  const odd = layersModel(sequential("s", [dense]), [{ name: "d/kernel", shape, values: [1] }]);
  const [message] = await refusal(odd);
  assert.ok(message!.length > 400 && message!.length <= 501 && message!.endsWith("…"), message);
});

Deno.test("the reader's help goes on with what can be read, where the reader says so", async () => {
  assert.deepEqual(await refusal({ "a.bin": new Uint8Array() }), [
    "`net` has no file `model.json`",
    `it has a.bin; ${READABLE}`,
  ]);
  assert.deepEqual(await refusal({ "model.json": text("[]") }), [
    "Cannot read the model: its model.json is not an object",
    READABLE,
  ]);
  assert.deepEqual(await refusal({ "model.json": files["model.json"]! }), [
    "`net` has no file `w.bin`, which `model.json` names",
    "it has model.json",
  ]);
  const { "w.bin": whole, ...rest } = files;
  const [message, help] = await refusal({ ...rest, "w.bin": whole!.slice(4) });
  assert.match(message!, /w.bin has 4 bytes, it ends at 8$/);
  assert.equal(help, undefined);
});

Deno.test("a file of another format is called by it, and one of none is what its reader says", async () => {
  assert.deepEqual(await refusal({ "model.json": Uint8Array.of(0x1f, 0x8b, 8) }), [
    "`model.json` is gzipped",
    "unpack it first, with gunzip; shards of weights are not gzipped either",
  ]);
  const [message, help] = await refusal({ "model.json": text("{") });
  assert.match(message!, /^`model.json` is not JSON/);
  assert.equal(help, READABLE);
});

Deno.test("a format of one's own reads in another thread where a module has it, else in this one", async () => {
  const { module: _, ...alone } = nets;
  for (const [entry, where] of [[nets, "another"], [alone, "the main thread"]] as const) {
    const context = runContext({ files: { "d/a.net": new Uint8Array(3) } });
    const named = { from: "d/a.net", [ENTRIES]: [entry] };
    await assert.rejects(readModel(named, context), {
      name: ParameterError.name,
      message: `"a.net" is read in ${where}`,
    });
  }
  const context = runContext({ files: { "d/a.net": new Uint8Array(3) } });
  await assert.rejects(readByOwn(nets, { from: "d/a.net" }, context), /in the main thread$/);
});
