import assert from "node:assert/strict";
import { squeezenet } from "../../../../ops/model/zoo/squeezenet.ts";
import { facts, names, parameters } from "./counts.ts";

Deno.test("SqueezeNet 1.1 has the published parameters", () => {
  const network = squeezenet.build([224, 224, 3], 1000, { width: 1, dropout: 0.5 });
  assert.equal(parameters(network), 1_235_496);
});

Deno.test("pooling stands before the first, third and fifth fire module, and small images keep their size", () => {
  const built = (side: number, dropout: number) =>
    squeezenet.build([side, side, 3], 10, { width: 1, dropout });
  const pools = names(built(32, 0)).filter((name) => name.endsWith(".pool"));
  assert.deepEqual(pools, ["fire1.pool", "fire3.pool", "fire5.pool", "head.pool"]);
  const sizes = [32, 64].map((side) => facts(built(side, 0)).layers![0]!.shape);
  assert.deepEqual(sizes, [[32, 32, 64], [32, 32, 64]]);
  assert.equal(names(built(32, 0)).includes("head.dropout"), false);
  assert.equal(names(built(32, 0.5)).includes("head.dropout"), true);
});

Deno.test("an image is small by its shorter side", () => {
  const stem = (height: number, width: number) =>
    facts(squeezenet.build([height, width, 3], 10, { width: 1, dropout: 0 })).layers![0]!.shape;
  assert.deepEqual(stem(63, 200), [63, 200, 64]);
  assert.deepEqual(stem(200, 63), [200, 63, 64]);
});
