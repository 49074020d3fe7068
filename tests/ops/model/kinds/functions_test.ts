import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { functionNamed, functions } from "../../../../ops/model/kinds/functions.ts";
import type { FunctionName } from "../../../../ops/model/kinds/functions.ts";
import { assertPlain, assertSlopes, layerOf, shapeOf, valuesOf } from "../support/one_layer.ts";
import { assertClose } from "../../../close.ts";

refuseLeaks(true);

/** Parameters that show each of them. */
const parameters: Partial<Record<FunctionName, readonly number[]>> = {
  "hard-sigmoid": [0.7, 0.4],
  "leaky-relu": [0.3],
  elu: [1.5],
  celu: [1.5],
  threshold: [0.25],
  "bounded-relu": [0.1, -0.25, 0.5],
  clip: [-0.5, 0.25],
  "soft-shrink": [0.25],
  "hard-shrink": [0.25],
  squareplus: [0.5],
  root: [0.25],
  logarithm: [0.25],
  differs: [0.25],
  scale: [-2, 3],
};

const names = Object.keys(functions) as FunctionName[];
const of = (name: FunctionName) =>
  layerOf("function", { function: name, parameters: [...parameters[name] ?? []] });

for (const name of names) {
  Deno.test(`${name} computes what plain loops do, and has their slope`, async () => {
    await assertPlain(of(name), [3, 5]);
    await assertSlopes(of(name), [2, 7]);
  });
}

Deno.test("a function takes as many parameters as it has", () => {
  for (const name of names) {
    assert.equal(functionNamed(name).parameters, of(name).parameters.length, name);
    assert.deepEqual(shapeOf(of(name), [2, 3]), [2, 3]);
  }
  assert.throws(
    () => shapeOf(layerOf("function", { function: "elu", parameters: [] }), [2]),
    /elu takes 1 parameters, not 0/,
  );
});

Deno.test("values far out are those of the limits, none of them not a number", async () => {
  const far = { shape: [4], data: [-90, -10, 10, 80] };
  const at = (name: FunctionName) => valuesOf(of(name), [far]);
  assertClose(await at("swish"), [0, -10 / (1 + Math.exp(10)), 10 / (1 + Math.exp(-10)), 80], 1e-5);
  assertClose(await at("mish"), [0, -10 * Math.exp(-10), 10, 80], 1e-5);
  assertClose(await at("softplus"), [0, Math.exp(-10), 10 + Math.exp(-10), 80], 1e-5);
  assertClose(await at("log-sigmoid"), [-90, -10 - Math.exp(-10), -Math.exp(-10), 0], 1e-5);
  assertClose(await at("hard-swish"), [0, 0, 10, 80], 0);
});
