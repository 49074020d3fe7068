/**
 * The arena that a C array states, in TensorFlow Lite Micro by its Python package `tflite-micro`: files run in it, and not in
 * one that is much smaller. `DECANT_LITERT_PYTHON` names an interpreter that has the package; without it the test is skipped.
 */
import assert from "node:assert/strict";
import { cArray } from "../../ops/formats/tflite/micro/c_array.ts";
import { encodeTflite, TFLITE_FILE } from "../../ops/formats/tflite/encode.ts";
import { livelyModel } from "../ops/lively_model.ts";
import { quantizedNetwork } from "../ops/formats/onnx/support/quantized_network.ts";
import { zooNetworks } from "../ops/zoo_networks.ts";

const python = Deno.env.get("DECANT_LITERT_PYTHON");

/** Prints the smallest arena, to 16 bytes, in which each file runs. */
const SCRIPT = `
import json, os, sys
from tflite_micro.python.tflite_micro import runtime
def runs(path, size):
    try:
        runtime.Interpreter.from_file(path, arena_size=size)
        return True
    except Exception:
        return False
found = []
for path, stated in zip(sys.argv[1::2], map(int, sys.argv[2::2])):
    low, high = stated // 2, 2 * stated
    while high - low > 16:
        middle = (low + high) // 2 // 16 * 16
        low, high = (low, middle) if runs(path, middle) else (middle, high)
    found.append(high)
print(json.dumps(found))
`;

const networks = ["mlp", "cnn", "lenet5", "resnet", "mobilenet-v2"];

Deno.test({
  name:
    "files run in the arena that is stated, in TensorFlow Lite Micro, and hardly in a smaller one",
  ignore: python === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const files = networks.flatMap((name) => [
        encodeTflite(livelyModel(zooNetworks[name]!), { form: "float" })[TFLITE_FILE]!,
        encodeTflite(quantizedNetwork(zooNetworks[name]!, { rules: "tflite" }), { form: "int8" })[
          TFLITE_FILE
        ]!,
      ]);
      const paths = await Promise.all(files.map(async (bytes, index) => {
        const path = `${folder}/${index}.tflite`;
        await Deno.writeFile(path, bytes);
        return path;
      }));
      const stated = files.map((bytes) => {
        const header = new TextDecoder().decode(cArray(bytes, TFLITE_FILE)["model.h"]);
        return Number(/MODEL_ARENA_BYTES (\d+)/.exec(header)![1]);
      });
      const { stdout, stderr, success } = await new Deno.Command(python!, {
        args: ["-c", SCRIPT, ...paths.flatMap((path, index) => [path, `${stated[index]}`])],
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const lines = new TextDecoder().decode(stdout).trim().split("\n");
      const smallest = JSON.parse(lines.at(-1)!) as number[];
      files.forEach((bytes, index) => {
        const header = new TextDecoder().decode(cArray(bytes, TFLITE_FILE)["model.h"]);
        const stated = Number(/MODEL_ARENA_BYTES (\d+)/.exec(header)![1]);
        const about = `${networks[index >> 1]} ${index % 2}: ${stated}, ${
          smallest[index]
        } is enough`;
        assert.ok(stated >= smallest[index]!, about);
        assert.ok(stated <= smallest[index]! + 2048 + stated / 8, about);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
