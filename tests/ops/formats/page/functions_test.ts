import assert from "node:assert/strict";
import { activations, functions } from "../../../../ops/formats/page/functions.js";

type Table = Record<string, (x: number, ...parameters: number[]) => number>;
const table = (of: object): Table => of as Table;

Deno.test("activations and functions are those of their names", () => {
  const near = (found: number, wanted: number) =>
    assert.ok(Math.abs(found - wanted) < 2e-7, `${found}, not ${wanted}`);
  const activation = (name: string, value: number) => table(activations)[name]!(value);
  near(activation("relu", -2), 0);
  near(activation("relu6", 7), 6);
  near(activation("sigmoid", Math.log(3)), 0.75);
  near(activation("tanh", 0.5), Math.tanh(0.5));
  // Φ(1) = 0.8413447461.
  near(activation("gelu", 1), 0.8413447461);
  near(activation("gelu", -1), -0.1586552539);
  near(activation("elu", -1), Math.exp(-1) - 1);
  near(activation("leaky-relu", -1), -0.2);
  near(activation("linear", -1), -1);
  const bent = (name: string, value: number, ...parameters: number[]) =>
    table(functions)[name]!(value, ...parameters);
  near(bent("swish", Math.log(3)), 0.75 * Math.log(3));
  near(bent("hard-swish", 1), 4 / 6);
  near(bent("hard-swish", -4), 0);
  near(bent("hard-sigmoid", 1, 0.2, 0.5), 0.7);
  near(bent("hard-sigmoid", 9, 0.2, 0.5), 1);
  near(bent("leaky-relu", -1, 0.1), -0.1);
  near(bent("scale", 3, 2, 1), 7);
});
