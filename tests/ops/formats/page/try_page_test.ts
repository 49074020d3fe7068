import assert from "node:assert/strict";
import { USUAL_AUDIO } from "../../../../ops/data/audio/audio_fields.ts";
import type { Json } from "../../../../engine/digest.ts";
import type { Meta } from "../../../../ops/data/dataset.ts";
import { plainVocabulary } from "../../../../ops/data/text/vocabulary.ts";
import { tryPage } from "../../../../ops/formats/page/try_page.ts";
import { unpack } from "../../../../ops/formats/packed/unpack.js";
import { preprocessing } from "../../../../ops/formats/preprocessing/preprocessing.ts";
import { vocabularyOf } from "../../../../ops/formats/vocabulary_file.ts";
import { framedPage } from "../../../../ops/formats/page/page_frame.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { decodedWeights } from "../../../../ops/model/weights.ts";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";

const cnn: Model = { ...livelyModel(zooNetworks.lenet5!), classes: [] };
const meta: Meta = {
  input: [16, 16, 1],
  type: "uint8",
  task: "classification",
  classes: ["</script><b>", "dog", "cow"],
  outputs: 3,
  normalize: { scale: [0.02], offset: [-1] },
};
const page = (model = cnn, more: Partial<Meta> = {}, params = {}) => {
  const manifest = { meta: { ...meta, ...more } } as unknown as Json;
  return tryPage("pets", model, { params, notes: {}, manifest });
};

/** What stands in an element of the page. */
const part = (text: string, id: string) =>
  new RegExp(`<script[^>]* id="${id}">([^<]*)</script>`).exec(text)![1]!;
const about = (text: string | undefined) => JSON.parse(part(text!, "model"));

Deno.test("the page has the model's weights to the bit, its layers, and what its data say", async () => {
  const text = await page();
  const { weights } = await unpack(Uint8Array.fromBase64(part(text!, "packed")).buffer);
  const own = decodedWeights(cnn);
  for (const [name, values] of Object.entries(own)) {
    assert.deepEqual((weights as Record<string, { values: Float32Array }>)[name]!.values, values);
  }
  const { name, layers, preprocessing: document } = about(text);
  const data = { params: {}, notes: {}, manifest: { meta } as unknown as Json };
  assert.deepEqual({ name, document }, { name: "pets", document: preprocessing(cnn, data) });
  assert.deepEqual(layers, JSON.parse(JSON.stringify(cnn.layers)));
});

Deno.test("it is one file that loads nothing, the same bytes each time, and no name ends its script", async () => {
  const text = await page();
  assert.equal(text, await page());
  assert.match(text!, /Content-Security-Policy" content="default-src 'none';/);
  assert.doesNotMatch(text!, /https?:|src=|href=|\bimport\b.*from/);
  assert.equal(text!.match(/<\/script>/g)!.length, 3);
  assert.doesNotMatch(text!, /{{|\$\{model}/);
});

Deno.test("its script is one module in which no name stands twice", async () => {
  const script = /<script type="module">(.*)<\/script>/s.exec((await page())!)![1]!;
  // Two declarations of a name are an error as soon as the text is read.
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  assert.doesNotThrow(() => new AsyncFunction(script));
  assert.doesNotMatch(script, /^export /m);
});

Deno.test("what people give is a picture, dark or light as the data are, in one channel or three", async () => {
  const shown = async (...of: Parameters<typeof page>) => {
    const { preprocessing: { sample }, dark } = about(await page(...of));
    return { ...sample, dark };
  };
  const shape = { height: 16, width: 16, channels: 1 };
  const picture = { use: "picture", ...shape, most: 255, dark: true };
  assert.deepEqual(await shown(), picture);
  // Their mean is 200: strokes are dark.
  const light = { normalize: { scale: [0.02], offset: [-4] } };
  assert.deepEqual(await shown(cnn, light), { ...picture, dark: false });
  const shares = { type: "float32", normalize: { scale: [1], offset: [-0.4] } } as const;
  assert.deepEqual(await shown(cnn, shares), { ...picture, most: 1 });
  const brighter = { type: "float32", normalize: { scale: [1], offset: [-0.6] } } as const;
  assert.equal((await shown(cnn, brighter)).dark, false);
  const coloured = livelyModel(zooNetworks.resnet!);
  assert.deepEqual((await shown(coloured, { input: [8, 8, 3] })).channels, 3);
  assert.equal(await page(livelyModel(zooNetworks.cnn!), { input: [9, 9, 2] }), undefined);
});

Deno.test("numbers are typed, texts cut by rules that need no file, sound cut into features by its parameters", async () => {
  const mlp = livelyModel(zooNetworks.mlp!);
  const given = async (...of: Parameters<typeof page>) => {
    const { preprocessing: { sample }, vocabulary } = about(await page(...of));
    return { ...sample, ...vocabulary && { vocabulary } };
  };
  assert.deepEqual(await given(mlp, { input: [7] }), { use: "numbers", shape: [7] });
  const textCnn = livelyModel(zooNetworks["text-cnn"]!);
  const text = { ...plainVocabulary(["[padding]", "[unknown]", "a"], 0, 1) };
  const words = { input: [7], type: "int32", text: { ...text, cut: { use: "words" } } } as const;
  assert.deepEqual(await given(textCnn, words), {
    ...{ use: "text", length: 7 },
    vocabulary: vocabularyOf({ ...meta, ...words }),
  });
  const pieces = { ...text, cut: { use: "tokenizer.json", json: {} } } as const;
  assert.equal(await page(textCnn, { ...words, text: pieces }), undefined);
  assert.equal(await page(textCnn, { ...words, text }), undefined, "nobody has said how to cut");
  const audio = { ...USUAL_AUDIO, seconds: 2 };
  assert.deepEqual(await given(cnn, {}, { audio }), { use: "sound", ...audio, high: 8000 });
});

Deno.test("sound of the usual form is known by its shape", async () => {
  const shape = [49, 40, 1];
  const inputs = [{ ...cnn.inputs[0]!, shape }];
  const flat = cnn.layers.slice(0, 1);
  const model = { ...cnn, inputs, layers: flat, outputs: [flat[0]!.name] };
  const { [`${flat[0]!.name}/kernel`]: kernel, [`${flat[0]!.name}/bias`]: bias } = cnn.weights;
  const weights = Object.fromEntries(
    Object.entries({ kernel, bias }).flatMap(([role, each]) =>
      each === undefined ? [] : [[`${flat[0]!.name}/${role}`, each]]
    ),
  );
  const ofSound = { ...model, weights } as Model;
  const floats = { input: shape, type: "float32" } as const;
  assert.equal(about(await page(ofSound, floats)).preprocessing.sample.use, "sound");
  assert.equal(about(await page(ofSound, { input: shape })).preprocessing.sample.use, "picture");
});

Deno.test("there is no page for what it cannot run, nor for answers that are no classes or numbers", async () => {
  assert.equal(await page(livelyModel(zooNetworks["char-lstm"]!), { input: [5] }), undefined);
  assert.equal(await page(cnn, { task: "reconstruction" }), undefined);
  assert.equal(await page(cnn, { task: "next-token" }), undefined);
  assert.notEqual(await page(cnn, { task: "regression" }), undefined);
  assert.notEqual(await page(cnn, { task: "multi-label" }), undefined);
});

Deno.test("a row of a table is given cell by cell, whatever its cells are", async () => {
  const columns = [{ name: "a", fill: 1 }, { name: "a", missing: 0 }] as const;
  const mlp = livelyModel(zooNetworks.mlp!);
  const missing = { use: "median", values: [], indicator: true };
  const text = await page(mlp, { input: [7], columns }, { columns: { missing } });
  assert.deepEqual(about(text).preprocessing.sample, {
    use: "table",
    missing: [""],
    columns: [
      { name: "a", kind: "number", at: 0, fill: 1 },
      { name: "a", kind: "missing", at: 1, of: 0 },
    ],
  });
});

Deno.test("the frame holds each part in the element of its name", () => {
  const text = framedPage({ model: "M", packed: "P", script: "S" });
  assert.deepEqual([part(text, "model"), part(text, "packed")], ["M", "P"]);
  assert.match(text, /<script type="module">\nS\n<\/script>/);
});
