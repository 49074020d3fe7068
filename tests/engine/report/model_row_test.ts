import assert from "node:assert/strict";
import {
  bytesCompared,
  classesOf,
  measuredOf,
  modelLabel,
  modelRows,
} from "../../../engine/report/model_row.ts";
import { filesKind } from "../../../engine/files.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";
import { measured, outcome, statesOf } from "./support/subject.ts";
import { load, memoryStore } from "../../../mod.ts";
import { keras, layersModel, sequential } from "../../ops/model/support/keras_json.ts";

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
    // What says how inputs are prepared is no part of the model.
    if (name === "preprocessing.json") continue;
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

const ops = fakeOps();
const exported = { ...ops.score, output: filesKind };
const graph = graphOf(
  [
    { name: "a", op: ops.constant },
    { name: "b-cut", op: ops.constant },
    { name: "b", op: ops.constant },
    { name: "b-test", op: ops.score, inputs: { model: "b" } },
    { name: "a-test", op: ops.score, inputs: { model: "a" } },
    { name: "a-time", op: ops.clock, inputs: { model: "a" } },
    ...["tfjs", "onnx", "tfjs-again"].map((name) => ({
      name: `export-${name}`,
      op: exported,
      inputs: { model: "a" },
      params: { use: name.split("-")[0]! },
    })),
  ],
  { result: "a" },
);
const blobs = (...sizes: number[]) => sizes.map((bytes) => ({ digest: "d" as never, bytes }));
const own = { raw: 9, encoded: 700, gzip: 600, format: "tfjs", own: true } as const;

Deno.test("what was measured of a model in several steps is one row, in the order of the models", () => {
  const rows = modelRows(
    graph,
    statesOf(graph, {
      "b-test": measured({ loss: 2 }),
      "a-test": measured({ loss: 1, metrics: { mae: 3, own: 1 } }),
      "a-time": measured({ latency: 4, metrics: { own: 2 } }),
      a: { outcome: outcome() },
    }),
  );
  assert.deepEqual(rows, [
    { name: "a", loss: 1, latency: 4, metrics: { mae: 3, own: 2 } },
    { name: "b", loss: 2, metrics: {} },
  ]);
});

Deno.test("metrics stand in the order of their rows and classes in that of the data, however they are recorded", () => {
  const classes = ["top", "left", "right"];
  const told = graphOf([
    { name: "data", op: ops.constant, facts: { kind: "dataset", classes } },
    { name: "a", op: ops.constant },
    { name: "a-test", op: ops.score, inputs: { model: "a", data: "data" } },
    { name: "a-more", op: ops.score, inputs: { model: "a" } },
  ]);
  assert.deepEqual(
    ["recall", "f1-macro", "auc", "loss", "mae"].map((name) =>
      [...told.recipe.metrics.keys()].indexOf(name)
    ).map((at, index, all) => at > (all[index - 1] ?? -1)),
    new Array(5).fill(true),
  );
  const [row] = modelRows(
    told,
    statesOf(told, {
      "a-test": measured({
        intervals: { own: [1, 2], auc: [0, 1], "f1-macro": [0, 1] },
        metrics: { own: 1, auc: 1, "f1-macro": 1, recall: { left: 1, other: 2, top: 3 } },
      }),
      "a-more": measured({ metrics: { mae: 1, precision: { right: 1, left: 2 } } }),
    }),
  );
  const { metrics, intervals } = row!;
  assert.deepEqual(Object.keys(metrics), ["recall", "precision", "f1-macro", "auc", "mae", "own"]);
  assert.deepEqual(Object.keys(intervals!), ["f1-macro", "auc", "own"]);
  assert.deepEqual(Object.entries(metrics.recall!), [["top", 3], ["left", 1], ["other", 2]]);
  const unknown = Object.keys(metrics.precision!);
  assert.deepEqual(unknown, ["right", "left"], "of data whose classes are not known as recorded");
  assert.deepEqual(classesOf(told.node("a-test")!), classes);
  assert.deepEqual(classesOf(told.node("a-more")!), []);
});

Deno.test("the result as it was loaded counts as it was first written, another model as it came", () => {
  const written = { bytes: { encoded: 50, gzip: 40 } };
  const bytes = (ended: object, of = graph) =>
    modelRows(of, statesOf(of, { "a-test": measured({ bytes: own }), ...ended }))[0]!.bytes;
  assert.deepEqual(bytes({}), own);
  assert.deepEqual(bytes({ "export-tfjs": { outcome: outcome() } }), own, "it noted nothing");
  assert.deepEqual(
    bytes({ "export-tfjs": { outcome: outcome() }, "export-onnx": { outcome: outcome(written) } }),
    { raw: 9, encoded: 50, gzip: 40, format: "onnx", loaded: 700 },
  );
  const other = { ...graph, recipe: { ...graph.recipe, result: "b" } };
  assert.deepEqual(bytes({ "export-onnx": { outcome: outcome(written) } }, other), own);
  assert.equal(bytesCompared(own), 700);
  assert.equal(bytesCompared({ ...own, encoded: 50, loaded: 700 }), 700);
});

Deno.test("the files of an export are summed without the manifest, of a format written twice the first", () => {
  const states = statesOf(graph, {
    "a-test": measured({ loss: 1 }),
    "export-tfjs": { outcome: outcome({}, { blobs: blobs(1000, 3, 4) }) },
    "export-tfjs-again": { outcome: outcome({}, { blobs: blobs(1000, 9) }) },
    "export-onnx": { status: "failed" },
  });
  const metricsOf = measuredOf(graph, states);
  assert.deepEqual(metricsOf("result"), { name: "a", loss: 1, metrics: { bytes: { tfjs: 7 } } });
  assert.deepEqual(metricsOf("a"), metricsOf("result"));
  assert.equal(metricsOf("b"), undefined);
});

Deno.test("a model that was cut is called so where another was finetuned from it", () => {
  assert.equal(modelLabel(graph, "b-cut"), "b, just cut");
  assert.equal(modelLabel(graph, "z-cut"), "z-cut");
  assert.equal(modelLabel(graph, "a"), "a");
});
