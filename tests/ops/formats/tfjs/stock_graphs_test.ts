/** Layers and models that are used twice, as stock tfjs saves them: what is read answers as stock tfjs does. */
import assert from "node:assert/strict";
import type { SymbolicTensor, TfLayers } from "../../../../engine/deps/tfjs_layers.ts";
import { assertClose } from "../../../close.ts";
import { bothAnswers } from "./both_answers.ts";

type Build = (tfl: TfLayers, x: SymbolicTensor) => unknown;

const conv = ({ layers }: TfLayers) =>
  layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", activation: "relu" });

/** What stands behind one input, and how many layers of it have weights of their own. */
const cases: Readonly<
  Record<string, readonly [shape: readonly number[], own: number, build: Build]>
> = {
  "a dense layer behind itself": [[4], 1, ({ layers }, x) => {
    const dense = layers.dense({ units: 4, activation: "tanh" });
    return dense.apply(dense.apply(x) as SymbolicTensor);
  }],
  "a convolution on images of two sizes": [[6, 6, 2], 2, (tfl, x) => {
    const { layers } = tfl;
    const [shared, pool] = [conv(tfl), layers.maxPooling2d({ poolSize: 2 })];
    const small = shared.apply(pool.apply(x) as SymbolicTensor);
    const mean = (of: unknown) =>
      layers.globalAveragePooling2d({}).apply(of as SymbolicTensor) as SymbolicTensor;
    const both = layers.concatenate().apply([mean(shared.apply(x)), mean(small)]);
    return layers.dense({ units: 2 }).apply(both as SymbolicTensor);
  }],
  "a model that is used twice": [[4], 2, ({ layers, model, input }, x) => {
    const inner = input({ shape: [4] });
    const hidden = layers.dense({ units: 5, activation: "relu" }).apply(inner) as SymbolicTensor;
    const block = model({
      inputs: inner,
      outputs: layers.dense({ units: 4 }).apply(hidden) as SymbolicTensor,
    });
    return block.apply(block.apply(x) as SymbolicTensor);
  }],
  "a sequence that is used on both sides of a sum": [[4], 2, ({ layers, sequential }, x) => {
    const row = sequential({
      layers: [layers.dense({ units: 3, inputShape: [4] }), layers.dense({ units: 4 })],
    });
    return layers.add().apply([row.apply(x), row.apply(row.apply(x) as SymbolicTensor)] as never);
  }],
};

for (const [name, [shape, own, build]] of Object.entries(cases)) {
  Deno.test(`stock tfjs and the engine answer the same: ${name}`, async () => {
    const { ours, stock, tied, owners } = await bothAnswers((tfl) => {
      const x = tfl.input({ shape: [...shape] });
      return tfl.model({ inputs: x, outputs: build(tfl, x) as SymbolicTensor });
    }, shape);
    assertClose(ours, stock, 1e-5);
    assert.equal(owners, own);
    assert.ok(tied > 0);
  });
}
