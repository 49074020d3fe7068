/**
 * Exported files in LiteRT as a page has it: `@litertjs/core` in Chromium. `DECANT_CHROMIUM` names a Chromium; without it
 * the tests are skipped. The package's files are served from a folder that npm unpacks them to.
 */
import assert from "node:assert/strict";
import { LITERT } from "../../engine/deps/litert.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { agreementOf } from "../../ops/formats/compare.ts";
import { encodeTflite, TFLITE_FILE } from "../../ops/formats/tflite/encode.ts";
import { loadInLitert } from "../../ops/formats/tflite/time_litert.ts";
import { inferLogits } from "../../ops/model/infer.ts";
import type { Model } from "../../ops/model/model.ts";
import { assertNear } from "../ops/formats/onnx/both_logits.ts";
import { quantizedNetwork } from "../ops/formats/onnx/quantized_network.ts";
import { answersOf } from "../ops/formats/runtime_answers.ts";
import { livelyModel, noise } from "../ops/lively_model.ts";
import { zooNetworks } from "../ops/zoo_networks.ts";

const chromium = Deno.env.get("DECANT_CHROMIUM");

/** What a page runs: a file, and samples of one shape for it. */
interface Job {
  readonly file: Uint8Array;
  readonly shape: readonly number[];
  readonly samples: readonly (readonly number[])[];
}

const PAGE = `<!doctype html>
<script type="importmap">{ "imports": { "@litertjs/wasm-utils": "/wasm-utils/dist/index.js" } }</script>
<body></body>
<script type="module">
  const tell = (told) => fetch("/told", { method: "POST", body: JSON.stringify(told) });
  try {
    const { loadLiteRt, loadAndCompile, Tensor } = await import("/core/dist/index.js");
    await loadLiteRt("/core/wasm/");
    const jobs = await (await fetch("/jobs")).json();
    const answers = [];
    for (const [index, { shape, samples }] of jobs.entries()) {
      const model = await loadAndCompile("/files/" + index, { accelerator: "wasm" });
      for (const sample of samples) {
        const [output] = await model.run([new Tensor(Float32Array.from(sample), [1, ...shape])]);
        answers.push({ index, values: [...await output.data()] });
      }
      model.delete();
    }
    await tell({ answers });
  } catch (error) {
    await tell({ error: String(error) });
  }
</script>`;

/** What a page in Chromium answers: for each job, of each sample the first output's numbers. */
async function inPage(jobs: readonly Job[]): Promise<readonly number[][][]> {
  const folder = await Deno.makeTempDir();
  const { promise: told, resolve } = Promise.withResolvers<
    { answers?: { index: number; values: number[] }[]; error?: string }
  >();
  for (const name of ["core", "wasm-utils"]) await unpacked(name, folder);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response(PAGE, { headers: { "content-type": "text/html" } });
    if (pathname === "/jobs") {
      return Response.json(jobs.map(({ shape, samples }) => ({ shape, samples })));
    }
    if (pathname.startsWith("/files/")) {
      return new Response(jobs[Number(pathname.slice(7))]!.file as BodyInit);
    }
    if (pathname === "/told") {
      resolve(await request.json());
      return new Response();
    }
    const type = pathname.endsWith(".js") ? "text/javascript" : "application/wasm";
    const bytes = await Deno.readFile(`${folder}${pathname}`).catch(() => undefined);
    return bytes === undefined
      ? new Response(null, { status: 404 })
      : new Response(bytes, { headers: { "content-type": type } });
  });
  const page = new Deno.Command(chromium!, {
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${folder}/profile`],
      `http://127.0.0.1:${server.addr.port}/`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const { answers, error } = await told;
    assert.equal(error, undefined);
    return jobs.map((_, job) =>
      answers!.filter(({ index }) => index === job).map(({ values }) => values)
    );
  } finally {
    page.kill();
    await page.status;
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Puts a package of LiteRT's into a folder of its name. */
async function unpacked(name: string, folder: string): Promise<void> {
  const run = async (command: string, args: readonly string[]) => {
    const { success, stderr } = await new Deno.Command(command, { args: [...args], cwd: folder })
      .output();
    assert.ok(success, new TextDecoder().decode(stderr));
  };
  await run("npm", ["pack", `@litertjs/${name}@${LITERT}`]);
  await run("tar", ["xzf", `litertjs-${name}-${LITERT}.tgz`]);
  await Deno.rename(`${folder}/package`, `${folder}/${name}`);
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
