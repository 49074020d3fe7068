/**
 * Exported files in LiteRT, by its Python package `ai-edge-litert`: the interpreter that ships, with XNNPACK and with its
 * reference kernels. `DECANT_LITERT_PYTHON` names an interpreter that has the package; without it the tests are skipped.
 */
import assert from "node:assert/strict";
import { memoryStore } from "../../../mod.ts";
import { testData } from "../../ops/model/support/test_data.ts";
import { recipe } from "../../recipes/support/small.ts";

const python = Deno.env.get("DECANT_LITERT_PYTHON");
const network = testData("mlperf-tiny-resnet-cifar10");
const pictures = testData("cifar10-jpeg");

/** Prints the class of each of 1,000 pictures, by each file and kernel, and the largest difference of the float files. */
const SCRIPT = `
import gzip, json, sys
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
raw = np.frombuffer(gzip.open(sys.argv[1]).read(), np.uint8).reshape(-1, 3073)[:1000]
labels, x = raw[:, 0], raw[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).astype(np.float32)
def answers(path, resolver=OpResolverType.AUTO):
    model = Interpreter(model_path=path, num_threads=1, experimental_op_resolver_type=resolver)
    model.allocate_tensors()
    enters, leaves = model.get_input_details()[0]["index"], model.get_output_details()[0]["index"]
    rows = []
    for each in x:
        model.set_tensor(enters, each[None])
        model.invoke()
        rows.append(model.get_tensor(leaves)[0].copy())
    return np.array(rows)
published, floats = answers(sys.argv[2]), answers(sys.argv[3])
fast, exact = answers(sys.argv[4]), answers(sys.argv[4], OpResolverType.BUILTIN_REF)
right = lambda rows: float((rows.argmax(1) == labels).mean())
print(json.dumps({
    "apart": float(abs(published - floats).max()),
    "right": [right(rows) for rows in (published, floats, fast, exact)],
    "alike": float((fast.argmax(1) == exact.argmax(1)).mean()),
}))
`;

Deno.test({
  name: "ResNet-8 in LiteRT: float as published, int8 within half a point, by either kernels",
  ignore: python === undefined || network === undefined || pictures === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const written = async (name: string, quantize: object) => {
        const run = await recipe({
          name,
          data: { from: `${pictures!}/`, format: "cifar", normalize: "none" },
          model: { from: `${network!}/tfjs-resnet8/model.json` },
          ...quantize,
          export: ["tflite"],
        }).run({ cache: memoryStore(), out: `${folder}/${name}` });
        assert.deepEqual(run.problems, []);
        return `${folder}/${name}/tflite/model.tflite`;
      };
      const floats = await written("floats", {});
      const int8 = await written("int8", { quantize: { scheme: "int8", rules: "tflite" } });
      const { stdout, stderr, success } = await new Deno.Command(python!, {
        args: [
          ...["-c", SCRIPT, `${pictures!}/test.bin.gz`],
          ...[`${network!}/pretrainedResnet.tflite`, floats, int8],
        ],
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const found = JSON.parse(new TextDecoder().decode(stdout));
      assert.ok(found.apart < 1e-4, `${found.apart}`);
      const [published, own, fast, exact] = found.right;
      assert.deepEqual([published, own], [0.751, 0.751]);
      for (const int8 of [fast, exact]) assert.ok(Math.abs(int8 - 0.748) <= 0.0051, `${int8}`);
      assert.ok(found.alike >= 0.97, `${found.alike}`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
