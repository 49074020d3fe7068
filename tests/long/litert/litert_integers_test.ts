/**
 * Every integer between the layers of an int8 file, as LiteRT's reference kernels compute it and as our arithmetic by the
 * rules `tflite` does: the same, but for numbers beside ties. Means are LiteRT's to the bit where they are rounded as it
 * rounds them: MEAN by a multiplier and a shift that hold 1 / count too, which rounds twice (`QuantizedMeanOrSum` of
 * `reference/reduce.h`), AVERAGE_POOL_2D once, half-way cases away from the stored 0, not from the real one
 * (`reference/integer_ops/pooling.h`). Ours are exact means, half-way cases away from the real 0. `DECANT_LITERT_PYTHON`
 * names an interpreter that has the package `ai-edge-litert`; without it the test is skipped.
 */
import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { TFLITE_FILE, tfliteGraph } from "../../../ops/formats/tflite/encode.ts";
import { encodeFile } from "../../../ops/formats/tflite/flatbuffer.ts";
import { readTflite } from "../../../ops/formats/tflite/read_model.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { integerRunner } from "../../../ops/model/integers/integer.ts";
import { testData } from "../../ops/model/support/test_data.ts";

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
      const pool = model.layers.find(({ kind }) => kind === "average-pool")!;
      let unequal = 0;
      const far: number[] = [];
      await withTensors(async (room) => {
        const { run, dispose } = integerRunner(room, model, { exact: true });
        let at = 0;
        let before: Float32Array = new Float32Array();
        room.tf.tidy(() =>
          run([room.tensor(x.slice(0, 20 * 3072), [20, 32, 32, 3])], (name, own) => {
            if (own.format === undefined || !rounded.has(name)) return own;
            const integers = room.values(room.nn.realsOfShort(own.tensor, 1));
            const found = theirs.subarray(at, at += integers.length);
            const centred = Float32Array.from(found, (q) => q - own.format.zero);
            const pools = pool.name === name;
            if (pools) {
              assert.deepEqual([...centred], meansOf(before, multipliedMean));
              // A sum of 64 loses its last bit first.
              far.push(...[...own.exact!].map((exact, i) => Math.abs(exact - centred[i]!)));
            } else {
              integers.forEach((q, i) => {
                if (q === centred[i]) return;
                unequal++;
                const beyond = Math.abs(own.exact![i]! - Math.trunc(own.exact![i]!)) - 0.5;
                assert.ok(Math.abs(beyond) < 1 / 128, `${name}: ${own.exact![i]} is no tie`);
              });
            }
            before = centred;
            // What follows is computed from the same values.
            return { ...own, tensor: room.short(Int32Array.from(centred), own.tensor.shape) };
          })
        );
        assert.equal(at, theirs.length);
        assert.ok(unequal < theirs.length / 100_000, `${unequal}`);
        // The last bit of a sum of 64, and what float32 leaves of the exact mean.
        assert.ok(Math.max(...far) < 0.5 + 1 / 64 + 1e-4, `${Math.max(...far)}`);
        const classes = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!.split(",");
        const share = (same: (row: number) => boolean) =>
          classes.filter((_, row) => same(row)).length / 1000;
        const shares = (logits: Float32Array) => {
          const own = classes.map((_, row) => {
            const answers = logits.subarray(row * 10, row * 10 + 10);
            return answers.indexOf(Math.max(...answers));
          });
          return {
            alike: share((row) => own[row] === Number(classes[row])),
            right: share((row) => own[row] === labels[row]),
          };
        };
        // One picture may be decided by a tie in a convolution.
        const { alike } = shares(answersWithPools(x, pool.name));
        assert.ok(alike >= 0.999, `${alike}`);
        const plain = shares(await inferLogits(room, model, { count: 1000, x, y: null }));
        // LiteRT's own sets of kernels agree with one another on 96 % of these pictures.
        assert.ok(plain.alike >= 0.98, `${plain.alike}`);
        assert.ok(Math.abs(plain.right - 0.748) <= 0.005, `${plain.right}`);
        dispose();

        /** The logits of pictures, each pooling rounded as the published file has it. */
        function answersWithPools(x: Float32Array, pool: string): Float32Array {
          const all = new Float32Array(10 * x.length / 3072);
          for (let from = 0; from < all.length / 10; from += 100) {
            const batch = room.tensor(x.slice(from * 3072, (from + 100) * 3072), [100, 32, 32, 3]);
            let read: Float32Array = new Float32Array();
            const answers = run([batch], (name, own) => {
              if (own.format === undefined) return own;
              if (name !== pool) {
                read = room.values(room.nn.realsOfShort(own.tensor, 1));
                return own;
              }
              const means = meansOf(read, (sum) => storedMean(sum, own.format.zero));
              return { ...own, tensor: room.short(Int32Array.from(means), own.tensor.shape) };
            });
            all.set(room.values(answers), from * 10);
            for (const each of [batch, answers]) each.dispose();
          }
          return all;
        }
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Of 64 positions with 64 channels, the channels last: each channel's mean by its sum. */
function meansOf(values: Float32Array, mean: (sum: number) => number): number[] {
  const means: number[] = [];
  for (let picture = 0; picture < values.length; picture += 64 * 64) {
    for (let c = 0; c < 64; c++) {
      let sum = 0;
      for (let p = 0; p < 64; p++) sum += values[picture + p * 64 + c]!;
      means.push(mean(sum));
    }
  }
  return means;
}

/**
 * 1/64 in one format is 2³⁰ with a shift of 5 to the right, which the reference kernels compute in two roundings: the upper
 * half of twice the product, half-way cases up, then the shift, half-way cases away from 0.
 */
function multipliedMean(sum: number): number {
  const halved = Math.floor((sum + 1) / 2);
  return Math.sign(halved) * Math.floor((Math.abs(halved) + 16) / 32);
}

/** Of integers as they are stored, q = centred + zero: rounded away from q = 0, then centred again. */
function storedMean(sum: number, zero: number): number {
  const stored = sum + 64 * zero;
  return Math.sign(stored) * Math.floor((Math.abs(stored) + 32) / 64) - zero;
}

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
