/** What a step left alone, and why, is in its notes and in the report. */
import assert from "node:assert/strict";
import { memoryStore, recipe } from "../../../mod.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { noteSkipped, withoutKernel } from "../../../ops/model/skipped.ts";
import { mobilenetV1 } from "../../../ops/model/zoo/mobilenet_v1.ts";

Deno.test("layers that were named and could not be treated are noted with the reason, and shown", async () => {
  const all = recipe({
    name: "skipped",
    data: { use: "digits", limit: 60, split: { validation: 0.01, test: 0.02 } },
    model: { use: "mobilenet-v1", depth: 2, width: 0.25, train: { epochs: 1 } },
    steps: [
      { op: "replace", model: "model", layers: ["stem", "block1", "head"], with: "separable" },
      {
        op: "prune",
        as: "narrow",
        model: "model",
        layers: ["stem", "head"],
        granularity: "channel",
        ratio: 0.5,
      },
      {
        op: "prune",
        as: "sparse",
        model: "model",
        granularity: "weight",
        ratio: 0.5,
        exclude: "block1",
      },
      { op: "cluster", model: "model", layers: ["stem"], clusters: 4 },
      {
        op: "quantize",
        model: "model",
        scheme: "int8",
        activations: "none",
        exclude: "at:first",
        per_layer: [{ layers: "head.dense", scheme: "float32" }],
      },
      { op: "quantize", as: "half", model: "model", scheme: "float16" },
    ],
  } as never);
  const folder = await Deno.makeTempDir();
  try {
    const run = await all.run({ cache: memoryStore(), out: folder });
    assert.deepEqual(run.problems, []);
    const notes = (step: string) => run.steps.find(({ name }) => name === step)!.notes.skipped;
    const window = (kind: string) => `separable is for no ${kind}, or would not make it smaller`;
    const [depthwise, dense, batchnorm] = ["depthwise", "dense", "batchnorm"].map(window);
    const replaced = notes("replaced") as Record<string, string>;
    assert.equal(replaced["block1.depthwise"], depthwise);
    assert.equal(replaced["head.dense"], dense);
    assert.equal(replaced["stem"], undefined);
    assert.ok(Object.values(replaced).includes(batchnorm!));
    assert.deepEqual(notes("narrow"), {
      "head.dense": "its channels are those of the model's inputs or outputs, or must all stay",
      ...Object.fromEntries(
        Object.keys(notes("narrow") as object).filter((name) => name.startsWith("stem"))
          .map((name) => [name, "it has the channels of the layer before it"]),
      ),
    });
    assert.deepEqual(notes("sparse"), {
      "block1.depthwise": "excluded",
      "block1.pointwise": "excluded",
    });
    const clustered = Object.values(notes("clustered") ?? {});
    assert.ok(clustered.every((why) => why === "a batchnorm has no kernel"));
    assert.deepEqual(notes("quantized"), {
      stem: "excluded",
      "head.dense": "float32 by `per_layer`",
    });
    assert.equal(notes("half"), undefined, "nothing was named, all that can be is");
    const page = await Deno.readTextFile(`${folder}/report.html`);
    assert.match(page, /<th[^>]*>skipped<\/th>/);
    assert.match(page, /float32 by `per_layer`/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** `stem`, `block1.depthwise` and `.pointwise`, each normalised, and `head.dense`. */
const { layers } = modelFacts(
  mobilenetV1.build([8, 8, 1], 3, { depth: 1, width: 0.25 }),
  { learned: false, established: {} },
);

function noted(chosen: { layers?: string[]; exclude?: string[] }, ...treated: string[]) {
  const notes: Record<string, unknown> = {};
  noteSkipped(
    { note: (name, value) => void (notes[name] = value) },
    layers!,
    chosen,
    { treated: new Set(treated), why: withoutKernel },
  );
  return notes;
}

Deno.test("of layers that nobody named only those with kernels count", () => {
  assert.deepEqual(noted({}, "stem", "block1.depthwise"), {
    skipped: {
      "block1.pointwise": "a conv has no kernel",
      "head.dense": "a dense has no kernel",
    },
  });
});

Deno.test("a named layer without a kernel counts, one without parameters never", () => {
  assert.deepEqual(noted({ layers: ["stem", "stem.norm", "head"] }, "stem"), {
    skipped: {
      "stem.norm": "a batchnorm has no kernel",
      "head.dense": "a dense has no kernel",
    },
  });
});

Deno.test("who was excluded is said to be, and nothing is noted where nothing was left alone", () => {
  assert.deepEqual(noted({ layers: ["stem"], exclude: ["stem"] }), {
    skipped: { stem: "excluded", "stem.norm": "excluded" },
  });
  assert.deepEqual(noted({ layers: ["head"] }, "head.dense"), {});
});
