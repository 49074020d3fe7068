import assert from "node:assert/strict";
import { load, memoryStore } from "../../../mod.ts";
import { keras, layersModel, sequential } from "../../ops/model/keras_json.ts";

const UNITS = 64;

/** A classifier of flowers whose weights are one byte each, as a quantized layers-model has them. */
function quantizedModel() {
  const bytes = (name: string, shape: readonly number[]) => ({
    name,
    shape,
    values: Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i * 37) % 256),
    quantization: { dtype: "uint8" as const, scale: 0.01, min: -1.28 },
  });
  return layersModel(
    sequential("s", [
      keras("Dense", "hidden", { units: UNITS, batch_input_shape: [null, 4], activation: "relu" }),
      keras("Dense", "answers", { units: 3, activation: "softmax" }),
    ]),
    [
      bytes("hidden/kernel", [4, UNITS]),
      bytes("hidden/bias", [UNITS]),
      bytes("answers/kernel", [UNITS, 3]),
      bytes("answers/bias", [3]),
    ],
  );
}

Deno.test("a loaded model that is exported is the result with the bytes that were written", async () => {
  const folder = await Deno.makeTempDir();
  const cache = memoryStore();
  await Deno.mkdir(`${folder}/net`);
  let own = 0;
  for (const [name, bytes] of Object.entries(quantizedModel())) {
    await Deno.writeFile(`${folder}/net/${name}`, bytes);
    own += bytes.length;
  }
  const run = async (more: Readonly<Record<string, unknown>>) => {
    const document = { decant: 1, name: "own", data: "iris", model: { from: "./net/" }, ...more };
    await Deno.writeTextFile(`${folder}/own.json`, JSON.stringify(document));
    return await (await load(`${folder}/own.json`)).run({ cache, out: `${folder}/out` });
  };
  const alone = await run({
    expect: [`result.bytes <= ${own} B`, `result.bytes.tfjs <= ${own} B`],
  });
  assert.equal(alone.models[0]!.bytes!.encoded, own);
  assert.deepEqual(alone.expect.map(({ met }) => met), [true, true]);

  const { models, expect, problems } = await run({
    export: ["tfjs", "onnx"],
    expect: [
      "result.bytes.tfjs >= 1 B",
      "result.bytes >= 1 B",
      "result.bytes.onnx >= 1 B",
      `result.bytes.tfjs <= ${own} B`,
    ],
  });
  assert.deepEqual(problems, []);
  let written = 0;
  for await (const { name } of Deno.readDir(`${folder}/out/tfjs`)) {
    written += (await Deno.stat(`${folder}/out/tfjs/${name}`)).size;
  }
  assert.ok(written > own, "floats take more than the bytes that were loaded");
  const { encoded, gzip, format, own: asLoaded, loaded } = models[0]!.bytes!;
  assert.deepEqual([encoded, format, asLoaded, loaded], [written, "tfjs", undefined, own]);
  assert.ok(gzip < encoded);
  assert.deepEqual(expect.map(({ met }) => met), [true, true, true, false]);
  assert.deepEqual(expect.slice(0, 2).map(({ left }) => left), [written, written]);
  await Deno.remove(folder, { recursive: true });
});
