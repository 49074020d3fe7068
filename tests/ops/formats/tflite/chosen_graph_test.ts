/** What a recipe asks of files that TensorFlow's converter wrote, and what LiteRT answered of them. */
import assert from "node:assert/strict";
import { chosenGraph, namesOf } from "../../../../ops/formats/tflite/chosen_graph.ts";
import { decodeFile } from "../../../../ops/formats/tflite/flatbuffer.ts";
import { readTflite } from "../../../../ops/formats/tflite/read_model.ts";
import { readModelHere } from "../../../../ops/formats/read_model.ts";
import type { AskedModel } from "../../../../ops/formats/asked.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { assertClose } from "../../../close.ts";
import { runContext } from "../../run_context.ts";

const folder = new URL("../../../fixtures/tflite/", import.meta.url);
const answers: Readonly<
  Record<
    string,
    { inputs: Record<string, number[]>; outputs: Record<string, number[]> }
  >
> = JSON.parse(Deno.readTextFileSync(new URL("answers.json", folder)));
const bytesOf = (name: string) => Deno.readFileSync(new URL(`${name}.tflite`, folder));

async function read(name: string, asked: AskedModel) {
  const context = runContext({ files: { "net.tflite": bytesOf(name) } });
  return (await readModelHere("tflite", { from: "net.tflite", ...asked }, context)).model;
}

const answered = async (name: string, asked: AskedModel, x: readonly number[]) => {
  const model = await read(name, asked);
  return await withTensors((room) =>
    inferLogits(room, model, { count: 1, x: Float32Array.from(x), y: null })
  );
};

Deno.test("one output of several, and two inputs as columns of a row, answer as LiteRT does", async () => {
  const { inputs: { left, right }, outputs } = answers["several"]!;
  const both = { left: "columns", right: "columns" } as const;
  const row = [...left!, ...right!];
  const found = await answered("several", { output: "kind", inputs: both }, row);
  assertClose(found, outputs["kind"]!, 1e-5);
  const usual = { input: "columns", input2: "columns" } as const;
  assert.deepEqual(await answered("several", { output: "kind", inputs: usual }, row), found);
  assertClose(await answered("several", { output: "size" }, left!), outputs["size"]!, 1e-5);
});

Deno.test("open sizes are those that the recipe says", async () => {
  const { inputs: { image }, outputs } = answers["open"]!;
  const model = await read("open", { input: [6, 5, 2] });
  assert.deepEqual(model.inputs, [{ name: "input", shape: [6, 5, 2] }]);
  assertClose(await answered("open", { input: [6, 5, 2] }, image!), outputs["output_0"]!, 1e-5);
});

const said = (name: string, asked: AskedModel) => {
  try {
    chosenGraph(decodeFile(bytesOf(name), name), asked);
  } catch (error) {
    const { message, hint } = error as Error & { hint: object };
    return [message, hint];
  }
};

Deno.test("what is not chosen, or wrong, is a sentence with a way out", () => {
  const both = { right: 0, left: "columns" } as const;
  assert.throws(() => readTflite(bytesOf("several"), "a", { inputs: both }), {
    message: "The model has 2 outputs (size, kind), and one is trained and measured",
    hint: { help: "name it: output: size" },
  });
  assert.deepEqual(said("several", { output: "x" }), [
    'The model has no output "x"',
    { help: "it has size, kind", field: "output" },
  ]);
  assert.deepEqual(said("open", {}), [
    'Cannot read input "input": its samples are open×open×2',
    { help: "give its size in the recipe: input: [32, 32, 2]" },
  ]);
  assert.deepEqual(said("open", { input: [6, 5, 3] }), [
    'Cannot read input "input": its samples are open×open×2, and `input` says 6×5×3',
    { help: "sizes that the file says stay", field: "input" },
  ]);
  assert.match(
    String(said("several", { output: "size", input: [4, 1] })),
    /its samples are 4, and/,
  );
});

Deno.test("the graph of an output is without what only others depend on", () => {
  const file = decodeFile(bytesOf("several"), "several");
  const names = (asked: AskedModel) => {
    const { graph, inputs, resized } = chosenGraph(file, asked);
    return [graph.operators.length, inputs.map(({ name }) => name), resized];
  };
  assert.deepEqual(namesOf(file, "inputs"), ["left", "right"]);
  assert.equal(file.subgraphs[0]!.operators.length, 5);
  assert.deepEqual(names({ output: "size" }), [1, ["input"], false]);
  assert.deepEqual(names({ output: "kind", inputs: { right: 0 } }), [
    4,
    ["input", "right"],
    false,
  ]);
  const open = chosenGraph(decodeFile(bytesOf("open"), "open"), { input: [6, 5, 2] });
  assert.deepEqual([open.resized, open.inputs[0]!.shape], [true, [6, 5, 2]]);
});
