/** Models that are no chain, as Keras saved them: their answers are Keras's. */
import assert from "node:assert/strict";
import type { AskedModel } from "../../../../ops/formats/asked.ts";
import { countParameters } from "../../../../ops/model/weights.ts";
import { assertClose } from "../../../close.ts";
import { answersTo, graphAnswers, graphModel } from "./graphs.ts";

const TEXT: AskedModel = {
  input: [7],
  inputs: { mask: "mask", kinds: 0, places: "positions" },
};

/** What is asked of a model where its file does not say enough, and the output that is compared. */
const asked: Readonly<Record<string, readonly (AskedModel & { readonly at?: number })[]>> = {
  siamese: [{}],
  tied: [{}],
  nested: [{}],
  recurrent: [{}],
  "two_outputs": [{ output: "place", at: 1 }],
  halves: [{ output: "both" }, { output: "both.2", at: 1 }],
  "open_image": [{ input: [9, 9, 3] }],
  text: [TEXT],
};

for (const suffix of ["keras", "h5"]) {
  for (const [name, all] of Object.entries(asked)) {
    for (const { at = 0, ...fields } of all) {
      Deno.test(`${name}.${suffix} answers as in Keras: ${fields.output ?? "its output"}`, async () => {
        const model = await graphModel(`${name}.${suffix}`, fields);
        const { inputs: [x], outputs } = graphAnswers[name]!;
        assert.equal(model.inputs.length, 1);
        assertClose(await answersTo(model, x!), outputs[at]!, 1e-5);
      });
    }
  }

  Deno.test(`parts of a row are the inputs of table.${suffix}, in their order`, async () => {
    const model = await graphModel(`table.${suffix}`, {
      inputs: { wide: "columns", deep: "columns" },
    });
    assert.deepEqual(model.inputs.map(({ shape }) => shape), [[7]]);
    const { inputs: [wide, deep], outputs: [y] } = graphAnswers["table"]!;
    const row = (i: number) => [...wide!.slice(3 * i, 3 * i + 3), ...deep!.slice(4 * i, 4 * i + 4)];
    assertClose(await answersTo(model, [...row(0), ...row(1)]), y!, 1e-5);
  });
}

Deno.test("a layer that is used twice is there once, and its other use is tied to it", async () => {
  const model = await graphModel("siamese.keras");
  const [once, again] = model.layers.filter(({ kind }) => kind === "conv" || kind === "batchnorm")
    .reduce<[string[], string[]]>((lists, { name, tied }) => {
      lists[tied === undefined ? 0 : 1].push(tied === undefined ? name : `${name} = ${tied}`);
      return lists;
    }, [[], []]);
  assert.deepEqual(once, ["encoder.conv1", "encoder.norm1", "encoder.conv2"]);
  assert.deepEqual(again, [
    "encoder-2.conv1 = encoder.conv1",
    "encoder-2.norm1 = encoder.norm1",
    "encoder-2.conv2 = encoder.conv2",
  ]);
  // Two convolutions, a normalisation, the answer.
  assert.equal(countParameters(model), 9 * 2 * 6 + 6 + 4 * 6 + 9 * 6 * 4 + 4 + 4 * 3 + 3);
  const { layers } = await graphModel("nested.keras");
  assert.deepEqual(layers.map(({ name, tied }) => [name, tied]), [
    ["block.row.up", undefined],
    ["block.row.down", undefined],
    ["block.row-2.up", "block.row.up"],
    ["block.row-2.down", "block.row.down"],
    ["block.add", undefined],
    ["block-2.row.up", "block.row.up"],
    ["block-2.row.down", "block.row.down"],
    ["block-2.row-2.up", "block.row.up"],
    ["block-2.row-2.down", "block.row.down"],
    ["block-2.add", undefined],
    ["answer", undefined],
  ]);
});

Deno.test("what only an output that was not chosen needs is left out; a softmax is the head of its own", async () => {
  const kind = await graphModel("two_outputs.keras", { output: "kind" });
  assert.deepEqual([kind.head, kind.outputs], ["softmax", ["kind"]]);
  const place = await graphModel("two_outputs.keras", { output: "place" });
  assert.equal(place.head, "none");
  const names = place.layers.map(({ name }) => name);
  assert.ok(names.includes("stem") && !names.includes("wide") && !names.includes("kind"));
});

Deno.test("two inputs that one sample feeds are both that sample", async () => {
  const model = await graphModel("pair.keras", { inputs: { right: "sample" } });
  const { inputs: [left] } = graphAnswers["pair"]!;
  const [one, other] = ["left", "right"].map((name) => ({ [name]: "sample" as const }));
  const answers = await answersTo(model, left!);
  assert.equal(answers.length, 6);
  // Either of them may be the one that reads it.
  const swapped = await graphModel("pair.keras", { inputs: one! });
  assert.deepEqual(swapped.inputs.map(({ name }) => name), ["right"]);
  assertClose(await answersTo(swapped, left!), [...answers], 1e-6);
  assert.deepEqual((await graphModel("pair.keras", { inputs: other! })).layers, model.layers);
});

const refused = async (file: string, asked: AskedModel) => {
  let said: unknown;
  await assert.rejects(graphModel(file, asked), (error) => {
    said = error;
    return true;
  });
  const { message, path, help } = said as Error & { path?: string; help?: string };
  return [path, message, help];
};

Deno.test("what a recipe has to say is asked for by name", async () => {
  assert.deepEqual(await refused("two_outputs.keras", {}), [
    "from",
    "`two_outputs.keras`: The model has 2 outputs (kind, place), and one is trained and measured",
    "name it: output: kind",
  ]);
  assert.deepEqual(await refused("two_outputs.keras", { output: "where" }), [
    "output",
    'The model has no output "where"',
    "it has kind, place",
  ]);
  assert.deepEqual(await refused("open_image.keras", {}), [
    "from",
    '`open_image.keras`: Cannot read layer "input_layer" (InputLayer): the input\'s shape is open: [null,null,3]',
    "give its size in the recipe: input: [32, 32, 3]",
  ]);
  assert.deepEqual(await refused("open_image.keras", { input: [8] }), [
    "input",
    "The model reads samples of 3 axes, [null,null,3], not of 1",
    undefined,
  ]);
  assert.deepEqual(await refused("pair.keras", {}), [
    "inputs",
    'The model reads left, right, and data feed one of them: "right" reads 8×8×2',
    "say what each of the others is given: inputs: { right: … }: a number, positions, mask, sample or columns",
  ]);
  assert.deepEqual(await refused("pair.keras", { inputs: { middle: 0 } }), [
    "inputs",
    'The model has no input "middle"',
    "it has left, right",
  ]);
  assert.deepEqual(await refused("pair.keras", { inputs: { left: 0, right: 0 } }), [
    "inputs",
    "No input is left that reads the samples",
    "leave one of these out: left, right",
  ]);
});
