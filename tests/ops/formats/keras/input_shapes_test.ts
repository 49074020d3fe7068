import assert from "node:assert/strict";
import { inputShapes } from "../../../../ops/formats/keras/input_shapes.ts";
import { readTopology } from "../../../../ops/formats/keras/topology.ts";
import { functional, keras } from "../../model/support/keras_json.ts";

type Shapes = Readonly<Record<string, readonly (number | null)[]>>;

function shapesOf(shapes: Shapes, input?: readonly number[]) {
  const names = Object.keys(shapes);
  const layers = names.map((name) =>
    keras("InputLayer", name, { "batch_shape": [null, ...shapes[name]!] }, [])
  );
  const topology = readTopology({ modelTopology: functional(layers, names, names.slice(0, 1)) });
  try {
    return Object.fromEntries(inputShapes(topology, input === undefined ? {} : { input }));
  } catch (error) {
    const { message, hint } = error as Error & { hint: { help?: string; field?: string } };
    return [message, hint.help ?? hint.field];
  }
}

Deno.test("the samples are of the size that the file has, or of the one that is asked for", () => {
  assert.deepEqual(shapesOf({ x: [4, 4, 3] }), { x: [4, 4, 3] });
  assert.deepEqual(shapesOf({ x: [null, null, 3] }, [8, 6, 3]), { x: [8, 6, 3] });
  assert.deepEqual(shapesOf({ x: [4, 4, 3] }, [8, 8, 3]), { x: [8, 8, 3] });
});

Deno.test("open sizes of further inputs are those of the samples along the same axis", () => {
  assert.deepEqual(shapesOf({ x: [null], y: [null], z: [2] }, [7]), { x: [7], y: [7], z: [2] });
  assert.deepEqual(shapesOf({ x: [null, 4], y: [null, 2] }, [7, 4]), { x: [7, 4], y: [7, 2] });
  assert.deepEqual(shapesOf({ x: [7], y: [null, 2] }), [
    'Cannot read layer "y" (InputLayer): the input\'s shape is open: [null,2]',
    "its sizes are taken from `x` where both have as many axes",
  ]);
});

Deno.test("an open size is asked for, an example with it", () => {
  const open = (name: string, shape: string) =>
    `Cannot read layer "${name}" (InputLayer): the input's shape is open: ${shape}`;
  assert.deepEqual(shapesOf({ x: [null, null, 3] }), [
    open("x", "[null,null,3]"),
    "give its size in the recipe: input: [32, 32, 3]",
  ]);
  assert.deepEqual(shapesOf({ x: [null] }), [
    open("x", "[null]"),
    "give its size in the recipe: input: [64]",
  ]);
  assert.deepEqual(shapesOf({ x: [null, 3] }, [4]), [
    "The model reads samples of 2 axes, [null,3], not of 1",
    "input",
  ]);
});
