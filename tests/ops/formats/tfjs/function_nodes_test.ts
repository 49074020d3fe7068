import assert from "node:assert/strict";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { functionNodes, standardizeNodes } from "../../../../ops/formats/tfjs/function_nodes.ts";
import type { FunctionName } from "../../../../ops/model/kinds/functions.ts";
import type { Architecture, Layer } from "../../../../ops/model/model.ts";
import { livelyModel } from "../../lively_model.ts";
import { assertWritten } from "./written.ts";
import { layerOf, networkOf } from "../../model/support/one_layer.ts";

const written: Partial<Record<FunctionName, number[]>> = {
  swish: [],
  mish: [],
  selu: [],
  softplus: [],
  softsign: [],
  "hard-swish": [],
  "hard-sigmoid": [0.7, 0.4],
  "log-sigmoid": [],
  "leaky-relu": [0.3],
  celu: [1.5],
  threshold: [0.25],
  clip: [-0.5, 0.25],
  "tanh-shrink": [],
  differs: [0.25],
  scale: [-2, 3],
};

/** A layer behind a dense one: what stands first behind the input could be its preprocessing. */
function behind(shape: readonly number[], layer: Layer, second = false): Architecture {
  const dense = (name: string): Layer => ({
    ...{ name, kind: "dense", inputs: ["x"], units: shape.at(-1)!, bias: true },
    activation: "linear",
  });
  return {
    family: "test",
    inputs: [{ name: "x", shape }],
    layers: [dense("a"), ...second ? [dense("b")] : [], layer],
    outputs: [layer.name],
    head: "none",
  };
}

for (const [name, parameters] of Object.entries(written)) {
  Deno.test(`stock tfjs computes ${name} as the engine does`, async () => {
    const layer = layerOf("function", { function: name as FunctionName, parameters });
    await assertWritten(behind([3, 4], layer));
  });
}

Deno.test("a function that tfjs has no parts of is refused", () => {
  const layer = layerOf("function", { function: "exponential", parameters: [] });
  assert.throws(
    () => functionNodes(layer),
    /Cannot write "layer" for tfjs: it has no layer that computes exponential/,
  );
  const unit = layerOf("standardize", { by: "length", epsilon: 0.1 });
  assert.throws(
    () => standardizeNodes(unit, { shape: [3] } as never),
    /it has no layer that divides by length/,
  );
});

Deno.test("stock tfjs has slopes, softmax and standardized rows", async () => {
  for (const shape of [[4], [3, 4], [2, 3, 4]]) {
    await assertWritten(behind(shape, layerOf("prelu", {})));
  }
  await assertWritten(behind([3, 4], layerOf("softmax", { log: true })));
  await assertWritten(
    networkOf(layerOf("standardize", { by: "deviation", epsilon: 0.01 }), [3, 4]),
  );
});

Deno.test("stock tfjs combines and multiplies", async () => {
  for (const by of ["sum", "product", "difference", "maximum", "minimum"] as const) {
    await assertWritten(behind([3, 4], layerOf("combine", { by }, 2), true));
  }
  for (const axes of [[1, 0], [0, 0], [1, 1]] as const) {
    await assertWritten(behind([3, 3], layerOf("dot", { axes }, 2), true));
  }
  assert.throws(
    () =>
      encodeTfjs(livelyModel(behind([3, 4], layerOf("combine", { by: "difference" }, 3), true)), {
        storage: "float32",
        shard: 1,
      }),
  );
});
