import assert from "node:assert/strict";
import { USUAL_AUDIO } from "../../../../ops/data/audio/audio_fields.ts";
import type { Meta } from "../../../../ops/data/dataset.ts";
import { plainVocabulary } from "../../../../ops/data/text/vocabulary.ts";
import { tryPage } from "../../../../ops/formats/page/try_page.ts";
import { unpack } from "../../../../ops/formats/packed/unpack.js";
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
const page = (model = cnn, more: Partial<Meta> = {}, params = {}) =>
  tryPage("pets", model, { params, meta: { ...meta, ...more } });

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
  const { name, layers, classes, preprocess, task } = about(text);
  assert.deepEqual({ name, classes, preprocess, task }, {
    name: "pets",
    classes: meta.classes,
    preprocess: meta.normalize,
    task: "classification",
  });
  assert.deepEqual(layers, JSON.parse(JSON.stringify(cnn.layers)));
  const told = { ...cnn, classes: ["a", "b", "c"], preprocess: { scale: [1], offset: [0] } };
  const own2 = about(await page(told));
  assert.deepEqual([own2.classes, own2.preprocess], [told.classes, told.preprocess]);
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
  const picture = { use: "picture", shape: [16, 16, 1], most: 255, dark: true };
  assert.deepEqual(about(await page()).reads, picture);
  // Their mean is 200: strokes are dark.
  const light = { normalize: { scale: [0.02], offset: [-4] } };
  assert.deepEqual(about(await page(cnn, light)).reads, { ...picture, dark: false });
  const shares = { type: "float32", normalize: { scale: [1], offset: [-0.4] } } as const;
  assert.deepEqual(about(await page(cnn, shares)).reads, { ...picture, most: 1 });
  const brighter = { type: "float32", normalize: { scale: [1], offset: [-0.6] } } as const;
  assert.equal(about(await page(cnn, brighter)).reads.dark, false);
  const coloured = livelyModel(zooNetworks.resnet!);
  assert.deepEqual(about(await page(coloured, { input: [8, 8, 3] })).reads.shape, [8, 8, 3]);
  assert.equal(await page(livelyModel(zooNetworks.cnn!), { input: [9, 9, 2] }), undefined);
});

Deno.test("numbers are typed, texts cut by rules that need no file, sound heard by its parameters", async () => {
  const mlp = livelyModel(zooNetworks.mlp!);
  assert.deepEqual(about(await page(mlp, { input: [7] })).reads, { use: "numbers", count: 7 });
  const textCnn = livelyModel(zooNetworks["text-cnn"]!);
  const text = { ...plainVocabulary(["[padding]", "[unknown]", "a"], 0, 1) };
  const words = { input: [7], type: "int32", text: { ...text, cut: { use: "words" } } } as const;
  assert.deepEqual(about(await page(textCnn, words)).reads, {
    ...{ use: "text", length: 7, cut: "words", tokens: text.tokens },
    ...{ padding: 0, unknown: 1, start: [], end: [] },
  });
  assert.equal(await page(textCnn, { ...words, text }), undefined, "nobody has said how to cut");
  const audio = { ...USUAL_AUDIO, seconds: 2 };
  assert.deepEqual(about(await page(cnn, {}, { audio })).reads, { use: "sound", audio });
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
  const heard = { ...model, weights } as Model;
  const floats = { input: shape, type: "float32" } as const;
  assert.deepEqual(about(await page(heard, floats)).reads, { use: "sound", audio: USUAL_AUDIO });
  assert.equal(about(await page(heard, { input: shape })).reads.use, "picture");
});

Deno.test("there is no page for what it cannot run, nor for answers that are no classes or numbers", async () => {
  assert.equal(await page(livelyModel(zooNetworks["char-lstm"]!), { input: [5] }), undefined);
  assert.equal(await page(cnn, { task: "reconstruction" }), undefined);
  assert.equal(await page(cnn, { task: "next-token" }), undefined);
  assert.notEqual(await page(cnn, { task: "regression" }), undefined);
  const columns = [{ name: "a" }] as unknown as NonNullable<Meta["columns"]>;
  assert.equal(await page(livelyModel(zooNetworks.mlp!), { input: [7], columns }), undefined);
});

Deno.test("the frame holds each part in the element of its name", () => {
  const text = framedPage({ model: "M", packed: "P", script: "S" });
  assert.deepEqual([part(text, "model"), part(text, "packed")], ["M", "P"]);
  assert.match(text, /<script type="module">\nS\n<\/script>/);
});
