/**
 * Exported files in LiteRT as a page has it: `@litertjs/core` in Chromium. `DECANT_CHROMIUM` names a Chromium; without it
 * the tests are skipped. The package's files are served from a folder that npm unpacks them to.
 */
import assert from "node:assert/strict";
import { LITERT } from "../../../engine/deps/litert.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { agreementOf } from "../../../ops/formats/compare.ts";
import { encodeTflite, TFLITE_FILE } from "../../../ops/formats/tflite/encode.ts";
import { loadInLitert } from "../../../ops/formats/tflite/time_litert.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import type { Model } from "../../../ops/model/model.ts";
import { assertNear } from "../../ops/formats/onnx/support/both_logits.ts";
import { quantizedNetwork } from "../../ops/formats/onnx/support/quantized_network.ts";
import { answersOf } from "../../ops/formats/runtime_answers.ts";
import { livelyModel, noise } from "../../ops/lively_model.ts";
import { zooNetworks } from "../../ops/zoo_networks.ts";
import { chromium, toldByPage, unpackedPackage } from "./chromium_page.ts";

/** What a page runs: a file, and samples of one shape for it. */
interface Job {
  readonly file: Uint8Array;
  readonly shape: readonly number[];
  readonly samples: readonly (readonly number[])[];
}

const HEAD = `<script type="importmap">
  { "imports": { "@litertjs/wasm-utils": "/wasm-utils/dist/index.js" } }
</script>`;

const SCRIPT = `
  const { loadLiteRt, loadAndCompile, Tensor } = await import("/core/dist/index.js");
  await loadLiteRt("/core/wasm/");
  const answers = [];
  for (const [index, { shape, samples }] of (await (await fetch("/jobs")).json()).entries()) {
    const model = await loadAndCompile("/files/" + index, { accelerator: "wasm" });
    const rows = answers[index] = [];
    for (const sample of samples) {
      const [output] = await model.run([new Tensor(Float32Array.from(sample), [1, ...shape])]);
      rows.push([...await output.data()]);
    }
    model.delete();
  }
  return answers;
`;

/** What a page in Chromium answers: for each job, of each sample the first output's numbers. */
async function inPage(jobs: readonly Job[]): Promise<readonly number[][][]> {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["core", "wasm-utils"]) {
      await unpackedPackage(`@litertjs/${name}`, LITERT, folder);
    }
    const files = jobs.map(({ file }, index) => [`files/${index}`, file] as const);
    const asked = jobs.map(({ shape, samples }) => ({ shape, samples }));
    const served = { jobs: asked, ...Object.fromEntries(files) };
    const page = { head: HEAD, script: SCRIPT, served, folder };
    return await toldByPage(page) as number[][][];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Samples of noise for a model of one input. */
const samplesOf = (model: Model, count: number) =>
  Array.from({ length: count }, (_, index) => [...noise(model, 2, index)[0]!.data]);

/** What the format can hold, and reads one input. */
const networks = Object.entries(zooNetworks).filter(([, { inputs, layers }]) =>
  inputs.length === 1 && layers.every(({ kind }) => kind !== "recurrent")
);

Deno.test({
  name: "the zoo's files answer in a page as the engine does, int8 in the class but for ties",
  ignore: chromium === undefined,
  async fn() {
    const floats = networks.map(([, network]) => livelyModel(network));
    const resnet = quantizedNetwork(zooNetworks.resnet!, { rules: "tflite" });
    const models = [...floats, resnet];
    const files = models.map((model) =>
      encodeTflite(model, { form: model === resnet ? "int8" : "float" })
    );
    const answers = await inPage(models.map((model, index) => ({
      file: files[index]![TFLITE_FILE]!,
      shape: model.inputs[0]!.shape,
      samples: samplesOf(model, model === resnet ? 50 : 1),
    })));
    for (const [index, model] of floats.entries()) {
      const here = await answersOf({ load: loadInLitert }, { model, files: files[index]! });
      assertNear(answers[index]![0]!, here.probabilities, 2e-5);
    }
    const found = answers.at(-1)!.flat();
    const x = Float32Array.from(samplesOf(resnet, 50).flat());
    const own = await withTensors((room) => inferLogits(room, resnet, { count: 50, x, y: null }));
    const agreement = agreementOf(Float32Array.from(found), own, own.length / 50);
    assert.ok(agreement >= 0.96, `${agreement}`);
  },
});
