import assert from "node:assert/strict";
import { placesStep } from "../../../../../../ops/formats/onnx/read/ops/token_places.ts";
import { constant } from "../../../../../../ops/formats/onnx/read/constants.ts";
import { emptyDraft } from "../../../../../../ops/formats/onnx/read/draft.ts";
import type { NodeReading } from "../../../../../../ops/formats/onnx/read/node_reading.ts";
import type { GraphValue } from "../../../../../../ops/formats/onnx/read/values.ts";

const x = { use: "view", layer: "ids", dims: [7, 4], axes: [0, 1], sole: true } as const;
const mask = { use: "pattern", of: "mask", x, seen: 1, hidden: 0, pad: 1 } as const;
const number = (value: number) => constant([], Float64Array.of(value));
const places = (...values: number[]) =>
  ({ use: "pattern", of: "places", values: Float64Array.from(values) }) as const;

/** What a node of this operator makes, and the draft. */
function step(
  op: string,
  inputs: readonly (GraphValue | undefined)[],
  ints: Readonly<Record<string, number>> = {},
) {
  const draft = emptyDraft();
  const reading = {
    ...{ op, inputs, draft },
    int: (name: string, preset: number) => ints[name] ?? preset,
    axis: (axis: number, rank: number) => axis < 0 ? axis + rank : axis,
    wrong: (what: string) => new Error(what),
  } as unknown as NodeReading;
  const read = (of: NodeReading) => of.inputs[1]!;
  return { value: placesStep(reading, read), draft };
}

Deno.test("the sum of a mask up to each token is its place, counted from 1; its padding is known", () => {
  const { value, draft } = step("CumSum", [mask, number(1)]);
  assert.deepEqual(value, places(1, 2, 3, 4));
  assert.equal(draft.padding, 1);
  assert.equal(step("CumSum", [{ ...mask, pad: undefined } as never, number(-1)]).draft.padding, 0);
});

Deno.test("places are moved, stay behind the mask, and look rows of a table up", () => {
  const given = places(1, 2);
  for (const op of ["Cast", "Identity"]) assert.deepEqual(step(op, [given]).value, given);
  assert.deepEqual(step("Mul", [given, mask]).value, given);
  assert.deepEqual(step("Mul", [mask, given]).value, given);
  assert.deepEqual(step("Add", [given, number(3)]).value, places(4, 5));
  assert.deepEqual(step("Sub", [given, number(3)]).value, places(-2, -1));
  assert.deepEqual(step("Sub", [number(3), given]).value, places(2, 1));
  assert.deepEqual(step("Mul", [number(3), given]).value, places(3, 6));
  const table = constant([5, 1], Float32Array.of(0, 1, 2, 3, 4));
  assert.deepEqual(
    step("Gather", [table, given]).value,
    constant([1, 2], Float64Array.of(1, 2)),
  );
  assert.equal(step("Add", [mask, number(1)]).value, undefined);
});

Deno.test("other sums, and other uses of places, are refused", () => {
  const sums = /something else than a mask of tokens/;
  assert.throws(() => step("CumSum", [x, number(1)]), sums);
  assert.throws(() => step("CumSum", [mask, number(0)]), sums);
  assert.throws(() => step("CumSum", [{ ...mask, seen: 0, hidden: 1 }, number(1)]), sums);
  assert.throws(() => step("CumSum", [{ ...mask, hidden: 1 }, number(1)]), sums);
  assert.throws(() => step("CumSum", [mask, undefined]), sums);
  assert.throws(() => step("CumSum", [mask, number(1)], { exclusive: 1 }), sums);
  assert.throws(() => step("CumSum", [mask, number(1)], { reverse: 1 }), sums);
  const looked = /where rows of a table are looked up alone/;
  assert.throws(() => step("Relu", [places(1)]), looked);
  assert.throws(() => step("Mul", [places(1), { ...mask, hidden: 1 }]), looked);
  assert.throws(() => step("Add", [places(1), mask]), looked);
  assert.throws(() => step("Gather", [places(1), number(0)]), looked);
});
