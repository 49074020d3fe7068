/**
 * Every integer between the layers of an int8 file, as LiteRT's reference kernels compute it and as our arithmetic by the
 * rules `tflite` does: the same, but for numbers beside ties, and means, which LiteRT rounds twice. `DECANT_LITERT_PYTHON` names an interpreter that
 * has the package `ai-edge-litert`; without it the test is skipped.
 */
import assert from "node:assert/strict";
import { withTensors } from "../../engine/tensor/mod.ts";
import { TFLITE_FILE, tfliteGraph } from "../../ops/formats/tflite/encode.ts";
import { encodeFile } from "../../ops/formats/tflite/flatbuffer.ts";
import { readTflite } from "../../ops/formats/tflite/read_model.ts";
import { inferLogits } from "../../ops/model/infer.ts";
import { integerRunner } from "../../ops/model/integers/integer.ts";
import { testData } from "../ops/model/test_data.ts";

const python = Deno.env.get("DECANT_LITERT_PYTHON");
const network = testData("mlperf-tiny-resnet-cifar10");
const pictures = testData("cifar10-jpeg");

/** Writes the values of tensors for 20 pictures, and the answers to 1,000 of the published file. */
const SCRIPT = `
import gzip, sys
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
raw = np.frombuffer(gzip.open(sys.argv[1]).read(), np.uint8).reshape(-1, 3073)[:1000]
x = raw[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
def model(path):
    it = Interpreter(model_path=path, experimental_preserve_all_tensors=True,
                     experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    it.allocate_tensors()
    return it, it.get_input_details()[0]["index"], it.get_output_details()[0]["index"]
it, enters, leaves = model(sys.argv[2])
places = {each["name"]: each["index"] for each in it.get_tensor_details()}
names = sys.argv[5:]
found = {name: [] for name in names}
for each in x[:20]:
    it.set_tensor(enters, each[None].astype(np.float32))
    it.invoke()
    for name in names:
        found[name].append(it.get_tensor(places[name]).copy())
np.concatenate([np.stack(found[name]).reshape(-1) for name in names]).astype(np.int8).tofile(sys.argv[4])
it, enters, leaves = model(sys.argv[3])
classes = []
for each in x:
    it.set_tensor(enters, (each[None].astype(np.int16) - 128).astype(np.int8))
    it.invoke()
    classes.append(int(it.get_tensor(leaves)[0].argmax()))
print(",".join(map(str, classes)))
`;

Deno.test({
  name:
    "ResNet-8 in integers is LiteRT's, value by value; the published file answers as it does there",
  ignore: python === undefined || network === undefined || pictures === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const published = `${network!}/pretrainedResnet_quant.tflite`;
      const model = readTflite(await Deno.readFile(published), "q", { integers: true });
      const { file, rounded } = tfliteGraph(model, { form: "int8" });
      await Deno.writeFile(`${folder}/${TFLITE_FILE}`, encodeFile(file));
      const names = [...rounded.values()].map(({ value }) => value);
      const { stdout, stderr, success } = await new Deno.Command(python!, {
        args: [
          ...["-c", SCRIPT, `${pictures!}/test.bin.gz`, `${folder}/${TFLITE_FILE}`],
          ...[published, `${folder}/values`, ...names],
        ],
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const theirs = new Int8Array((await Deno.readFile(`${folder}/values`)).buffer);
      const { x, labels } = await testPictures();
      const unequal = { means: 0, others: 0 };
      await withTensors(async (room) => {
        const { run, dispose } = integerRunner(room, model, { exact: true });
        let at = 0;
        room.tf.tidy(() =>
          run([room.tensor(x.slice(0, 20 * 3072), [20, 32, 32, 3])], (name, own) => {
            if (own.format === undefined || !rounded.has(name)) return own;
            const integers = room.values(room.nn.realsOfShort(own.tensor, 1));
            const found = theirs.subarray(at, at += integers.length);
            const centred = Float32Array.from(found, (q) => q - own.format.zero);
            // A mean is rounded to eighths first.
            const pools = model.layers.some((each) => each.name === name && /pool/.test(each.kind));
            const tie = pools ? 1 / 16 : 1 / 128;
            integers.forEach((q, i) => {
              if (q === centred[i]) return;
              unequal[pools ? "means" : "others"]++;
              const beyond = Math.abs(own.exact![i]! - Math.trunc(own.exact![i]!)) - 0.5;
              assert.ok(Math.abs(beyond) < tie, `${name}: ${own.exact![i]} is no tie`);
            });
            // What follows is computed from the same values.
            return { ...own, tensor: room.short(Int32Array.from(centred), own.tensor.shape) };
          })
        );
        dispose();
        assert.equal(at, theirs.length);
        assert.ok(unequal.others < theirs.length / 10_000, `${unequal.others}`);
        const logits = await inferLogits(room, model, { count: 1000, x, y: null });
        const classes = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!.split(",");
        const own = classes.map((_, row) => {
          const answers = logits.subarray(row * 10, row * 10 + 10);
          return answers.indexOf(Math.max(...answers));
        });
        const share = (same: (row: number) => boolean) =>
          classes.filter((_, row) => same(row)).length / 1000;
        const alike = share((row) => own[row] === Number(classes[row]));
        // LiteRT's own sets of kernels agree with one another on 96 % of these pictures.
        assert.ok(alike >= 0.98, `${alike}`);
        const right = share((row) => own[row] === labels[row]);
        assert.ok(Math.abs(right - 0.748) <= 0.005, `${right}`);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** The test pictures as the network reads them: 0 to 255, channels last. */
async function testPictures() {
  const packed = await Deno.readFile(`${pictures!}/test.bin.gz`);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const raw = new Uint8Array(await new Response(stream).arrayBuffer());
  const x = new Float32Array(1000 * 3072);
  for (let at = 0; at < x.length; at++) {
    const [row, place] = [Math.floor(at / 3072), at % 3072];
    x[at] = raw[row * 3073 + 1 + (place % 3) * 1024 + Math.floor(place / 3)]!;
  }
  return { x, labels: Array.from({ length: 1000 }, (_, row) => raw[row * 3073]!) };
}
